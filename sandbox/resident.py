"""Harnesses that stay: started ahead of need, kept for the candidate they served, replaced when they die."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum, auto
from itertools import repeat
from typing import Protocol

from sandbox.protocol import Broke, Job, Outcome, SandboxUnavailable
from sandbox.wire import Channel, ask


class Resident(Protocol):
    """A harness at the other end of a channel, ready for jobs."""

    @property
    def channel(self) -> Channel: ...

    def cause_of_death(self, job: Job) -> Outcome | None:
        """Why it hung up, where the sandbox knows that the rule did it. Raises SandboxUnavailable."""
        ...

    def end(self) -> None:
        """Ends it and everything in it. Safe to call twice."""
        ...


class Sharing(Enum):
    """Who is served by one resident, one job after the other."""

    RULE = auto()
    """One candidate only: what a rule might do to its sandbox cannot reach another's results."""
    SESSION = auto()
    """All candidates: still a fresh process for each job, and starting one costs nothing."""


class Residents:
    """Idle residents, at most `kept` of them, and `spares` that wait for somebody new."""

    def __init__(self, spawn: Callable[[], Resident], sharing: Sharing, *, kept: int, spares: int) -> None:
        self._spawn = spawn
        self._sharing = sharing
        self._kept = kept
        self._spares = spares
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Resident]] = []
        self._waiting: deque[Future[Resident]] = deque()
        self._keeper = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sandbox-keeper")
        self._closed = False

    def run(self, job: Job) -> tuple[Outcome, ...]:
        """The job's outcomes. A resident found dead is replaced once: the fault may have been the machine's."""
        if not job.evaluations:
            return ()
        key = job.source if self._sharing is Sharing.RULE else ""
        outcomes: tuple[Outcome, ...] = ()
        for _ in range(2):
            resident = self._borrow(key)
            try:
                reply = ask(resident.channel, job)
            except BaseException:  # an interrupt, say: what the resident is in the middle of is nobody's now
                self._dismiss(resident)
                raise
            outcomes = reply.outcomes
            if not reply.hung:
                self._give_back(key, resident, reply.usable)
                return outcomes
            try:
                cause = resident.cause_of_death(job)
            finally:
                self._dismiss(resident)
            if cause is not None:
                return (*outcomes, *repeat(cause, len(job.evaluations) - len(outcomes)))
        rest = Broke("the sandbox died twice while this rule ran in it", "")
        return (*outcomes, *repeat(rest, len(job.evaluations) - len(outcomes)))

    def warm(self) -> None:
        """Starts the spares and waits for the first of them. Raises SandboxUnavailable."""
        with self._lock:
            self._refill()
            first = self._waiting[0] if self._waiting else None
        if first is not None:
            first.result()

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            futures, idle = list(self._waiting), [resident for _, resident in self._idle]
            self._waiting.clear()
            self._idle.clear()
        started = [future for future in futures if not future.cancel()]
        idle.extend(future.result() for future in started if future.exception() is None)
        for resident in idle:
            resident.end()
        self._keeper.shutdown(wait=True)

    def _borrow(self, key: str) -> Resident:
        with self._lock:
            if self._closed:
                raise SandboxUnavailable("this sandbox is closed; make a new one")
            for place in reversed(range(len(self._idle))):
                if self._idle[place][0] == key:
                    return self._idle.pop(place)[1]
            ready = self._waiting.popleft() if self._waiting else None
            self._refill()
        if ready is not None and ready.exception() is None:
            return ready.result()
        return self._spawn()  # a spare that failed to start may have met trouble that is over by now

    def _refill(self) -> None:
        """Orders spares up to the number wanted; one that fails to start is tried again by the run that gets it."""
        while len(self._waiting) < self._spares:
            self._waiting.append(self._keeper.submit(self._spawn))

    def _give_back(self, key: str, resident: Resident, usable: bool) -> None:
        leaving: list[Resident] = []
        with self._lock:
            if usable and not self._closed:
                self._idle.append((key, resident))
                while len(self._idle) > self._kept:
                    leaving.append(self._idle.pop(0)[1])
            else:
                leaving.append(resident)
        for gone in leaving:
            self._dismiss(gone)

    def _dismiss(self, resident: Resident) -> None:
        """Ends a resident in the background; the run that used it need not wait."""
        with self._lock:
            if not self._closed:
                self._keeper.submit(resident.end)
                return
        resident.end()
