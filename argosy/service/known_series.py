"""What is known of a detector's series: the points of its first session, and what each refresh added, in order."""

from dataclasses import dataclass, replace

import numpy as np

from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.time_text import duration, iso
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput
from argosy.signals.gaps import gaps
from argosy.signals.incidents import incidents_in, runs
from argosy.signals.series import Series
from argosy.store.input_snapshot import read_copy
from argosy.store.rows import DetectorRow
from argosy.store.store import Store
from argosy.terminal import several

MOST_OTHERWISE = 0.5
"""Where more than this share of the points that both hold differ, a file is of another series, or its clock was set."""

AHEAD_S = 3_600
"""Points later than the clock by more than this would hide all that comes after them, and are left out."""

FEWEST_TO_COMPARE = 10

FEWEST_LOST = 2
"""Where so many earlier incidents, and all of them, are no longer labelled, the labels were lost and not mended."""

_CLOSE = 1e-9

NO_LABELS = "earlier points had labels, and these data have none: nobody has said what of them is an incident"


@dataclass(frozen=True, eq=False)
class EarlierSeries:
    """All that was known of a series before. `labelled`, shape (n,): True where a label was supplied.

    `names` are the ids under which its points came, those left out that only a file's name gave.
    """

    loaded: LoadedSeries
    labelled: Bools
    names: frozenset[str] = frozenset()

    @property
    def until(self) -> int:
        """Second of the last point."""
        return int(self.loaded.series.seconds[-1])


@dataclass(frozen=True, eq=False)
class KnownSeries:
    """The series as it is known now, and what of it is `added`, None where there is nothing new.

    `seen_until`: second of the last point known before. `relabelled`: the seconds of points whose label is new, in
    order; `labelled_until`: the last second with a label, None where none was ever supplied.
    """

    loaded: LoadedSeries
    added: LoadedSeries | None
    seen_until: int
    relabelled: Ints
    labelled_until: int | None
    notes: tuple[str, ...]


def earlier_series(store: Store, line: str) -> EarlierSeries:
    """All that was known of a line's series before, with the incidents as last labelled. Raises BadInput."""
    first = store.detectors.find(line)
    data = store.sessions.find(first.session).settings.get("data")
    if not isinstance(data, str):
        mend = "argosy run makes a detector that can be refreshed"
        raise BadInput(f"detector {line}", "was kept without the points that it was made on", mend)
    known = read_copy(store, data)
    earlier = EarlierSeries(known, np.full(len(known.series), known.labels is not None), _names(known))
    for row in store.refreshes.of_line(line):
        if row.data:
            earlier = _with_newer(earlier, read_copy(store, row.data))
    return earlier


def _with_newer(earlier: EarlierSeries, loaded: LoadedSeries) -> EarlierSeries:
    whole = _after(earlier.loaded, loaded)
    labelled = np.zeros(len(whole.series), dtype=np.bool_)
    labelled[: len(earlier.labelled)] = earlier.labelled
    if loaded.labels is not None:
        at = np.searchsorted(whole.series.seconds, loaded.series.seconds)
        labelled[at[whole.series.seconds[at] == loaded.series.seconds]] = True  # some may lie in gaps of what was seen
    return EarlierSeries(whole, labelled, earlier.names | _names(loaded))


def _names(loaded: LoadedSeries) -> frozenset[str]:
    return frozenset({loaded.series.id} if loaded.names_itself else ())


def joined(earlier: EarlierSeries, loaded: LoadedSeries, row: DetectorRow, now: float) -> KnownSeries:
    """What was known, and what a file adds to it. What was seen stays as it was seen, save for its incidents.

    Raises BadInput for another step, for times where there were none or none where there were, for a file without the
    base's column, and for one that tells otherwise about what was seen.
    """
    known = earlier.loaded
    _check(known, loaded, row)
    loaded, notes = _not_ahead(loaded, now)
    loaded, lost = _with_lost_labels(earlier, loaded)
    notes = (*notes, *_compared(known, loaded), *_gap(known, loaded), *lost)
    if loaded.labels is None and earlier.labelled.any():
        notes = (*notes, NO_LABELS)
    anew = relabelled(earlier, loaded)
    if not len(loaded.series):
        return KnownSeries(known, None, earlier.until, anew, _labelled_until(earlier), notes)
    after = _with_newer(earlier, loaded)
    whole = after.loaded.newest()
    return KnownSeries(whole, _added(earlier, loaded, anew), earlier.until, anew, _labelled_until(after), notes)


