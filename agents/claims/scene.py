"""An alert with what surrounds it, and the figures that can be said of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import numpy as np

from argosy.signals.arrays import Floats
from argosy.signals.series import Series

BEFORE_POINTS = 60
AFTER_POINTS = 10
_GAUSSIAN = 1.4826


def format_figure(value: float) -> str:
    """A figure as a prompt shows it: six significant digits."""
    return f"{value:.6g}"


@dataclass(frozen=True, eq=False)
class Scene:
    """The points start ≤ i < stop of a series, which a detector flagged.

    `score` is the highest there. `settings` are named numbers of the detector that fired, such as a rule's parameters
    and the values of its clauses. `clauses` are pieces of code that may be quoted. Without `times_known`, moments are
    indices. `unit` is what the values are measured in, where that is known.
    """

    series: Series
    start: int
    stop: int
    score: float
    detectors: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)
    times_known: bool = True
    unit: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop <= len(self.series):
            raise ValueError(f"no alert from {self.start} to {self.stop} in {len(self.series)} points")

    @property
    def points(self) -> int:
        return self.stop - self.start

    @property
    def first(self) -> int:
        """Where the neighbourhood begins."""
        return max(0, self.start - BEFORE_POINTS)

    @property
    def end(self) -> int:
        """Where the neighbourhood ends; not part of it."""
        return min(len(self.series), self.stop + AFTER_POINTS)

    @property
    def within(self) -> Floats:
        return self.series.values[self.start : self.stop]

    @cached_property
    def known_before(self) -> Floats:
        """The values that are not missing among the points before the alert."""
        before = self.series.values[self.first : self.start]
        return before[np.isfinite(before)]

    @cached_property
    def known_after(self) -> Floats:
        """The values that are not missing among the points after the alert, as far as its neighbourhood goes."""
        after = self.series.values[self.stop : self.end]
        return after[np.isfinite(after)]

    def at(self, index: int) -> float:
        return float(self.series.values[index])

    def previous(self, index: int) -> float:
        """The last known value before a point; NaN where there is none."""
        before = self.series.values[max(0, index - BEFORE_POINTS) : index]
        known = before[np.isfinite(before)]
        return float(known[-1]) if len(known) else math.nan

    @cached_property
    def usual(self) -> float:
        """The median before the alert; NaN where nothing is known."""
        return float(np.median(self.known_before)) if len(self.known_before) else math.nan

    @cached_property
    def spread(self) -> float:
        """The robust standard deviation before the alert."""
        if not len(self.known_before):
            return math.nan
        return _GAUSSIAN * float(np.median(np.abs(self.known_before - self.usual)))

    @cached_property
    def extreme(self) -> int:
        """The index of the value in the alert that lies farthest from the usual one; its first if all are missing."""
        within = self.within
        if not np.isfinite(within).any():
            return self.start
        middle = self.usual if self.usual == self.usual else float(np.nanmedian(within))
        return self.start + int(np.nanargmax(np.abs(within - middle)))

    @cached_property
    def figures(self) -> Mapping[str, float]:
        """What can be said in numbers, by name; what is not known is left out."""
        inside, before = self.within[np.isfinite(self.within)], self.known_before
        found = {"value_at_start": self.at(self.start), "value_at_end": self.at(self.stop - 1)}
        if len(inside):
            found |= {"lowest": float(inside.min()), "highest": float(inside.max()), "mean": float(inside.mean())}
            found |= {"farthest_from_usual": self.at(self.extreme)}
        if len(before):
            found |= {"usual_before": self.usual, "mean_before": float(before.mean())}
            found |= {"lowest_before": float(before.min()), "highest_before": float(before.max())}
            found |= {"previous_value": self.previous(self.start), "spread_before": self.spread}
        found |= self._changes(found)
        return {name: value for name, value in found.items() if math.isfinite(value)} | {
            "score": self.score,
            "threshold": 1.0,
            "points_in_alert": float(self.points),
            "points_before": float(self.start - self.first),
            "seconds_between_points": float(self.series.step_s),
        }

    def _changes(self, found: Mapping[str, float]) -> dict[str, float]:
        if "farthest_from_usual" not in found or "usual_before" not in found:
            return {}
        usual, change = self.usual, found["farthest_from_usual"] - self.usual
        changes = {"change": change, "step_at_start": found["value_at_start"] - found["previous_value"]}
        if usual:
            changes |= {"change_percent": 100 * change / abs(usual)}
        if usual > 0:
            changes |= {"times_usual": found["farthest_from_usual"] / usual}
        if self.spread > 0:
            changes |= {"spreads_from_usual": abs(change) / self.spread}
        return changes

    def moment(self, index: int) -> str:
        """A point's time, to the minute where all times are whole minutes; 'index N' where times are not known."""
        if not self.times_known:
            return f"index {index}"
        at = self.time(index)
        return f"{at:%Y-%m-%d %H:%M}" if self.whole_minutes else f"{at:%Y-%m-%d %H:%M:%S}"

    def time(self, index: int) -> datetime:
        """UTC."""
        return datetime.fromtimestamp(int(self.series.seconds[index]), UTC)

    @cached_property
    def whole_minutes(self) -> bool:
        return bool((self.series.seconds[self.first : self.end] % 60 == 0).all())
