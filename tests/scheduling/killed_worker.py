"""A worker that executes something small, to be killed, forked from a process that has imported everything.

What it executes stands for a refresh: it takes a moment, and ends by entering one promotion under the run's key, and by
counting, without a key, how often it came so far.
"""

import os
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import sqlalchemy as sa

import argosy.refreshing
from argosy.models import find_models
from argosy.scheduling.notes import Log
from argosy.scheduling.refreshes import performer
from argosy.scheduling.rows import Ended, Outcome, RunRow, ScheduleRow
from argosy.scheduling.worker import Pace, Perform, Worker
from argosy.settings import Settings
from argosy.store.store import Store, open_store
from sandbox.protocol import Job
from sandbox.protocol import Outcome as Outcomes
from tests.argosy.inprocess import InProcess

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.scheduling.killed_worker", "argosy.cli", "psycopg", "langgraph.graph"])

STEPS, STEP_S = 6, 0.25

MADE = (
    "CREATE TABLE IF NOT EXISTS promotions (key TEXT PRIMARY KEY, number BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS steps (run TEXT NOT NULL, pid BIGINT NOT NULL, began FLOAT8 NOT NULL, ended FLOAT8)",
)


def work(store: Store) -> Perform:
    """Takes a second and a half in steps, each of which says when it began and ended."""

    def perform(_schedule: ScheduleRow, run: RunRow, taken: Callable[[], bool]) -> Ended:
        for _ in range(STEPS):
            if taken():
                return Ended(Outcome.UNAVAILABLE, "another worker has it", again=True)
            began = time.time()
            time.sleep(STEP_S)
            with store.database.writing() as connection:
                values = {"run": run.id, "pid": os.getpid(), "began": began, "ended": time.time()}
                connection.execute(sa.text("INSERT INTO steps VALUES (:run, :pid, :began, :ended)"), values)
        with store.database.writing() as connection:
            there = connection.scalar(sa.text("SELECT count(*) FROM promotions"))
            insert = "INSERT INTO promotions VALUES (:key, :number) ON CONFLICT DO NOTHING"
            connection.execute(sa.text(insert), {"key": run.id, "number": there})
        return Ended(Outcome.REFRESHED, "promoted", {"decision": "retune", "state": "promoted"})

    return perform


class Slow(InProcess):
    """A sandbox that takes its time, so that there is something to interrupt."""

    def run(self, job: Job) -> tuple[Outcomes, ...]:
        time.sleep(0.04)
        return super().run(job)


def refreshing(store: Store) -> Perform:
    """What the product's own worker executes, with rules run in this process."""
    argosy.refreshing.open_sandbox = lambda *_: Slow()  # type: ignore[assignment,attr-defined]
    return performer(store, find_models(Settings(Path())), time.time, {})


def main(home: Path, url: str | None, real: bool) -> None:
    """Works until there is a file `stop`; a file `ready-PID` says that it has begun."""
    store = open_store(Settings(home, url))
    perform = refreshing(store) if real else work(store)
    with (home / f"log-{os.getpid()}.jsonl").open("a") as stream:
        pace = Pace(jobs=1, lease_s=2.0, tick_s=0.2, most_starts=100)
        worker = Worker(
            store, perform, time.time, lambda name: Log(stream, name, store.redaction, time.time), pace=pace
        )
        (home / f"ready-{os.getpid()}").touch()
        worker.work(lambda: (home / "stop").exists())