def relabelled(earlier: EarlierSeries, loaded: LoadedSeries) -> Ints:
    """The seconds of points whose label is new, in order: of which nobody had said anything, or something else.

    Where all earlier incidents are gone at once, their labels were lost and nobody has said that they were none.
    """
    loaded, _ = _with_lost_labels(earlier, loaded)
    if loaded.labels is None:
        return np.zeros(0, dtype=np.int64)
    known, seconds = earlier.loaded, loaded.series.seconds
    mine, theirs = _shared(known.series.seconds, seconds)
    news = seconds > earlier.until
    before = known.labels if known.labels is not None else np.zeros(len(known.series), dtype=np.bool_)
    news[theirs] = ~earlier.labelled[mine] | (before[mine] != loaded.labels[theirs])
    return seconds[news]


def _with_lost_labels(earlier: EarlierSeries, loaded: LoadedSeries) -> tuple[LoadedSeries, tuple[str, ...]]:
    """The data with the earlier incidents where all of several are gone; and what is to be said of those that are."""
    known = earlier.loaded
    if loaded.labels is None or known.labels is None:
        return loaded, ()
    mine, theirs = _shared(known.series.seconds, loaded.series.seconds)
    before, after = known.labels[mine], loaded.labels[theirs]
    found = runs(before)
    gone = sum(not after[start:stop].any() for start, stop in found)
    if not gone:
        return loaded, ()
    if gone < len(found) or gone < FEWEST_LOST:
        return loaded, (f"{gone} of {len(found)} earlier incidents are labelled normal now",)
    labels = loaded.labels.copy()
    labels[theirs] |= before
    return replace(loaded, labels=labels), (f"all {gone} earlier incidents are gone from these labels: they are kept",)


def _labelled_until(earlier: EarlierSeries) -> int | None:
    labelled = np.flatnonzero(earlier.labelled)
    return int(earlier.loaded.series.seconds[labelled[-1]]) if len(labelled) else None


def _check(known: LoadedSeries, loaded: LoadedSeries, row: DetectorRow) -> None:
    place, step_s = str(loaded.origin), known.series.step_s
    if len(loaded.series) >= FEWEST_TO_COMPARE and loaded.series.step_s != step_s:
        problem = f"its points are {loaded.series.step_s:,} s apart, and those of {row.id} {step_s:,} s"
        raise BadInput(place, problem, "give newer points of the same series")
    if known.times_known != loaded.times_known:
        words = ("has no times", "had times") if known.times_known else ("has times", "had none")
        raise BadInput(place, f"{words[0]}, and what {row.id} was made on {words[1]}", "give both the same way")
    if (column := row.base.get("column")) and loaded.base is None:
        mend = f"give a file that has the column {column!r} of the base"
        raise BadInput(place, "holds nothing of the detector that these rules correct", mend)


def _not_ahead(loaded: LoadedSeries, now: float) -> tuple[LoadedSeries, tuple[str, ...]]:
    """Without points from the future, of which a clock that was set wrong leaves some."""
    if not loaded.times_known:
        return loaded, ()
    ahead = int((loaded.series.seconds > now + AHEAD_S).sum())
    if not ahead:
        return loaded, ()
    note = f"later than now, and left out: {several(ahead, 'point')}; was a clock set?"
    return loaded.part(slice(0, len(loaded.series) - ahead)), (note,)


