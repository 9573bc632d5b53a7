"""A worker: plans what is due, executes runs, tells that it is alive, and takes over from those that are not."""

import os
import platform
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from argosy.scheduling.durable import Durable, QueueState
from argosy.scheduling.lease import Interval, WorkerPace
from argosy.scheduling.planner import plan
from argosy.scheduling.rows import Outcome, RunResult, RunRow, RunState, ScheduleRow, ScheduleState, WorkerRow
from argosy.scheduling.runs import Runs
from argosy.scheduling.schedules import Schedules
from argosy.scheduling.telemetry import Log, LogHandler, Metrics
from argosy.scheduling.workers import Watch, Workers
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.ids import timed_id
from argosy.store.store import Store

Perform = Callable[[ScheduleRow, RunRow, Callable[[], bool]], RunResult]
"""What is executed: for a schedule and a run, and asked now and then whether another worker has taken the run."""

DRAIN_S = 7 * 86_400
LOOK_S = 5.0

_SAID = 1_000  # characters of an error of ours that are kept; the rest is in its traceback

_OUT_OF_REACH = RunResult(Outcome.UNAVAILABLE, "the store was out of this worker's reach", again=True)


@dataclass
class _Hand:
    """A run in hand."""

    run: RunRow
    lost: bool = False


@dataclass(eq=False)
class Worker:
    """One process that executes runs. `steady` is a clock that nobody sets."""

    store: Store
    perform: Perform
    clock: Callable[[], float]
    log_to: Callable[[str], Log]
    metrics: Metrics = field(default_factory=Metrics)
    pace: WorkerPace = field(default_factory=WorkerPace)
    steady: Callable[[], float] = time.monotonic
    host: str = field(default_factory=platform.node)

    def __post_init__(self) -> None:
        self.id = timed_id("w", self.clock(), secrets.token_hex(4))
        self._log = self.log_to(self.id)
        self._runs = Runs(self.store.database, self.store.redaction, self.clock)
        self._schedules = Schedules(self.store, self.clock)
        self._workers = Workers(self.store.database, self.clock)
        self._watch = Watch(self.steady)
        self._hands: dict[str, _Hand] = {}
        self._lock = threading.Lock()
        self._beat_at = self.steady()
        self._mended, self._looked = Interval(self.pace.lease_s / 2), Interval(LOOK_S)

    def work(self, stopping: Callable[[], bool], until_idle: bool = False) -> None:
        """Works until it is told to stop, then lets what is under way end; `until_idle`: until nothing is left to do.

        Raises BadInput, or StoreUnavailable where the store cannot be reached at the start.
        """
        self._workers.enter(self.id, self.host, os.getpid(), self.pace.lease_s)
        self.metrics.beat.set(self.clock())
        self._log.write("worker_began", host=self.host, pid=os.getpid(), jobs=self.pace.jobs)
        with self._beating(), self._queue() as queue:
            while not stopping():
                if not self._tick(queue) and until_idle:
                    break
                self._wait(stopping)
            self._log.write("worker_draining", running=len(self._hands))
        self._workers.leave(self.id)
        self._log.write("worker_ended")
        self.metrics.workers.dec()
        self._look()

    @contextmanager
    def _queue(self) -> Iterator[Durable]:
        database, handler = self.store.database, LogHandler(self._log)
        queue = Durable(database, self.id, self._do, self.pace.jobs, handler)
        close_port = self.metrics.serve()
        try:
            yield queue
            queue.drain(DRAIN_S)
        finally:
            close_port()
            queue.close()

    def _wait(self, stopping: Callable[[], bool]) -> None:
        until = self.steady() + self.pace.tick_s
        while not stopping() and self.steady() < until:
            time.sleep(min(0.1, self.pace.tick_s))

    def _tick(self, queue: Durable) -> bool:
        """Does what is to be done now; says whether anything is left."""
        try:
            for run in plan(self.store.database, self.clock()):
                self._log.write("run_entered", run=run.id, cause=run.cause.value, why=run.why, due=run.due)
            self._bury(queue)
            if self._mended.is_time(self.steady()):
                self._mend(queue)
            self._enqueue(queue)
            if self._looked.is_time(self.steady()):
                self._look()
            return self._runs.any_due()
        except StoreUnavailable as error:
            self.metrics.errors.inc()
            self._log.write("store_unavailable", why=str(error))
            return True

    def _enqueue(self, queue: Durable) -> None:
        waiting = self._runs.to_queue()
        lines = self._schedules.lines() if waiting else {}
        for run in waiting:
            queue.put(run.id, run.attempt, lines[run.schedule])
            self._runs.queued(run)

    def _look(self) -> None:
        """Counts what the store holds, for whoever reads the counters."""
        if self.metrics.wanted:
            self.metrics.look(self._schedules.listed(removed=True), self._runs.open(), self.clock())
            try:
                self.metrics.write()
            except BadInput as error:  # it could be written at the start; a full disk stops no refresh
                self._log.write("metrics_unwritten", why=str(error))

    def _bury(self, queue: Durable) -> None:
        """Takes over what silent workers had begun: first the runs, then the word, so that dying between loses none."""
        rows = tuple(row for row in self._workers.all() if row.id != self.id)
        for row in self._watch.silent(rows):
            queue.take_over([row.id])
            if self._workers.bury(row):
                self.metrics.taken_over.inc()
                self._log.write("worker_taken_over", dead=row.id, host=row.host, pid=row.pid)
        self.metrics.workers.set(1 + sum(_beats(row, self.clock()) for row in rows))

    def _mend(self, queue: Durable) -> None:
        """Puts back runs that are open here and over, or unknown, in the queue: whatever befell it, none is lost."""
        open_runs = [
            run for run in self._runs.open() if run.queued_attempt == run.attempt or run.state is RunState.RUNNING
        ]
        fates = queue.fates([(run.id, run.attempt) for run in open_runs])
        for run in open_runs:
            if fates[(run.id, run.attempt)] is not QueueState.OPEN and self._runs.put_back(run):
                self._log.write("run_put_back", run=run.id)

    def _do(self, name: str) -> None:
        """One run from the queue. What it came to counts only while the run is still this worker's."""
        run = self._runs.begin(name, self.id)
        if run is None:
            return
        hand, began = _Hand(run), self.steady()
        with self._lock:
            self._hands[str(run.claim)] = hand
            self.metrics.running.set(len(self._hands))
        self._log.write("run_began", run=run.id, attempt=run.attempt, starts=run.starts)
        try:
            ended = self._performed(run, hand)
            self._end(run, ended, self.steady() - began)
        except BaseException as error:
            why = _one_line(error)
            self._log.write("run_crashed", run=run.id, why=why)
            if isinstance(error, Exception) and not isinstance(error, StoreUnavailable):
                self._end(run, _OUT_OF_REACH if hand.lost else RunResult(Outcome.CRASHED, why), self.steady() - began)
            raise
        finally:
            with self._lock:
                del self._hands[str(run.claim)]
                self.metrics.running.set(len(self._hands))

    def _performed(self, run: RunRow, hand: _Hand) -> RunResult:
        schedule = self._schedules.find(run.schedule)
        if run.starts > self.pace.most_starts:
            return RunResult(Outcome.CRASHED, f"begun {run.starts - 1} times, and it never came to an end")
        if schedule.state is ScheduleState.REMOVED:
            return RunResult(Outcome.CANCELLED, "the schedule was removed before it began")

        def taken() -> bool:
            hand.lost = hand.lost or self.steady() - self._beat_at > self.pace.lease_s
            return hand.lost

        ended = self.perform(schedule, run, taken)
        return _OUT_OF_REACH if hand.lost else ended

    def _end(self, run: RunRow, ended: RunResult, took_s: float) -> None:
        if not self._runs.end(run, ended):
            self._log.write("run_lost", run=run.id, why="another worker has it")
            return
        final = self._runs.find(run.id).state is RunState.ENDED
        self.metrics.ended(ended, took_s, final)
        event = "run_ended" if final else "run_waits"
        facts = dict(ended.facts)
        facts |= {"outcome": ended.outcome.value, "why": ended.why, "took_s": round(took_s, 3)}
        self._log.write(event, run=run.id, **facts)

    @contextmanager
    def _beating(self) -> Iterator[None]:
        """Beats in a thread of its own, for as long as anything runs, so that a long tick is no death."""
        over = threading.Event()
        thread = threading.Thread(target=self._beat_until, args=(over,), daemon=True, name="argosy-beat")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _beat_until(self, over: threading.Event) -> None:
        while not over.wait(self.pace.lease_s / 5):
            try:
                if not self._workers.beat(self.id):
                    self._log.write("worker_was_taken_for_dead")
                self._beat_at = self.steady()
                self.metrics.beat.set(self.clock())
                with self._lock:
                    mine = dict(self._hands)
                held = self._runs.claims(self.id)
                for claim, hand in mine.items():
                    hand.lost = hand.lost or claim not in held
            except StoreUnavailable as error:
                self.metrics.errors.inc()
                self._log.write("store_unavailable", why=str(error))


def _one_line(error: BaseException) -> str:
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return said if len(said) <= _SAID else said[: _SAID - 1] + "…"


def _beats(row: WorkerRow, now: float) -> bool:
    return row.ended is None and row.died is None and now - row.beat_at <= row.lease_s
