"""Schedules and what they ask for: the same list for SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from argosy.scheduling.cron import Cron
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.scheduling.planner import ON_TIME_S, plan
from argosy.scheduling.rows import Cause, Outcome, RunResult, RunRow, RunState, ScheduleRow, ScheduleState
from argosy.scheduling.runs import MOST_ATTEMPTS, Runs
from argosy.scheduling.schedules import Schedules
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.status_rows import Status, StatusChange
from argosy.store.store import Store, open_store

START = 1_790_000_040.0  # 2026-09-21 14:14 UTC
HOUR = 3600.0
NEXT = START + 46 * 60  # 15:00


class Clock:
    """Stands until it is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def schedules(store: Store, clock: Clock) -> Schedules:
    return Schedules(store, clock)


@pytest.fixture
def runs(store: Store, clock: Clock) -> Runs:
    return Runs(store.database, store.redaction, clock)


def add(schedules: Schedules, detector: str, missed: str = "once", line: str = "0 * * * *") -> ScheduleRow:
    return schedules.add(detector, Cron.read(line), MissedPolicy.read(missed), {"kind": "none"}, {"model": "embedded"})


def told(runs: tuple[RunRow, ...]) -> list[tuple[float, str, str]]:
    return [(run.due, run.cause.value, run.outcome.value if run.outcome else run.state.value) for run in runs]


def test_a_schedule_is_kept_and_another_process_lists_it(
    schedules: Schedules, detector: str, settings: Settings, clock: Clock
) -> None:
    row = add(schedules, detector)
    assert (row.state, row.next, row.line) == (ScheduleState.ACTIVE, NEXT, detector)
    other = open_store(settings)
    assert Schedules(other, clock).listed() == (row,)
    assert Schedules(other, clock).find(row.id[:10]) == row
    other.close()


def test_nothing_is_due_before_its_time_and_once_when_it_has_come(
    store: Store, schedules: Schedules, runs: Runs, detector: str
) -> None:
    row = add(schedules, detector)
    assert plan(store.database, NEXT - 1) == ()
    assert told(plan(store.database, NEXT + 5)) == [(NEXT, "cron", "waiting")]
    assert plan(store.database, NEXT + 6) == ()
    assert schedules.find(row.id).next == NEXT + HOUR
    assert [run.id for run in runs.to_queue()] == [f"{row.id}@{NEXT:.0f}"]


def test_workers_that_plan_at_once_enter_one_run(store: Store, schedules: Schedules, runs: Runs, detector: str) -> None:
    add(schedules, detector)
    with ThreadPoolExecutor(4) as pool:
        entered = list(pool.map(lambda _: plan(store.database, NEXT + 1), range(4)))
    assert sum(map(len, entered)) == 1
    assert len(runs.open()) == 1


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        ("skip", [(4, "cron", "skipped")]),
        ("once", [(3, "cron", "skipped"), (4, "caught_up", "waiting")]),
        ("catch-up:3", [(1, "cron", "skipped"), *((n, "caught_up", "waiting") for n in (2, 3, 4))]),
        ("catch-up:9", [(n, "caught_up", "waiting") for n in (0, 1, 2, 3, 4)]),
    ],
)
def test_times_that_were_missed_are_treated_by_the_policy(
    store: Store, schedules: Schedules, detector: str, missed: str, expected: list[tuple[int, str, str]]
) -> None:
    add(schedules, detector, missed)
    late = plan(store.database, NEXT + 4 * HOUR + ON_TIME_S + 1)
    assert told(late) == [(NEXT + n * HOUR, cause, state) for n, cause, state in expected]


@pytest.mark.parametrize(("missed", "before"), [("skip", 0), ("once", 0), ("catch-up:3", 2)])
def test_what_comes_on_time_is_run_whatever_the_policy(
    store: Store, schedules: Schedules, detector: str, missed: str, before: int
) -> None:
    add(schedules, detector, missed)
    found = told(plan(store.database, NEXT + 4 * HOUR + 10))
    assert found[-1] == (NEXT + 4 * HOUR, "cron", "waiting")
    assert sum(state == "waiting" for _, _, state in found) == 1 + before
    assert found[0][2] == "skipped"


def test_what_is_left_out_is_said_with_its_number_and_reason(store: Store, schedules: Schedules, detector: str) -> None:
    add(schedules, detector, "skip")
    (row,) = plan(store.database, NEXT + 30 * HOUR + 1_000)
    assert (
        row.why == "31 times up to 2026-09-22T21:00:00Z passed while no worker ran; the policy for missed runs is skip"
    )


@pytest.mark.parametrize(("missed", "waiting"), [("skip", 1), ("once", 1), ("catch-up:2", 2)])
def test_runs_do_not_pile_up_behind_one_that_is_not_done(
    store: Store, schedules: Schedules, runs: Runs, detector: str, missed: str, waiting: int
) -> None:
    add(schedules, detector, missed)
    for hour in range(5):
        plan(store.database, NEXT + hour * HOUR + 1)
    assert len(runs.open()) == waiting
    left_out = [run for run in runs.of() if run.outcome is Outcome.SKIPPED]
    assert all("an earlier run is not done" in str(run.why) for run in left_out)
    assert len(left_out) == 5 - waiting


