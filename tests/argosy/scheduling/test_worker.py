"""A worker in this process: what it executes, one of a line at a time, and what it tells."""

import io
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from argosy.scheduling.cron import Cron
from argosy.scheduling.lease import WorkerPace
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.scheduling.rows import Outcome, RunResult, RunRow, RunState, ScheduleRow, WorkerRow
from argosy.scheduling.runs import Runs
from argosy.scheduling.schedules import Schedules
from argosy.scheduling.telemetry import Log, Metrics
from argosy.scheduling.worker import Perform, Worker
from argosy.scheduling.workers import Watch, Workers
from argosy.store.store import Store
from tests.argosy.scheduling.kept import keep_detector

pytestmark = pytest.mark.slow

QUICK = WorkerPace(jobs=2, lease_s=2.0, tick_s=0.1)


def soon() -> Callable[[], bool]:
    """Says yes when a worker should long have been done."""
    until = time.monotonic() + 300.0
    return lambda: time.monotonic() > until


def worker(store: Store, perform: Perform, said: io.StringIO, **changes: object) -> Worker:
    def log(name: str) -> Log:
        return Log(said, name, store.redaction, time.time)

    return Worker(store, perform, time.time, log, **({"pace": QUICK} | changes))  # type: ignore[arg-type]


def add(store: Store, detector: str) -> ScheduleRow:
    cron = Cron.read("0 0 1 1 *")
    return Schedules(store, time.time).add(detector, cron, MissedPolicy.read("once"), {}, {})


def runs_of(store: Store) -> Runs:
    return Runs(store.database, store.redaction, time.time)


def done(_schedule: ScheduleRow, _run: RunRow, _taken: Callable[[], bool]) -> RunResult:
    return RunResult(Outcome.REFRESHED, "fine", {"decision": "keep", "state": "kept", "calls": 3})


def test_a_run_is_executed_once_and_told_of(store: Store, detector: str, tmp_path: Path) -> None:
    said, file = io.StringIO(), tmp_path / "argosy.prom"
    row = add(store, detector)
    Schedules(store, time.time).run_now(row.id)
    worker(store, done, said, metrics=Metrics(file)).work(soon(), until_idle=True)
    (run,) = runs_of(store).of(row.id)
    assert (run.outcome, run.starts, run.facts) == (
        Outcome.REFRESHED,
        1,
        {"decision": "keep", "state": "kept", "calls": 3},
    )
    events = [json.loads(line)["event"] for line in said.getvalue().splitlines()]
    assert events == ["worker_began", "run_began", "run_ended", "worker_draining", "worker_ended"]
    text = file.read_text()
    for line in (
        'argosy_runs_total{outcome="refreshed"} 1.0',
        'argosy_refreshes_total{decision="keep",state="kept"} 1.0',
        "argosy_model_calls_total 3.0",
        'argosy_schedules{state="active"} 1.0',
    ):
        assert line in text.splitlines()


def test_one_of_a_line_at_a_time_and_different_ones_together(store: Store) -> None:
    schedules = Schedules(store, time.time)
    rows = [add(store, keep_detector(store)) for _ in range(2)]
    for row in (*rows, *rows):
        schedules.run_now(row.id)
    spans: list[tuple[str, float, float]] = []
    both = threading.Barrier(2)  # which nobody passes alone

    def slow(schedule: ScheduleRow, _run: RunRow, _taken: Callable[[], bool]) -> RunResult:
        began = time.monotonic()
        both.wait(120)
        time.sleep(0.2)
        spans.append((schedule.id, began, time.monotonic()))
        return RunResult(Outcome.REFRESHED)

    worker(store, slow, io.StringIO()).work(soon(), until_idle=True)
    assert len(spans) == 4
    for row in rows:
        first, second = sorted(span[1:] for span in spans if span[0] == row.id)
        assert first[1] <= second[0]


def test_an_error_of_ours_is_an_outcome_and_the_next_run_goes_on(store: Store, detector: str) -> None:
    row = add(store, detector)
    first = Schedules(store, time.time).run_now(row.id)

    def broken(schedule: ScheduleRow, run: RunRow, taken: Callable[[], bool]) -> RunResult:
        if run.id == first.id:
            raise ZeroDivisionError("no")
        return done(schedule, run, taken)

    said = io.StringIO()
    Schedules(store, time.time).run_now(row.id)
    worker(store, broken, said).work(soon(), until_idle=True)
    found = {run.id: run for run in runs_of(store).of(row.id)}
    assert (found[first.id].outcome, found[first.id].why) == (Outcome.CRASHED, "ZeroDivisionError: no")
    assert [run.outcome for name, run in found.items() if name != first.id] == [Outcome.REFRESHED]


