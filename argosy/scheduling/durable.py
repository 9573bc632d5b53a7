"""The queue that hands runs to workers and outlives them: DBOS, on SQLite or PostgreSQL, and nothing else of it.

A run is one workflow with an id of its own, so that it is queued once however often it is asked for. The queue has a
partition a line of detectors, and runs one of each at a time. What a dead worker had begun goes back into the queue
when another says so; the same call by two of them does it once.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig

from argosy.store.database import Database

_APP, _QUEUE, _WORKFLOW = "argosy", "argosy-refreshes", "argosy_run"
_SHAPE = "1"  # the version of the workflow: workers of one shape can go on with each other's
_ENDINGS = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_MANY = 1_000_000  # recoveries: how often a run may kill its worker is counted in its own row


class QueueState(Enum):
    """What the queue knows of a run."""

    UNKNOWN = "unknown"
    OPEN = "open"
    OVER = "over"


def queue_url(database: Database) -> str:
    """Where the queue lies: a file beside a SQLite store, tables of its own in a PostgreSQL database."""
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        return str(url.set(database=f"{url.database}.queue").render_as_string(hide_password=False))
    return str(url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))


class Durable:
    """This process as an executor of the queue; a process has one at a time.

    `work` is given the id of a run, in a thread of its own, perhaps again after a crash. At most `jobs` at once.
    """

    def __init__(
        self, database: Database, worker: str, work: Callable[[str], None], jobs: int, handler: logging.Handler
    ) -> None:
        _quiet(handler)
        self._database = database
        config: DBOSConfig = {
            "name": _APP,
            "system_database_url": queue_url(database),
            "executor_id": worker,
            "application_version": _SHAPE,
            "enable_otlp": False,
            "use_listen_notify": False,
            "sys_db_pool_size": 5 + jobs,
            "log_level": "WARNING",
        }
        DBOS(config=config)
        DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=_MANY)(_workflow(work))
        DBOS.listen_queues([_QUEUE])
        DBOS.launch()
        DBOS.register_queue(
            _QUEUE,
            worker_concurrency=jobs,
            partition_concurrency=1,
            polling_interval_sec=0.5,
            on_conflict="always_update",
        )

    def put(self, run: str, attempt: int, partition: str) -> None:
        """Puts a run into the queue; a second time does nothing. Raises StoreUnavailable."""
        with self._explained():
            DBOS.enqueue_workflow_with_options(
                {
                    "workflow_name": _WORKFLOW,
                    "queue_name": _QUEUE,
                    "workflow_id": _id(run, attempt),
                    "queue_partition_key": partition,
                    "app_version": _SHAPE,
                },
                run,
            )

    def fates(self, runs: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], QueueState]:
        """What the queue knows of runs and their attempts. Raises StoreUnavailable."""
        if not runs:
            return {}
        names = {_id(*each): each for each in runs}
        with self._explained():
            found = DBOS.list_workflows(workflow_ids=list(names), load_input=False, load_output=False)
        known = {
            names[each.workflow_id]: QueueState.OVER if each.status in _ENDINGS else QueueState.OPEN for each in found
        }
        return {each: known.get(each, QueueState.UNKNOWN) for each in runs}

    def take_over(self, dead: Collection[str]) -> None:
        """Puts back into the queue what these workers had begun. Raises StoreUnavailable."""
        # What DBOS's own supervisor calls. resume_workflow, which is public, does not ask who runs the workflow: two
        # workers that call it one after the other would put back what a third has begun.
        with self._explained():
            DBOS._recover_pending_workflows(list(dead))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise self._database.unavailable(str(error.orig)) from error

    def drain(self, most_s: float) -> None:
        """Takes nothing more from the queue, and waits until what is under way here has ended."""
        DBOS.destroy(workflow_completion_timeout_sec=int(most_s))

    def close(self) -> None:
        """Leaves the queue. Whatever still runs here is for others to take over."""
        DBOS.destroy(destroy_registry=True)


def _workflow(work: Callable[[str], None]) -> Callable[[str], None]:
    def argosy_run(run: str) -> None:
        work(run)

    return argosy_run


def _id(run: str, attempt: int) -> str:
    return f"{run}#{attempt}"


def _quiet(handler: logging.Handler) -> None:
    """Sends DBOS's own log to ours; it would otherwise write to the terminal."""
    logger = logging.getLogger("dbos")
    logger.handlers = [handler]
    logger.propagate = False