def _compared(known: LoadedSeries, loaded: LoadedSeries) -> tuple[str, ...]:
    """Raises BadInput where a file tells otherwise about most of what was seen before."""
    before, after = _shared(known.series.seconds, loaded.series.seconds)
    if not len(before):
        return ()
    one, other = known.series.values[before], loaded.series.values[after]
    with np.errstate(invalid="ignore"):
        same = (np.abs(one - other) <= _CLOSE * np.maximum(np.abs(one), np.abs(other))) | np.isnan(one)
    different = int((~same).sum())
    problem = f"{different:,} of {several(len(before), 'point')} that were seen before have another value now"
    if len(before) >= FEWEST_TO_COMPARE and different > MOST_OTHERWISE * len(before):
        mend = "give the same series; if its clock was set, give only points from after that"
        raise BadInput(str(loaded.origin), problem, mend)
    if different:
        return (f"{problem}; as seen they stay",)
    return ()


def _gap(known: LoadedSeries, loaded: LoadedSeries) -> tuple[str, ...]:
    """What is to be said of a file that ends too early, or of points that are missing before or among the new ones."""
    last, seconds = int(known.series.seconds[-1]), loaded.series.seconds
    new = seconds[seconds > last]
    if not len(new):
        ends = _moment(int(seconds[-1]), loaded) if len(seconds) else "before it begins"
        return (f"the data end at {ends}, and {_moment(last, loaded)} was seen already",)
    notes = []
    away = int(new[0]) - last
    if away > 2 * known.series.step_s:
        notes.append(f"{duration(away)} lie between the last point seen and the first new one")
    found = gaps(loaded.part(slice(len(seconds) - len(new), len(seconds))).series)
    if found.count:
        notes.append(
            f"{found.count} {'gap' if found.count == 1 else 'gaps'} in the new points, {found.share:.2%} missing"
        )
    return tuple(notes)


def _moment(second: int, loaded: LoadedSeries) -> str:
    return iso(second) if loaded.times_known else f"index {second // max(1, loaded.series.step_s)}"


def _shared(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The indices of the seconds that both hold."""
    _, before, after = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return before.astype(np.int64), after.astype(np.int64)


def _after(known: LoadedSeries, loaded: LoadedSeries) -> LoadedSeries:
    """Both as one: the points of the first, then those of the second that come after; incidents as the second says."""
    series, fresh = known.series, loaded.series.seconds > known.series.seconds[-1]
    seconds = np.concatenate((series.seconds, loaded.series.seconds[fresh]))
    values = np.concatenate((series.values, loaded.series.values[fresh]))
    labels = _labels(known, loaded, fresh)
    whole = Series(series.id, seconds, values, series.step_s)
    incidents = incidents_in(labels, seconds, series.step_s)
    base = _verdicts(known.base, loaded.base, fresh)
    return replace(known, origin=loaded.origin, series=whole, labels=labels, incidents=incidents, base=base, notes=())


def _labels(known: LoadedSeries, loaded: LoadedSeries, fresh: Bools) -> Bools:
    before = known.labels.copy() if known.labels is not None else np.zeros(len(known.series), dtype=np.bool_)
    if loaded.labels is None:
        return np.concatenate((before, np.zeros(int(fresh.sum()), dtype=np.bool_)))
    mine, theirs = _shared(known.series.seconds, loaded.series.seconds)
    before[mine] = loaded.labels[theirs]
    return np.concatenate((before, loaded.labels[fresh]))


def _verdicts(known: BaseColumn | None, loaded: BaseColumn | None, fresh: Bools) -> BaseColumn | None:
    """The base's verdicts on what was known and on the new points. Raises BadInput where the kinds differ."""
    if known is None:
        return None
    if loaded is None:
        raise BadInput(f"column {known.column!r}", "is not in the newer data", "give the same detector's column")
    return known.followed_by(BaseColumn(loaded.column, loaded.verdicts[fresh]))


def _added(earlier: EarlierSeries, loaded: LoadedSeries, anew: Ints) -> LoadedSeries | None:
    """From the first point on that is new, or whose label is; None where nothing is."""
    seconds = loaded.series.seconds
    where = np.flatnonzero((seconds > earlier.until) | np.isin(seconds, anew))
    return loaded.part(slice(int(where[0]), len(seconds))) if len(where) else None


def index_after(series: Series, second: int) -> int:
    """The index of the first point later than a second."""
    return int(np.searchsorted(series.seconds, second, side="right"))