def test_a_run_that_takes_its_worker_down_again_and_again_is_given_up(store: Store, detector: str) -> None:
    row = add(store, detector)
    run = Schedules(store, time.time).run_now(row.id)
    for number in range(3):
        runs_of(store).begin(run.id, f"w-{number}")
    pace = WorkerPace(lease_s=2.0, tick_s=0.1, most_starts=3)
    worker(store, done, io.StringIO(), pace=pace).work(soon(), until_idle=True)
    (found,) = runs_of(store).of(row.id)
    assert (found.outcome, found.why) == (Outcome.CRASHED, "begun 3 times, and it never came to an end")


def test_stopping_lets_what_is_under_way_end_and_begins_nothing_more(store: Store, detector: str) -> None:
    row = add(store, detector)
    for _ in range(3):
        Schedules(store, time.time).run_now(row.id)
    began, said, late = threading.Event(), io.StringIO(), soon()

    def slow(schedule: ScheduleRow, run: RunRow, taken: Callable[[], bool]) -> RunResult:
        began.set()
        while "worker_draining" not in said.getvalue() and not late():
            time.sleep(0.05)
        return done(schedule, run, taken)

    worker(store, slow, said).work(began.is_set)
    states = sorted(run.state.value for run in runs_of(store).of(row.id))
    assert states == ["ended", "waiting", "waiting"]
    assert all(each.ended for each in Workers(store.database, time.time).all())


def test_a_run_that_another_worker_has_taken_is_told_so_and_its_end_does_not_count(store: Store, detector: str) -> None:
    row = add(store, detector)
    Schedules(store, time.time).run_now(row.id)
    seen = []

    def overtaken(_schedule: ScheduleRow, run: RunRow, taken: Callable[[], bool]) -> RunResult:
        if run.starts > 1:
            return RunResult(Outcome.NOTHING_NEW, "the second time")
        runs_of(store).put_back(run)
        until = time.monotonic() + 120
        while not taken() and time.monotonic() < until:
            time.sleep(0.05)
        seen.append(taken())
        return RunResult(Outcome.REFRESHED, "too late")

    worker(store, overtaken, io.StringIO()).work(soon(), until_idle=True)
    (run,) = runs_of(store).of(row.id)
    assert (seen, run.outcome, run.why) == ([True], Outcome.NOTHING_NEW, "the second time")


def test_silence_is_measured_by_ones_own_steady_clock(store: Store) -> None:
    workers, now = Workers(store.database, time.time), [0.0]
    workers.enter("w-1", "here", 1, 10.0)
    watch = Watch(lambda: now[0])

    def silent(at: float) -> tuple[WorkerRow, ...]:
        now[0] = at
        return watch.silent(workers.all())

    assert [silent(at) for at in (0.0, 4.0, 8.0)] == [()] * 3
    workers.beat("w-1")
    assert [silent(at) for at in (9.0, 14.0, 19.0)] == [()] * 3
    (dead,) = silent(19.5)
    assert workers.bury(dead)
    assert not workers.bury(dead)
    assert not workers.beat("w-1")
    assert workers.beat("w-1")


def test_a_watcher_that_stood_still_itself_holds_nobody_for_dead(store: Store) -> None:
    workers, now = Workers(store.database, time.time), [0.0]
    workers.enter("w-1", "here", 1, 10.0)
    watch = Watch(lambda: now[0])
    found = []
    for now[0] in (0.0, 2.0, 3_600.0, 3_602.0):
        found.append(watch.silent(workers.all()))
    assert found == [()] * 4
    workers.beat("w-1")
    assert watch.silent(workers.all()) == ()
    for now[0] in (3_606.0, 3_611.0):
        assert watch.silent(workers.all()) == ()
    now[0] = 3_613.0
    assert [row.id for row in watch.silent(workers.all())] == ["w-1"]


def test_a_worker_that_is_gone_loses_nothing(store: Store, detector: str) -> None:
    """What it had claimed without a word in the queue is put back too."""
    row = add(store, detector)
    run = Schedules(store, time.time).run_now(row.id)
    runs = runs_of(store)
    runs.queued(run)
    runs.begin(run.id, "w-gone")
    worker(store, done, io.StringIO()).work(soon(), until_idle=True)
    assert [(each.outcome, each.state) for each in runs.of(row.id)] == [(Outcome.REFRESHED, RunState.ENDED)]


@pytest.mark.network
def test_counters_are_served_on_loopback_and_a_taken_port_is_named(socket_enabled: None) -> None:
    import requests

    from argosy.signals.errors import BadInput
    from tests.postgres.server import free_port

    metrics = Metrics(port=free_port())
    metrics.ended(RunResult(Outcome.REFUSED, "no"), 2.0, final=True)
    close = metrics.serve()
    try:
        page = requests.get(f"http://127.0.0.1:{metrics.port}/metrics", timeout=10).text
        assert 'argosy_runs_total{outcome="refused"} 1.0' in page
        assert "_created" not in page
        with pytest.raises(BadInput, match="name a free port"):
            Metrics(port=metrics.port).serve()
    finally:
        close()