def test_a_clock_set_back_is_told_and_runs_nothing_twice(
    store: Store, schedules: Schedules, runs: Runs, detector: str, clock: Clock
) -> None:
    row = add(schedules, detector)
    plan(store.database, NEXT + 1)
    ahead = plan(store.database, NEXT + 100 * HOUR + 1)
    assert ahead[-1].due == NEXT + 100 * HOUR
    (told_of,) = plan(store.database, NEXT + 60)
    assert told_of.outcome is Outcome.CLOCK_SET_BACK
    assert schedules.find(row.id).next == NEXT + HOUR
    plan(store.database, NEXT + HOUR + 1)
    plan(store.database, NEXT + 100 * HOUR + 1)
    ids = [run.id for run in runs.of()]
    assert len(ids) == len(set(ids))
    assert sum(run.due == NEXT for run in runs.of()) == 1


def test_a_paused_schedule_asks_for_nothing_and_resumes_from_then(
    store: Store, schedules: Schedules, runs: Runs, detector: str, clock: Clock
) -> None:
    row = add(schedules, detector)
    plan(store.database, NEXT + 1)
    schedules.pause(row.id)
    assert runs.of()[0].outcome is Outcome.CANCELLED
    assert plan(store.database, NEXT + 3 * HOUR) == ()
    clock.now = NEXT + 3.5 * HOUR
    assert schedules.resume(row.id).next == NEXT + 4 * HOUR
    assert told(plan(store.database, NEXT + 4 * HOUR + 1)) == [(NEXT + 4 * HOUR, "cron", "waiting")]


def test_a_removed_schedule_keeps_its_history_and_does_nothing_more(
    store: Store, schedules: Schedules, runs: Runs, detector: str
) -> None:
    row = add(schedules, detector)
    plan(store.database, NEXT + 1)
    schedules.remove(row.id)
    assert schedules.listed() == ()
    assert [each.id for each in schedules.listed(removed=True)] == [row.id]
    assert plan(store.database, NEXT + 2 * HOUR) == ()
    assert len(runs.of(row.id)) == 1
    for verb in (schedules.pause, schedules.resume, schedules.run_now):
        with pytest.raises(BadInput, match="was removed"):
            verb(row.id)


def test_run_now_is_a_run_of_its_own_also_while_paused(schedules: Schedules, runs: Runs, detector: str) -> None:
    row = add(schedules, detector)
    schedules.pause(row.id)
    first, second = schedules.run_now(row.id), schedules.run_now(row.id)
    assert (first.cause, first.due, first.state) == (Cause.RUN_NOW, START, RunState.WAITING)
    assert {run.id for run in runs.to_queue()} == {first.id, second.id}


def test_a_schedule_for_a_detector_that_is_not_there_or_retired_is_refused(
    store: Store, schedules: Schedules, detector: str
) -> None:
    with pytest.raises(BadInput, match="there is none"):
        add(schedules, "d-1999")
    store.service.move([StatusChange(detector, Status.LIVE, Status.RETIRED, "old")], "ann")
    with pytest.raises(BadInput, match="is retired; argosy run makes another"):
        add(schedules, detector)


def test_a_run_belongs_to_whoever_began_it_last(schedules: Schedules, runs: Runs, detector: str) -> None:
    name = schedules.run_now(add(schedules, detector).id).id
    first, second = runs.begin(name, "w-1"), runs.begin(name, "w-2")
    assert first is not None
    assert second is not None
    assert (runs.claims("w-1"), runs.claims("w-2")) == (frozenset(), {second.claim})
    assert not runs.end(first, RunResult(Outcome.REFRESHED, "too late"))
    assert runs.end(second, RunResult(Outcome.NOTHING_NEW, "in time"))
    assert not runs.end(second, RunResult(Outcome.REFRESHED, "again"))
    assert runs.begin(name, "w-3") is None
    assert (runs.find(name).outcome, runs.find(name).why, runs.find(name).starts) == (Outcome.NOTHING_NEW, "in time", 2)


def test_what_was_not_available_is_tried_again_later_and_in_the_end_given_up(
    schedules: Schedules, runs: Runs, detector: str, clock: Clock
) -> None:
    name = schedules.run_now(add(schedules, detector).id).id
    waits = []
    for _ in range(MOST_ATTEMPTS):
        (run,) = runs.to_queue()
        runs.queued(run)
        begun = runs.begin(name, "w-1")
        assert begun is not None
        assert runs.end(begun, RunResult(Outcome.UNAVAILABLE, "down", again=True))
        waits.append(runs.find(name).not_before - clock.now)
        assert runs.to_queue() == ()
        clock.now += 3_600
    assert waits[:3] == [60.0, 300.0, 900.0]
    assert (runs.find(name).state, runs.find(name).outcome) == (RunState.ENDED, Outcome.UNAVAILABLE)


def test_a_run_that_fell_out_of_the_queue_is_queued_again(schedules: Schedules, runs: Runs, detector: str) -> None:
    name = schedules.run_now(add(schedules, detector).id).id
    (run,) = runs.to_queue()
    runs.queued(run)
    seen = runs.begin(name, "w-1")
    assert seen is not None
    runs.put_back(replace(seen, starts=0))
    assert runs.to_queue() == ()
    runs.put_back(seen)
    assert [each.attempt for each in runs.to_queue()] == [2]


def test_secrets_in_reasons_are_taken_out(schedules: Schedules, runs: Runs, detector: str) -> None:
    name = schedules.run_now(add(schedules, detector).id).id
    run = runs.begin(name, "w-1")
    assert run is not None
    runs.end(run, RunResult(Outcome.REFUSED, "postgresql://ann:hunter2hunter2@host/db does not answer"))
    assert "hunter2" not in str(runs.find(name).why)
