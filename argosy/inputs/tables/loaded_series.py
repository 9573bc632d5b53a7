"""A series as it was read, with what came along: labels, incidents, and the verdicts of the user's own detector."""

from dataclasses import dataclass, replace
from pathlib import Path

from argosy.inputs.quoting import named
from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.column_names import LABEL_NAMES
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident, incidents_in, labels_at
from argosy.signals.series import Series

FEWEST_SESSION_POINTS = 50
"""Fewer cannot be split into three parts that say anything; scoring takes any length from one."""

MOST_SESSION_POINTS = 1_000_000
"""More would make every evaluation of every candidate slow and teach little; the newest are kept."""


def file_stem(path: Path) -> str:
    """The name of a file without what says its format, as the id of its only series."""
    return path.name.partition(".")[0] or "series"


@dataclass(frozen=True, eq=False)
class LoadedSeries:
    """What was read. `labels` and `base` have one entry per point; None when the table has none.

    `incidents` are the runs of `labels`; `gaps` the stretches without values, where those are an anomaly. `notes` are
    sentences on what was left out, joined or assumed. Without `times_known`, seconds count from an arbitrary zero, and
    times of day mean nothing. `naive`: no time has an offset.
    """

    origin: Path
    series: Series
    labels: Bools | None
    incidents: tuple[Incident, ...]
    base: BaseColumn | None
    notes: tuple[str, ...]
    times_known: bool
    naive: bool = False
    gaps: tuple[Incident, ...] = ()

    @property
    def names_itself(self) -> bool:
        """Whether the data say which series this is; else its id is what its file is called, and no more."""
        return self.series.id != file_stem(self.origin)

    def part(self, part: slice) -> "LoadedSeries":
        """A stretch of the points, its incidents those of its labels."""
        series = self.series.part(part.start, part.stop)
        labels = None if self.labels is None else self.labels[part]
        incidents = () if labels is None else incidents_in(labels, series.seconds, series.step_s)
        base = None if self.base is None else self.base.part(part)
        gaps = tuple(each for each in self.gaps if labels_at([each], series.seconds).any())
        return replace(self, series=series, labels=labels, base=base, incidents=incidents, gaps=gaps)

    def newest(self, most: int = MOST_SESSION_POINTS) -> "LoadedSeries":
        """The last `most` points, with a note of what was left out; the same where there are no more."""
        points = len(self.series)
        if points <= most:
            return self
        note = f"a session looks at the last {most:,} points; earlier ones left out: {points - most:,}"
        return replace(self.part(slice(points - most, points)), notes=(*self.notes, note))

    def labels_to_learn_from(self) -> Bools:
        """The labels, when this is enough to run a session on. Raises BadInput when points or labels are missing."""
        points = len(self.series)
        if points < FEWEST_SESSION_POINTS:
            problem = f"{points} {'point' if points == 1 else 'points'} are too few to learn from"
            raise BadInput(named(self.origin), problem, f"give at least {FEWEST_SESSION_POINTS}")
        if self.labels is None:
            mend = f"add a 0/1 column called {LABEL_NAMES[0]!r}, name one with --label, or give --incidents FILE"
            raise BadInput(named(self.origin), "nothing says which points are incidents", mend)
        return self.labels
