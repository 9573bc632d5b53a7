"""Workers on one store, each of whom may be killed at any moment and is replaced at once."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing.process import BaseProcess
from pathlib import Path

from argosy.graphs.recording.events import SpanBegin, SpanEnd
from argosy.scheduling.runs import Runs
from argosy.scheduling.workers import Workers
from argosy.store.store import Store
from tests.argosy.scheduling.killed_worker import FORKS
from tests.processes import alive, descendants, naming

WAIT_S = 900.0
"""Only a hang takes as long: a run that a worker out of reach puts off waits a minute, and then five."""

Work = Callable[[Path, str | None], None]


@dataclass
class Crew:
    """Processes that work on a store; `started` are those that they had started when they were killed."""

    store: Store
    home: Path
    url: str | None
    work: Work
    size: int
    working: list[BaseProcess] = field(default_factory=list)
    started: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.working = [self._start() for _ in range(self.size)]

    def _start(self) -> BaseProcess:
        process = FORKS.Process(target=self.work, args=(self.home, self.url))
        process.start()
        return process

    def kill(self, victim: BaseProcess) -> None:
        """Kills one without a word, and starts another in its place."""
        self.started |= {victim.pid or 0, *descendants(victim.pid or 0)}
        os.kill(victim.pid or 0, signal.SIGKILL)
        victim.join()
        self.working.remove(victim)
        self.working.append(self._start())

    def ready(self) -> list[BaseProcess]:
        """Those that have said in the store that they work."""
        pids = {row.pid for row in Workers(self.store.database, time.time).all()}
        return [each for each in self.working if each.pid in pids]

    def busy(self) -> list[BaseProcess]:
        """Those that have a run in hand."""
        held = {run.worker for run in Runs(self.store.database, self.store.redaction, time.time).open()}
        pids = {row.pid for row in Workers(self.store.database, time.time).all() if row.id in held}
        return [each for each in self.working if each.pid in pids]

    def inside(self) -> list[BaseProcess]:
        """Those that are within a node of a refresh."""
        open_runs = Runs(self.store.database, self.store.redaction, time.time).open()
        held = {run.worker for run in open_runs if run.worker and self._node_of(run.id) is not None}
        pids = {row.pid for row in Workers(self.store.database, time.time).all() if row.id in held}
        return [each for each in self.working if each.pid in pids]

    def _node_of(self, run: str) -> str | None:
        refresh = self.store.refreshes.of_key(run)
        return node_in_progress(self.store, refresh.session) if refresh and refresh.session else None

    def close(self) -> None:
        """Lets all end in order, and waits until nothing that they had started is left."""
        (self.home / "stop").touch()
        self.started |= {pid for each in self.working for pid in (each.pid or 0, *descendants(each.pid or 0))}
        for each in self.working:
            each.terminate()
        for each in self.working:
            each.join(30)
            if each.is_alive():
                each.kill()
                each.join()

    def orphans(self) -> set[int]:
        """What is left of all that was ever started, after a while in which it may end."""
        until = time.monotonic() + 10
        while (left := alive(self.started | naming(str(self.home)))) and time.monotonic() < until:
            time.sleep(0.1)
        return left


Moment = tuple[Callable[[Crew], list[BaseProcess]], float]
"""Who is killed, once there is somebody, and within how many seconds."""


@contextmanager
def crew(store: Store, home: Path, url: str | None, work: Work, size: int) -> Iterator[Crew]:
    """A crew that ends with the block."""
    made = Crew(store, home, url, work, size)
    try:
        yield made
    finally:
        made.close()


def node_in_progress(store: Store, session: str) -> str | None:
    """The node that a session has begun and not ended."""
    events = [each.event for each in store.events.of(session)]
    ended = {each.span for each in events if isinstance(each, SpanEnd)}
    inside = [each.node for each in events if isinstance(each, SpanBegin) and each.span not in ended]
    return inside[-1] if inside else None


def kill_at_random(
    workers: Crew, kills: int, moments: Sequence[Moment], enter_more: Callable[[], object], seed: int
) -> None:
    """Kills somebody at each of these moments in turn, again and again, then waits until no run is left.

    A machine may be done with its runs before as many were killed: then `enter_more` enters one more.
    """
    draw, until = random.Random(seed), time.monotonic() + WAIT_S
    runs = Runs(workers.store.database, workers.store.redaction, time.time)
    for number, (who, within_s) in zip(range(kills), cycle(moments), strict=False):
        while not (victims := _after(draw.uniform(0.0, within_s), who, workers)):
            assert time.monotonic() < until, f"after {number} kills nobody was at work"
            if not runs.open():
                _enter(runs, enter_more, until)
            time.sleep(0.02)
        workers.kill(draw.choice(victims))
    while left := runs.open():
        assert time.monotonic() < until, [(run.id, run.state, run.starts, run.why) for run in left]
        time.sleep(0.2)


def _after(seconds: float, who: Callable[[Crew], list[BaseProcess]], workers: Crew) -> list[BaseProcess]:
    """Those who may be killed so long after there was somebody; nobody if there is none."""
    if not who(workers):
        return []
    time.sleep(seconds)
    return who(workers)


def _enter(runs: Runs, enter_more: Callable[[], object], until: float) -> None:
    """Enters one run more, and waits until it is there."""
    before = len(runs.of())
    enter_more()
    while len(runs.of()) == before:
        assert time.monotonic() < until, "a schedule that is due was not entered as a run"
        time.sleep(0.02)
