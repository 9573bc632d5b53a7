"""Runs in the store: what waits, who works on what, and how it ended."""

import secrets
from collections.abc import Callable

import sqlalchemy as sa

from argosy.graphs.recording.redaction import Redaction
from argosy.scheduling.planner import SET_BACK_S
from argosy.scheduling.rows import Outcome, RunResult, RunRow, RunState
from argosy.scheduling.schedules import read_run
from argosy.store import schema
from argosy.store.database import Database

_TABLE = schema.runs

MOST_STARTS = 20
"""A run that was begun so often, and took its worker down each time, is given up."""

MOST_ATTEMPTS = 4
WAITS_S = (60.0, 300.0, 900.0)
"""How long to wait before each attempt after the first, when something was not available."""


class Runs:
    """Keeps runs. A run belongs to the claim that began it last; what an earlier one says of it does not count."""

    def __init__(self, database: Database, redaction: Redaction, clock: Callable[[], float]) -> None:
        self._database, self._redaction, self._clock = database, redaction, clock

    def of(self, schedule: str | None = None, limit: int | None = None) -> tuple[RunRow, ...]:
        """Runs of a schedule's whole id, or of all, the newest first."""
        query = sa.select(_TABLE).order_by(_TABLE.c.entered.desc(), _TABLE.c.due.desc(), _TABLE.c.id).limit(limit)
        if schedule is not None:
            query = query.where(_TABLE.c.schedule == schedule)
        return self._read(query)

    def find(self, run: str) -> RunRow:
        """The run of this whole id, which must be there."""
        with self._database.reading() as connection:
            return read_run(connection.execute(sa.select(_TABLE).where(_TABLE.c.id == run)).one())

    def open(self) -> tuple[RunRow, ...]:
        """Runs that have not ended, in the order in which they are due."""
        query = sa.select(_TABLE).where(_TABLE.c.state != RunState.ENDED.value)
        return self._read(query.order_by(_TABLE.c.due, _TABLE.c.id))

    def to_queue(self) -> tuple[RunRow, ...]:
        """Runs that wait, are due for an attempt, and are not in the queue for it yet.

        One that should wait for longer than any run does was put off before the clock was set back.
        """
        wanted = (_TABLE.c.state == RunState.WAITING.value) & (_TABLE.c.queued_attempt < _TABLE.c.attempt)
        query = sa.select(_TABLE).where(wanted & self._is_time())
        return self._read(query.order_by(_TABLE.c.due, _TABLE.c.id))

    def any_due(self) -> bool:
        """Whether a run is under way, or waits for nothing but a worker."""
        waits = (_TABLE.c.state == RunState.WAITING.value) & self._is_time()
        query = sa.select(_TABLE.c.id).where((_TABLE.c.state == RunState.RUNNING.value) | waits).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(query) is not None

    def _is_time(self) -> sa.ColumnElement[bool]:
        now = self._clock()
        return (_TABLE.c.not_before <= now) | (_TABLE.c.not_before > now + WAITS_S[-1] + SET_BACK_S)

    def queued(self, run: RunRow) -> None:
        """Notes that the run's attempt is in the queue."""
        with self._database.writing() as connection:
            here = (_TABLE.c.id == run.id) & (_TABLE.c.attempt == run.attempt)
            connection.execute(_TABLE.update().where(here).values(queued_attempt=run.attempt))

    def begin(self, run: str, worker: str) -> RunRow | None:
        """Claims a run for this worker; None when it has ended. The row's `claim` is what to end it with."""
        with self._database.writing() as connection:
            open_ = (_TABLE.c.id == run) & (_TABLE.c.state != RunState.ENDED.value)
            values = {
                "state": RunState.RUNNING.value,
                "starts": _TABLE.c.starts + 1,
                "worker": worker,
                "claim": secrets.token_hex(8),
                "started": sa.func.coalesce(_TABLE.c.started, self._clock()),
            }
            found = connection.execute(_TABLE.update().where(open_).values(**values).returning(*_TABLE.c)).first()
            return None if found is None else read_run(found)

    def claims(self, worker: str) -> frozenset[str]:
        """The claims that this worker still holds."""
        held = (_TABLE.c.worker == worker) & (_TABLE.c.state == RunState.RUNNING.value)
        with self._database.reading() as connection:
            return frozenset(connection.scalars(sa.select(_TABLE.c.claim).where(held)))

    def end(self, run: RunRow, ended: RunResult) -> bool:
        """Enters how a claimed run ended, or that it waits for another attempt; False when another has claimed it."""
        again = ended.again and run.attempt < MOST_ATTEMPTS
        now = self._clock()
        values: dict[str, object] = {
            "why": self._redaction.text(ended.why),
            "facts": self._redaction.tree(dict(ended.facts)),
        }
        if again:
            waits = {"attempt": run.attempt + 1, "not_before": now + WAITS_S[min(run.attempt, len(WAITS_S)) - 1]}
            values |= {"state": RunState.WAITING.value, **waits}
        else:
            values |= {"state": RunState.ENDED.value, "ended": now, "outcome": ended.outcome.value}
        ours = (_TABLE.c.id == run.id) & (_TABLE.c.claim == run.claim) & (_TABLE.c.state == RunState.RUNNING.value)
        with self._database.writing() as connection:
            changed = connection.execute(_TABLE.update().where(ours).values(**values).returning(_TABLE.c.id)).first()
        return changed is not None

    def put_back(self, run: RunRow) -> bool:
        """Lets a run that has fallen out of the queue be queued again; False when it has moved since it was read."""
        same = (_TABLE.c.id == run.id) & (_TABLE.c.attempt == run.attempt) & (_TABLE.c.starts == run.starts)
        open_ = same & (_TABLE.c.state != RunState.ENDED.value)
        values = {"state": RunState.WAITING.value, "attempt": run.attempt + 1, "claim": None}
        with self._database.writing() as connection:
            changed = connection.execute(_TABLE.update().where(open_).values(**values).returning(_TABLE.c.id)).first()
        return changed is not None

    def last(self, schedule: str, outcomes: frozenset[Outcome] = frozenset(Outcome)) -> RunRow | None:
        """The run of a schedule that ended last, among those that ended so."""
        wanted = (_TABLE.c.schedule == schedule) & _TABLE.c.outcome.in_([each.value for each in outcomes])
        found = self._read(sa.select(_TABLE).where(wanted).order_by(_TABLE.c.ended.desc(), _TABLE.c.id).limit(1))
        return found[0] if found else None

    def _read(self, query: sa.Select[tuple[object, ...]]) -> tuple[RunRow, ...]:
        with self._database.reading() as connection:
            return tuple(read_run(found) for found in connection.execute(query))
