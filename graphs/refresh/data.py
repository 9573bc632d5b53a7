"""The arrays of one refresh: the series with its newer points, and the detectors of the line that score it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

FEWEST_INCIDENTS = 3
"""Nothing is tuned or searched on fewer labelled incidents."""

WANTED_INCIDENTS = 5
FEWEST_WINDOW_POINTS = 1_000
MOST_WINDOW_POINTS = 200_000
FEWEST_DRIFTED_POINTS = 300
TIMES_FRESH = 2


@dataclass(frozen=True, eq=False)
class LoadedDetector:
    """A detector of the line, ready to score.

    It was made on points before index `made_until`; its usual rate of alerts is the one in `reference`. `live_since`:
    the index from which it is in service, None for one that never was. `alert_once`: it alarms at the first point of
    each alert only; `hold_points` is how long its scores are held.
    """

    id: str
    base: Detector
    rules: tuple[TunedRule, ...]
    made_until: int
    reference: slice
    live_since: int | None = None
    alert_once: bool = False
    hold_points: float = 0.0

    def fuse(self, base: Floats, scores: Mapping[str, Floats]) -> Scores:
        """The fused scores, shape (n,), from the base's and the rules' by id; a rule without any is left out."""
        members = [
            Member(each.id, each.direction, scores[each.id], rate_limit=each.rate_limit)
            for each in self.rules
            if each.id in scores
        ]
        return fuse(base, members, self.hold_points, once=self.alert_once)


@dataclass(eq=False)
class RefreshData:
    """The series as far as it is known now; points from index `new_from` on came since the last refresh.

    `labels`, shape (n,), are False where there is no label. Labels before `labelled_until` are known; those from
    `relabelled_from` on changed since the last refresh, and are later than what the champion was made on. `onset`:
    where a drift of values began, if one was found. All are indices.
    """

    series: Series
    labels: Bools
    relabelled_from: int
    labelled_until: int
    new_from: int
    champion: LoadedDetector
    challenger: LoadedDetector | None = None
    predecessor: LoadedDetector | None = None
    onset: int | None = None
    scores: dict[str, Scores] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def since(self) -> int:
        """The index from which on points are new: to refreshes, and to what the champion was made on."""
        return min(len(self.series), max(self.new_from, self.champion.made_until))

    @property
    def labelled(self) -> slice:
        """The points whose labels changed since the last refresh, however old the points are."""
        return slice(min(self.relabelled_from, self.since), self.labelled_until)

    @property
    def labelled_since(self) -> bool:
        """Whether any label is new since the last refresh."""
        return min(self.relabelled_from, self.since) < self.labelled_until

    @property
    def labelled_to_end(self) -> bool:
        """Whether the labels reach to the newest point."""
        return self.labelled_until >= len(self.series)

    @property
    def window(self) -> slice:
        """What a challenger is made on.

        Where values have not drifted, all that is known, as far as `MOST_WINDOW_POINTS` reach: less would unlearn what
        still holds. Else the points since the drift began where these hold enough to learn from, or the newest points,
        further back until they hold incidents.
        """
        points = len(self.series)
        if self.onset is None:
            return slice(max(0, points - MOST_WINDOW_POINTS), points)
        held = len(runs(self.labels[self.onset :]))
        if points - self.onset >= FEWEST_DRIFTED_POINTS and held >= FEWEST_INCIDENTS:
            return slice(self.onset, points)
        fresh = points - self.since
        start = max(0, points - max(TIMES_FRESH * fresh, FEWEST_WINDOW_POINTS))
        spans = runs(self.labels)
        if (spans[:, 0] >= start).sum() < WANTED_INCIDENTS and len(spans):
            earliest = int(spans[-min(WANTED_INCIDENTS, len(spans)), 0])
            start = min(start, max(0, earliest - FEWEST_WINDOW_POINTS // 4))
        return slice(start, points)

    @property
    def window_incidents(self) -> int:
        """Labelled incidents in the window."""
        return len(runs(self.labels[self.window]))

    def days(self, start: int, stop: int) -> float:
        """Data time from one point to the end of another, in days; by the clock of the data, whatever gaps it has."""
        if stop <= start:
            return 0.0
        seconds = self.series.seconds
        return float(seconds[stop - 1] - seconds[start] + self.series.step_s) / 86_400

    def flags(self, served: LoadedDetector) -> Bools:
        """Where a detector flags, shape (n,); it must have been scored."""
        return self.scores[served.id].flags

    def known_until(self) -> int:
        """Second of the last point."""
        return int(self.series.seconds[-1])


def alert_count(flags: Bools) -> int:
    """How many alerts there are: maximal flagged runs. `flags`: shape (n,)."""
    return len(runs(flags))


def incidents_found(labels: Bools, flags: Bools) -> Bools:
    """Which incidents hold a flag, shape (m,)."""
    return np.array([flags[start:stop].any() for start, stop in runs(labels)], dtype=np.bool_)
