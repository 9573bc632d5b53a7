"""A limit for rules in service: a rule that suddenly acts far more often than ever before is ignored.

A series drifts, a rule written in yesterday's units fires on every point, and the fusion that gained three incidents
raises a thousand alarms. What a rule did on the data it was accepted on says how often it may act.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from argosy.signals.arrays import Bools, Ints  # what the store keeps of a limit needs no numpy

SHARE_OF_KNOWN = 20
"""The window is this fraction of the points that the rule was accepted on."""

FEWEST_POINTS = 50
SURGE = 2.0
SPARE = 5
"""A rule may act on `SURGE` times the most points it acted on in any window, and on `SPARE` more."""


@dataclass(frozen=True)
class RateLimit:
    """At most `most` of the last `window` points, the one judged included, may be changed by a rule."""

    window: int
    most: int

    @classmethod
    def of(cls, changed: "Bools") -> Self:
        """The limit for a rule that changed the verdict on these points, shape (n,), when it was accepted.

        >>> RateLimit.of(np.array([False] * 990 + [True] * 10))
        RateLimit(window=50, most=25)
        """
        window = max(FEWEST_POINTS, len(changed) // SHARE_OF_KNOWN)
        busiest = int(_recent(changed, window).max(initial=0))
        return cls(window, int(SURGE * busiest) + SPARE)

    def within(self, changed: "Bools") -> "Bools":
        """Of the points that a rule would change, shape (n,), those on which it may. Causal.

        >>> RateLimit(4, 2).within(np.array([True, True, True, True, False, False, True])).tolist()
        [True, True, False, False, False, False, True]
        """
        allowed: Bools = changed & (_recent(changed, self.window) <= self.most)
        return allowed


def _recent(changed: "Bools", window: int) -> "Ints":
    """For each point how many of the last `window` are set, itself included."""
    until: Ints = changed.cumsum(dtype="int64")
    total = until.copy()
    total[window:] -= until[: max(0, len(changed) - window)]
    return total
