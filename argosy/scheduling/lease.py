"""How fast a worker goes, and after how long a silence it counts as dead."""

from dataclasses import dataclass

from argosy.scheduling.defaults import LEASE_S
from argosy.scheduling.runs import MOST_STARTS
from argosy.signals.errors import BadInput


@dataclass(frozen=True)
class WorkerPace:
    """`jobs` runs at once, a look at all each `tick_s`; a worker that does not beat for `lease_s` is dead to others."""

    jobs: int = 1
    lease_s: float = LEASE_S
    tick_s: float = 1.0
    most_starts: int = MOST_STARTS


@dataclass
class Interval:
    """Something that is done now and then, because it grows with the number of schedules."""

    every_s: float
    _next: float = float("-inf")

    def is_time(self, now: float) -> bool:
        """Whether it should be done at this second of a steady clock; asked again, only after a while."""
        if now < self._next:
            return False
        self._next = now + self.every_s
        return True


def check_pace(pace: WorkerPace) -> WorkerPace:
    """The pace itself. Raises BadInput for a lease that is too short for its ticks."""
    if pace.lease_s < 2 * pace.tick_s:
        raise BadInput(f"--lease {pace.lease_s:g}", "is too short", f"give at least {2 * pace.tick_s:g} seconds")
    return pace
