"""What is done with the gaps of a series that was read: one home for files, queries and schedules."""

from collections.abc import Iterator
from dataclasses import replace

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.time_text import duration, iso
from argosy.signals.bridged import Bridged, bridged
from argosy.signals.gap_policy import GapPolicy
from argosy.signals.incidents import Incident, labels_at, runs

GAP_KIND, GAP_AUTHOR = "gap", "gap policy"

MOST_SAID = 5


def with_gap_policy(loaded: LoadedSeries, policy: GapPolicy) -> LoadedSeries:
    """The same, with its gaps as the policy says; those that are an anomaly are its `gaps`, and no labels.

    Gaps are looked for between the first point and the last: what the file does not reach is unknown. Raises BadInput
    where the policy cannot be kept.
    """
    found = bridged(loaded.series, policy)
    labels = None
    if loaded.labels is not None:
        labels = labels_at(loaded.incidents, found.series.seconds)
        labels[found.positions] |= loaded.labels
    base = None if loaded.base is None else loaded.base.spread(found.positions, len(found.series))
    gaps = tuple(_gaps(found)) if found.anomalous else ()
    filled = replace(loaded, series=found.series, labels=labels, base=base, gaps=gaps)
    notes = [found.note] if found.note else []
    return replace(filled, notes=(*loaded.notes, *notes, *(_alerts(filled) if found.anomalous else ())))


def across_gaps(loaded: LoadedSeries, policy: GapPolicy) -> LoadedSeries:
    """As `with_gap_policy`, for those who learn of gaps by labels: one that is an anomaly is an incident as well."""
    filled = with_gap_policy(loaded, policy)
    if not filled.gaps:
        return filled
    incidents = tuple(sorted((*filled.incidents, *filled.gaps)))
    missing = labels_at(filled.gaps, filled.series.seconds)
    return replace(filled, incidents=incidents, labels=missing if filled.labels is None else filled.labels | missing)


def _gaps(found: Bridged) -> Iterator[Incident]:
    seconds, step_s = found.series.seconds, found.series.step_s
    for start, stop in runs(found.missing).tolist():
        end = int(seconds[stop]) if stop < len(seconds) else int(seconds[stop - 1]) + step_s
        yield Incident(int(seconds[start]), end, GAP_KIND, GAP_AUTHOR)


def _alerts(filled: LoadedSeries) -> Iterator[str]:
    """Each gap with its times, and between which points they were looked for."""
    for gap in filled.gaps[:MOST_SAID]:
        times = f"{_moment(gap.start, filled)} to {_moment(gap.end, filled)}"
        yield f"alert: no value for {duration(gap.end - gap.start)}, {times}"
    if len(filled.gaps) > MOST_SAID:
        yield f"alert: no value at {len(filled.gaps) - MOST_SAID:,} more times"
    seconds = filled.series.seconds
    first, last = _moment(int(seconds[0]), filled), _moment(int(seconds[-1]), filled)
    yield f"gaps are looked for from {first} to {last}; whether points should have come after that is not judged"


def _moment(second: int, loaded: LoadedSeries) -> str:
    return iso(second) if loaded.times_known else f"index {second // max(1, loaded.series.step_s)}"
