"""Workers on one store, killed with SIGKILL at random moments: another goes on, and each run has one outcome."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from argosy.scheduling.cron import Cron
from argosy.scheduling.missed import Missed
from argosy.scheduling.refreshes import RequestSpec
from argosy.scheduling.rows import Outcome, RunState
from argosy.scheduling.runs import Runs
from argosy.scheduling.schedules import Schedules
from argosy.scheduling.workers import Workers
from argosy.settings import Settings
from argosy.store.service_rows import Status
from argosy.store.store import Store, open_store
from tests.argosy.playing import MADE, START, STEP_S, Line, make_line
from tests.scheduling import killed_worker
from tests.scheduling.kept import keep_detector

pytestmark = pytest.mark.slow

WORKERS, KILLS, LINES = 4, 20, 8
WAIT_S = 400.0


class Crew:
    """Four workers; whoever is killed is replaced."""

    def __init__(self, home: Path, url: str | None, size: int, real: bool) -> None:
        self._home, self._url, self._real = home, url, real
        self.alive: list[BaseProcess] = [self._start() for _ in range(size)]

    def _start(self) -> BaseProcess:
        process = killed_worker.FORKS.Process(target=killed_worker.main, args=(self._home, self._url, self._real))
        process.start()
        return process

    def kill(self, victim: BaseProcess) -> None:
        os.kill(victim.pid or 0, signal.SIGKILL)
        victim.join()
        self.alive.remove(victim)
        self.alive.append(self._start())

    def ready(self) -> list[BaseProcess]:
        return [each for each in self.alive if (self._home / f"ready-{each.pid}").exists()]

    def close(self) -> None:
        (self._home / "stop").touch()
        for each in self.alive:
            each.join(20)
            if each.is_alive():
                each.kill()
                each.join()


@contextmanager
def crew(home: Path, url: str | None, size: int = WORKERS, real: bool = False) -> Iterator[Crew]:
    made = Crew(home, url, size, real)
    try:
        yield made
    finally:
        made.close()


def killed(workers: Crew, store: Store, kills: int) -> None:
    """Kills at random moments, four times of five somebody who has a run in hand, until no run is left."""
    draw, until = random.Random(8), time.monotonic() + WAIT_S
    runs = Runs(store.database, store.redaction, time.time)
    for number in range(kills):
        victims = busy(store, workers) if number % 5 else workers.ready()
        while not victims:
            assert time.monotonic() < until, f"after {number} kills nobody was at work"
            time.sleep(0.05)
            victims = busy(store, workers) if number % 5 else workers.ready()
        time.sleep(draw.uniform(0.0, 1.2))
        workers.kill(draw.choice(victims))
    while runs.open():
        assert time.monotonic() < until, [(run.id, run.state, run.starts) for run in runs.open()]
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("database", "size", "kills"),
    [pytest.param("postgres", WORKERS, KILLS, marks=pytest.mark.postgres), ("sqlite", 2, 6)],
)
def test_kills_lose_nothing_and_run_nothing_twice_at_a_time(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, size: int, kills: int
) -> None:
    url = request.getfixturevalue("postgres_store") if database == "postgres" else None
    store = open_store(Settings(tmp_path, url))
    with store.database.writing() as connection:
        for statement in killed_worker.MADE:
            connection.execute(sa.text(statement))
    asked = enter(store, kills * 3 // 5)
    with crew(tmp_path, url, size) as workers:
        killed(workers, store, kills)
    check(store, asked, kills)
    store.close()


@pytest.mark.postgres
def test_refreshes_killed_twenty_times_promote_exactly_once_each(postgres_store: str, tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path, postgres_store))
    lines = [make_line(store, seed) for seed in range(LINES)]
    spec = RequestSpec(shadow_days=None, shadow_points=0, rounds=1).as_json()
    schedules = Schedules(store, time.time)
    for number, line in enumerate(lines):
        line.values[3_000:] -= 7.0
        source = {"data": {"kind": "files", "pattern": write(line, tmp_path / f"{number}.csv")}, "gaps": "ignore"}
        row = schedules.add(line.first, Cron.read("0 0 1 1 *"), Missed.read("once"), source, spec)
        schedules.run_now(row.id)
    with crew(tmp_path, postgres_store, real=True) as workers:
        killed(workers, store, KILLS)
    found = Runs(store.database, store.redaction, time.time).of()
    assert [run.outcome for run in found] == [Outcome.REFRESHED] * LINES, [run.why for run in found]
    assert sum(run.starts - 1 for run in found) >= KILLS // 2, "most kills should have met a run under way"
    for line in lines:
        first, *others = store.service.line(line.first)
        assert [store.service.status(each) for each in others].count(Status.LIVE) == 1
        assert store.service.status(first) is Status.RETIRED
        (refresh,) = store.refreshes.of_line(line.first)
        assert refresh.state == "promoted"
    store.close()


def write(line: Line, path: Path) -> str:
    rows = slice(MADE - 200, 3_600)
    seconds = [START + STEP_S * n for n in range(rows.start, rows.stop)]
    labels = line.labels[rows].astype(int)
    pd.DataFrame({"timestamp": seconds, "value": line.values[rows], "label": labels, "mine": 0}).to_csv(
        path, index=False
    )
    return str(path)


def busy(store: Store, workers: Crew) -> list[BaseProcess]:
    """Those that have a run in hand."""
    at_work = {run.worker for run in Runs(store.database, store.redaction, time.time).open() if run.worker}
    pids = {row.pid for row in Workers(store.database, time.time).all() if row.id in at_work}
    return [each for each in workers.ready() if each.pid in pids]


def enter(store: Store, number: int) -> set[str]:
    """Runs of four detectors."""
    schedules = Schedules(store, time.time)
    rows = [schedules.add(keep_detector(store), Cron.read("0 0 1 1 *"), Missed.read("once"), {}, {}) for _ in range(4)]
    return {schedules.run_now(rows[each % 4].id).id for each in range(number)}


def check(store: Store, asked: set[str], kills: int) -> None:
    found = Runs(store.database, store.redaction, time.time).of()
    assert {run.id for run in found} == asked
    assert {(run.state, run.outcome) for run in found} == {(RunState.ENDED, Outcome.REFRESHED)}
    assert sum(run.starts - 1 for run in found) >= kills // 2, "most kills should have met a run under way"
    with store.database.reading() as connection:
        promoted = list(connection.scalars(sa.text("SELECT key FROM promotions")))
        steps = connection.execute(sa.text("SELECT run, pid, began, ended FROM steps ORDER BY began")).all()
    assert sorted(promoted) == sorted(asked)
    check_one_at_a_time({run.id: run.schedule for run in found}, [tuple(step) for step in steps])


def check_one_at_a_time(schedules: dict[str, str], steps: list[tuple[str, int, float, float]]) -> None:
    """Steps of two processes for one detector never overlap."""
    for name in set(schedules.values()):
        mine = [step for step in steps if schedules[step[0]] == name]
        for one, other in pairwise(mine):
            assert one[1] == other[1] or one[3] <= other[2]
