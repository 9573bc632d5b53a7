"""Whether points are of the series that a detector was made for: by those that both hold, by names, by values."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.service.known_series import FEWEST_TO_COMPARE, earlier_series
from argosy.signals.errors import BadInput
from argosy.signals.likeness import ValueRange, unlike, value_range
from argosy.signals.series import Series
from argosy.store.errors import StoreUnavailable
from argosy.store.rows import DetectorRow
from argosy.store.store import Store

MOST_OTHER_STEP = 1.5
"""Points so many times as far apart are of another series; less comes of a clock that is read unevenly."""

FEWEST_TO_REFUSE = 200
SHARE_TO_REFUSE = 0.1
"""So many points, and such a share of those known, are not all of one incident: that their values are other ones then
says that they are of another series."""

_CLOSE, _NOISES = 1e-6, 0.05


@dataclass(frozen=True)
class SeriesMatch:
    """How points fit a detector. `certain`: they are those that it knows, as far as both hold them; `named`: the data
    say that they are of its series. `against` is what speaks against it, and `impossible` says that it settles it.
    `called` is that the file has another name, which says nothing of the series."""

    certain: bool = False
    named: bool = False
    against: tuple[str, ...] = ()
    impossible: bool = False
    called: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """All that is to be said of it."""
        return (*self.against, self.called) if self.called else self.against

    @property
    def rank(self) -> tuple[bool, bool]:
        """The better of two matches has the larger."""
        return self.certain, self.named


@dataclass(frozen=True, eq=False)
class MadeFor:
    """The series that a detector was made for, as far as the store still has it. A name is one that the data gave."""

    row: DetectorRow
    series: Series | None
    values: ValueRange | None
    names: frozenset[str]
    times_known: bool


def made_for(store: Store, row: DetectorRow) -> MadeFor:
    """What is known of a detector's series: all its points, else those that its base was fitted on, else nothing."""
    try:
        known = earlier_series(store, store.service.line_of(row.id))
    except (BadInput, StoreUnavailable):  # an older or damaged store: what is left of it must still score
        return _fitted_on(store, row)
    series, labels = known.loaded.series, known.loaded.labels
    return MadeFor(row, series, value_range(series.values, labels), known.names, known.loaded.times_known)


def _fitted_on(store: Store, row: DetectorRow) -> MadeFor:
    try:
        arrays = store.artefacts.get_arrays(str(row.base["train"]))
        values = value_range(arrays["values"], arrays["labels"])
    except (BadInput, StoreUnavailable, KeyError):
        return MadeFor(row, None, None, frozenset(), times_known=False)
    return MadeFor(row, None, values, frozenset(), times_known=False)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Points beside a detector's series. `name` is what they are called, less secrets."""

    known: MadeFor
    loaded: LoadedSeries
    name: str

    def match(self) -> SeriesMatch:
        """How they fit."""
        other_name, named = self._name(), self.loaded.names_itself and bool(self.known.names)
        said = (other_name if named else "", self._step(), self._points(), self._values())
        by_sight = not self._same and (bool(said[0]) or self._many_other)
        return SeriesMatch(
            certain=self._same,
            named=self.loaded.names_itself and self.name in self.known.names,
            against=tuple(each for each in said if each),
            impossible=self._step_is_other or bool(self._points()) or by_sight,
            called="" if named else other_name,
        )

    def _step(self) -> str:
        mine, theirs = self.known.row.step_s, self.loaded.series.step_s
        if mine == theirs:
            return ""
        return f"the detector was made for points {mine:,} s apart, and these are {theirs:,} s apart"

    @property
    def _step_is_other(self) -> bool:
        mine, theirs = self.known.row.step_s, self.loaded.series.step_s
        return len(self.loaded.series) >= FEWEST_TO_COMPARE and max(mine / theirs, theirs / mine) > MOST_OTHER_STEP

    def _name(self) -> str:
        if self.name == self.known.row.series or self.name in self.known.names:
            return ""
        return f"the detector was made for series {self.known.row.series!r}, and this one is called {self.name!r}"

    @cached_property
    def _shared(self) -> tuple[int, int]:
        """How many points both hold, and how many of these are the same."""
        known, given = self.known.series, self.loaded.series
        if known is None or self.known.times_known != self.loaded.times_known:
            return 0, 0
        _, mine, theirs = np.intersect1d(known.seconds, given.seconds, assume_unique=True, return_indices=True)
        one, other = known.values[mine], given.values[theirs]
        there = np.isfinite(one) & np.isfinite(other)
        noise = self.known.values.noise if self.known.values else 0.0
        same = np.isclose(one[there], other[there], rtol=_CLOSE, atol=_NOISES * noise)
        return int(there.sum()), int(same.sum())

    @property
    def _same(self) -> bool:
        shared, same = self._shared
        return shared >= FEWEST_TO_COMPARE and 2 * same > shared

    def _points(self) -> str:
        """Where most points that both hold are other ones. Without times any two series hold the same places."""
        shared, same = self._shared
        if shared < FEWEST_TO_COMPARE or self._same or not self.loaded.times_known:
            return ""
        return f"{shared - same:,} of the {shared:,} points that the detector knows are other ones here"

    @cached_property
    def _given(self) -> ValueRange | None:
        return value_range(self.loaded.series.values)

    def _values(self) -> str:
        return unlike(self.known.values, self._given) if self.known.values and self._given else ""

    @property
    def _many_other(self) -> bool:
        """Whether values are unlike those known, and so many of them that no incident makes them so."""
        known, given = self.known.values, self._given
        if known is None or given is None or not self._values():
            return False
        return given.points >= max(FEWEST_TO_REFUSE, SHARE_TO_REFUSE * known.points)
