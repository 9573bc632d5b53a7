"""Workers on one store, killed with SIGKILL at random moments: others go on, and each run has one outcome."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, pairwise
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from argosy.sandboxes import SandboxChoice
from argosy.scheduling.cron import Cron
from argosy.scheduling.durable import queue_url
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.scheduling.perform import RequestSpec
from argosy.scheduling.rows import Cause, Outcome, RunState
from argosy.scheduling.runs import Runs
from argosy.scheduling.schedules import Schedules
from argosy.settings import Settings
from argosy.store.status_rows import Status
from argosy.store.store import Store, open_store
from tests.argosy.scheduling import killed_worker
from tests.argosy.scheduling.crew import Crew, Moment, crew, kill_at_random, node_in_progress
from tests.argosy.scheduling.kept import keep_detector
from tests.argosy.service.line import MADE, START, STEP_S, Line, make_line

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")]

BETWEEN = "between nodes"
WHILE_REFRESHING: list[Moment] = [(Crew.ready, 2.0), (Crew.busy, 1.0), *[(Crew.inside, 0.2)] * 3]


@pytest.mark.parametrize(
    ("database", "size", "kills", "lines"),
    [pytest.param("postgres", 4, 20, 8, marks=pytest.mark.postgres), ("sqlite", 2, 5, 3)],
)
def test_refreshes_of_killed_workers_promote_exactly_once_each(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, size: int, kills: int, lines: int
) -> None:
    """`argosy worker` with a sandbox, on schedules that have just come due."""
    url = request.getfixturevalue("postgres_store") if database == "postgres" else None
    with closing(open_store(Settings(tmp_path, url))) as store:
        made = [due_now(store, seed, tmp_path) for seed in range(lines)]
        with crew(store, tmp_path, url, killed_worker.command, size) as workers:

            def enter_more() -> None:
                made.append(due_now(store, len(made), tmp_path))

            kill_at_random(workers, kills, WHILE_REFRESHING, enter_more, seed=8)
        assert workers.orphans() == set()
        died_in = interrupted(store)
        assert died_in.total() >= kills // 2, f"most kills should meet a refresh under way: {died_in}"
        inside = died_in.total() - died_in[BETWEEN]
        assert inside >= kills // 5, f"and a good share of them a node of it: {died_in}"
        check_history(store, {schedule for _, schedule in made})
        for line, _ in made:
            check_promoted_once(store, line)
        assert still_queued(store) == 0


def due_now(store: Store, seed: int, folder: Path) -> tuple[Line, str]:
    """A line of detectors whose series has changed, with a schedule whose only time of the year was a minute ago."""
    line = make_line(store, seed)
    line.values[3_000:] -= 7.0
    spec = RequestSpec(shadow_days=None, shadow_points=0, rounds=1, sandbox=SandboxChoice.LOCAL).as_json()
    source = {"data": {"kind": "files", "pattern": write(line, folder / f"{seed}.csv")}, "gaps": "ignore"}
    due = time.gmtime(time.time() - 60)
    cron = Cron.read(f"{due.tm_min} {due.tm_hour} {due.tm_mday} {due.tm_mon} *")
    before = Schedules(store, lambda: time.time() - 240)
    return line, before.add(line.first, cron, MissedPolicy.read("once"), source, spec).id


def write(line: Line, path: Path) -> str:
    rows = slice(MADE - 200, 3_600)
    seconds = [START + STEP_S * n for n in range(rows.start, rows.stop)]
    labels = line.labels[rows].astype(int)
    pd.DataFrame({"timestamp": seconds, "value": line.values[rows], "label": labels, "mine": 0}).to_csv(
        path, index=False
    )
    return str(path)


def interrupted(store: Store) -> Counter[str]:
    """In which node of its graph each refresh was that never came to an end."""
    found = Counter[str]()
    for row in store.sessions.newest():
        if row.settings.get("pattern") == "refresh" and row.outcome is None:
            found[node_in_progress(store, row.id) or BETWEEN] += 1
    return found


def check_history(store: Store, schedules: set[str]) -> None:
    """One row for each time that was due, and nothing else."""
    found = Runs(store.database, store.redaction, time.time).of()
    assert sorted(run.schedule for run in found) == sorted(schedules)
    told = {(run.cause, run.state, run.outcome, (run.facts or {}).get("state")) for run in found}
    assert told == {(Cause.CRON, RunState.ENDED, Outcome.REFRESHED, "promoted")}, [run.why for run in found]


def check_promoted_once(store: Store, line: Line) -> None:
    first, *others = store.service.line(line.first)
    came_live = [each for other in others for each in store.service.standings(other) if each.status is Status.LIVE]
    assert len(came_live) == 1
    assert [store.service.status(each) for each in others].count(Status.LIVE) == 1
    assert store.service.status(first) is Status.RETIRED
    (refresh,) = store.refreshes.of_line(line.first, concluded=False)
    assert refresh.state == "promoted"


def still_queued(store: Store) -> int:
    """How many runs the queue still holds."""
    engine = sa.create_engine(queue_url(store.database))
    table = "dbos.workflow_status" if engine.dialect.name == "postgresql" else "workflow_status"
    with engine.connect() as connection:
        query = f"SELECT count(*) FROM {table} WHERE status IN ('PENDING', 'ENQUEUED')"
        found = connection.scalar(sa.text(query))
    engine.dispose()
    return int(found or 0)


@pytest.mark.parametrize(
    ("database", "size", "kills"),
    [pytest.param("postgres", 4, 10, marks=pytest.mark.postgres), ("sqlite", 2, 4)],
)
def test_kills_lose_nothing_and_run_nothing_twice_at_a_time(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, size: int, kills: int
) -> None:
    """Something small in place of a refresh, which tells when each of its steps began and ended."""
    url = request.getfixturevalue("postgres_store") if database == "postgres" else None
    with closing(open_store(Settings(tmp_path, url))) as store:
        with store.database.writing() as connection:
            for statement in killed_worker.MADE:
                connection.execute(sa.text(statement))
        entered = enter(store)
        asked = {next(entered) for _ in range(kills * 3 // 5)}
        with crew(store, tmp_path, url, killed_worker.small, size) as workers:
            moments: list[Moment] = [(Crew.ready, 1.2), *[(Crew.busy, 1.2)] * 4]
            kill_at_random(workers, kills, moments, lambda: asked.add(next(entered)), seed=8)
        check(store, asked, kills)


def enter(store: Store) -> Iterator[str]:
    """Runs of four detectors in turn, each entered when it is asked for."""
    schedules = Schedules(store, time.time)
    rows = [
        schedules.add(keep_detector(store), Cron.read("0 0 1 1 *"), MissedPolicy.read("once"), {}, {}) for _ in range(4)
    ]
    for row in cycle(rows):
        yield schedules.run_now(row.id).id


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
