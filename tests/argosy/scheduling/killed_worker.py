"""A worker to be killed, forked from a process that has imported everything: as the command line starts it, or with
something small in place of a refresh.

What is small takes a moment, and ends by entering one promotion under the run's key; it tells when each of its steps
began and ended, so that two of them at a time would show.
"""

import os
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import sqlalchemy as sa

from argosy.scheduling.lease import WorkerPace
from argosy.scheduling.rows import Outcome, RunResult, RunRow, ScheduleRow
from argosy.scheduling.telemetry import Log
from argosy.scheduling.worker import Perform, Worker
from argosy.settings import Settings
from argosy.store.store import Store, open_store

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "tests.argosy.scheduling.killed_worker",
        "argosy.cli.app",
        "argosy.scheduling.perform",
        "argosy.models.table",
        "psycopg",
    ]
)

STEPS, STEP_S = 6, 0.25

MADE = (
    "CREATE TABLE IF NOT EXISTS promotions (key TEXT PRIMARY KEY, number BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS steps (run TEXT NOT NULL, pid BIGINT NOT NULL, began FLOAT8 NOT NULL, ended FLOAT8)",
)


def work(store: Store) -> Perform:
    """Takes a second and a half in steps, each of which says when it began and ended."""

    def perform(_schedule: ScheduleRow, run: RunRow, taken: Callable[[], bool]) -> RunResult:
        for _ in range(STEPS):
            if taken():
                return RunResult(Outcome.UNAVAILABLE, "another worker has it", again=True)
            began = time.time()
            time.sleep(STEP_S)
            with store.database.writing() as connection:
                values = {"run": run.id, "pid": os.getpid(), "began": began, "ended": time.time()}
                connection.execute(sa.text("INSERT INTO steps VALUES (:run, :pid, :began, :ended)"), values)
        with store.database.writing() as connection:
            there = connection.scalar(sa.text("SELECT count(*) FROM promotions"))
            insert = "INSERT INTO promotions VALUES (:key, :number) ON CONFLICT DO NOTHING"
            connection.execute(sa.text(insert), {"key": run.id, "number": there})
        return RunResult(Outcome.REFRESHED, "promoted", {"decision": "retune", "state": "promoted"})

    return perform


def small(home: Path, url: str | None) -> None:
    """Works until there is a file `stop`."""
    store = open_store(Settings(home, url))
    with (home / f"log-{os.getpid()}.jsonl").open("a") as stream:
        pace = WorkerPace(jobs=1, lease_s=2.0, tick_s=0.2, most_starts=100)
        worker = Worker(
            store, work(store), time.time, lambda name: Log(stream, name, store.redaction, time.time), pace=pace
        )
        worker.work(lambda: (home / "stop").exists())


def command(home: Path, url: str | None) -> None:
    """`argosy worker` itself, with its own sandbox, until it is told to end."""
    from argosy.cli.app import app

    scratch = home / "scratch"
    scratch.mkdir(exist_ok=True)
    os.environ |= {"ARGOSY_HOME": str(home), "TMPDIR": str(scratch)}
    if url is not None:
        os.environ["ARGOSY_STORE"] = url
    app(["worker", "--lease", "2", "--log", str(home / f"log-{os.getpid()}.jsonl")])
