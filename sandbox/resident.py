"""Harnesses that stay: started ahead of need, kept for the candidate they served, replaced when they die."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import repeat
from typing import Protocol

from argosy.sandbox.cuts import job_parts
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.protocol import Broke, Job, Outcome, TimedOut
from argosy.sandbox.wire import Channel, JobEnding, JobReply, ask


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


@dataclass(frozen=True)
class Pool:
    """How many residents there are: `most` at once, `kept` idle for candidates they served, `spares` for new ones.

    Whoever comes when `most` are at work waits for one of them.
    """

    most: int = 8
    kept: int = 4
    spares: int = 0


Spawn = Callable[[bool], Resident]
"""Starts a resident; told whether it is started ahead of need. Raises SandboxUnavailable."""


class PooledSandbox:
    """A sandbox whose jobs run in residents of a pool."""

    def __init__(self, spawn: Spawn, sharing: Sharing, pool: Pool) -> None:
        self._sharing = sharing
        self._residents = Residents(spawn, pool)

    def run(self, job: Job) -> tuple[Outcome, ...]:
        """The job's outcomes, of one process, and of one more for every beginning of an input; see `job_parts`.

        What ends a process before it has answered everything is the outcome of all that was still to come.
        """
        deadline = time.monotonic() + job.limits.job_s
        outcomes: dict[int, Outcome] = {}
        rest: Outcome | None = None
        for part in job_parts(job):
            left_s = deadline - time.monotonic() if outcomes else job.limits.job_s
            if rest is None and left_s <= 0:
                rest = TimedOut(job.limits.job_s)
            if rest is None:
                said, rest = self._said(replace(part.job, limits=replace(job.limits, job_s=left_s)), job.limits.job_s)
                outcomes |= zip(part.places, said, strict=True)
            else:
                outcomes |= dict.fromkeys(part.places, rest)
        return tuple(outcomes[place] for place in range(len(job.evaluations)))

    def _said(self, part: Job, limit_s: float) -> tuple[tuple[Outcome, ...], Outcome | None]:
        """The outcomes of one process, and what ended it early, if anything did; all its time was `limit_s`.

        A resident found dead is replaced once: the fault may have been the machine's.
        """
        key = part.source if self._sharing is Sharing.RULE else ""
        for _ in range(2):
            reply, cause = self._attempt(key, part)
            if not reply.hung:
                said = tuple(TimedOut(limit_s) if isinstance(each, TimedOut) else each for each in reply.outcomes)
                return said, said[-1] if reply.ending is None else None
            if cause is not None:
                break
        rest = cause or Broke("the sandbox died twice while this rule ran in it", "")
        return (*reply.outcomes, *repeat(rest, len(part.evaluations) - len(reply.outcomes))), rest

    def warm(self) -> None:
        """Starts the spares and waits for the first, so that the first job finds it. Raises SandboxUnavailable."""
        self._residents.warm()

    def close(self) -> None:
        self._residents.close()

    def _attempt(self, key: str, job: Job) -> tuple[JobReply, Outcome | None]:
        """What a resident answered and, if it hung up, the cause that is known."""
        resident = self._residents.borrow(key)
        reply = JobReply((), usable=False)
        try:
            reply = ask(resident.channel, job)
            return reply, resident.cause_of_death(job) if reply.hung else None
        finally:  # after an interrupt, say, what the resident is in the middle of is nobody's
            self._residents.give_back(key, resident, reply.usable, reply.ending)


@dataclass(frozen=True)
class Idle:
    """A resident kept for a key; its last job may still be ending."""

    key: str
    resident: Resident
    ending: JobEnding | None


class Residents:
    """The residents of a pool. Safe to use from several threads."""

    def __init__(self, spawn: Spawn, pool: Pool) -> None:
        self._spawn = spawn
        self._pool = pool
        self._changed = threading.Condition()
        self._alive = 0  # residents that are there, being started or being ended
        self._idle: list[Idle] = []
        self._waiting: deque[Future[Resident]] = deque()
        self._keeper = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sandbox-keeper")
        self._closed = False

    def borrow(self, key: str) -> Resident:
        """The resident kept for this key, else a spare, else a new one. Raises SandboxUnavailable."""
        while True:
            found = self._next(key)
            if not isinstance(found, Idle):
                break
            if found.ending is None or found.ending.came():
                return found.resident
            self.give_back(key, found.resident, usable=False)
        if found is not None and found.exception() is None:
            return found.result()
        return self._started()  # a spare that failed to start may have met trouble that is over by now

    def _next(self, key: str) -> "Idle | Future[Resident] | None":
        """What there is for this key, or None where there is room for a new one. Waits for either."""
        with self._changed:
            while True:
                if self._closed:
                    raise SandboxUnavailable("this sandbox is closed; make a new one")
                if (kept := self._kept_for(key)) is not None:
                    return kept
                if self._waiting:
                    ready = self._waiting.popleft()
                    self._refill()
                    return ready
                if self._alive < self._pool.most:
                    self._alive += 1
                    self._refill()
                    return None
                if self._idle:
                    self._dismiss(self._idle.pop(0).resident)
                self._changed.wait()

    def give_back(self, key: str, resident: Resident, usable: bool, ending: JobEnding | None = None) -> None:
        """Keeps the resident for its key, or ends it."""
        with self._changed:
            if not usable or self._closed:
                self._dismiss(resident)
            else:
                self._idle.append(Idle(key, resident, ending))
                while len(self._idle) > self._pool.kept:
                    self._dismiss(self._idle.pop(0).resident)
            self._changed.notify_all()

    def warm(self) -> None:
        """Starts the spares and waits for the first of them. Raises SandboxUnavailable."""
        with self._changed:
            self._refill()
            first = self._waiting[0] if self._waiting else None
        if first is not None:
            first.result()

    def close(self) -> None:
        """Ends every resident that is not at work; one that is ends when it is given back."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            futures, idle = list(self._waiting), [each.resident for each in self._idle]
            self._waiting.clear()
            self._idle.clear()
            self._changed.notify_all()
        started = [future for future in futures if not future.cancel()]
        idle.extend(future.result() for future in started if future.exception() is None)
        for resident in idle:
            resident.end()
        self._keeper.shutdown(wait=True)

    def _kept_for(self, key: str) -> Idle | None:
        for place in reversed(range(len(self._idle))):
            if self._idle[place].key == key:
                return self._idle.pop(place)
        return None

    def _started(self) -> Resident:
        try:
            return self._spawn(False)
        except BaseException:
            self._forget()
            raise

    def _refill(self) -> None:
        """Orders spares up to the number wanted; one that fails to start is tried again by the run that gets it."""
        while len(self._waiting) < self._pool.spares and self._alive < self._pool.most:
            self._alive += 1
            self._waiting.append(self._keeper.submit(self._spawn, True))

    def _dismiss(self, resident: Resident) -> None:
        """Ends a resident in the background, where there still is one: the run that used it need not wait."""
        if self._closed:
            self._end(resident)
        else:
            self._keeper.submit(self._end, resident)

    def _end(self, resident: Resident) -> None:
        try:
            resident.end()
        finally:
            self._forget()

    def _forget(self) -> None:
        with self._changed:
            self._alive -= 1
            self._changed.notify_all()
