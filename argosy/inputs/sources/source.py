"""What a source is, and what is done with whatever it gives: cut to the stretch, its incidents."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from argosy.inputs.sources.errors import NoData
from argosy.inputs.tables.incidents import ListedIncidents, offset_notes, placed
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.time_text import iso
from argosy.signals.incidents import Incident, labels_at
from argosy.signals.series import Series


@dataclass(frozen=True)
class Stretch:
    """Points with since ≤ second ≤ until, Unix seconds, are wanted."""

    since: int
    until: int

    def __str__(self) -> str:
        return f"{iso(self.since)} to {iso(self.until)}"


class Source(Protocol):
    """Anything that has one series, and gives the points of a stretch of time."""

    def load(self, stretch: Stretch) -> LoadedSeries:
        """The points of the stretch, at least one, with times that are known.

        Raises BadInput for what a person must mend, SourceUnavailable for what may pass, NoData where there is none.
        """
        ...


class Incidents(Protocol):
    """Anything that lists incidents."""

    def read(self) -> ListedIncidents:
        """All there are, in any order. Raises BadInput or SourceUnavailable."""
        ...


def cut(loaded: LoadedSeries, stretch: Stretch) -> LoadedSeries:
    """The points within the stretch. Raises NoData."""
    seconds = loaded.series.seconds
    start, stop = np.searchsorted(seconds, [stretch.since, stretch.until + 1])
    if start >= stop:
        ends = f"; its points are from {iso(int(seconds[0]))} to {iso(int(seconds[-1]))}" if len(seconds) else ""
        raise NoData(f"{loaded.origin}: no point from {stretch}{ends}")
    part = loaded.part(slice(int(start), int(stop)))
    if part.labels is None or not loaded.incidents:
        return part
    return replace(part, incidents=tuple(each for each in loaded.incidents if _touches(each, part.series)))


def _touches(incident: Incident, series: Series) -> bool:
    return bool(labels_at([incident], series.seconds).any())


def with_incidents(loaded: LoadedSeries, listed: ListedIncidents, until: int) -> LoadedSeries:
    """Labels from incidents: those that nobody had labelled by `until` are not known yet."""
    series, incidents = loaded.series, listed.incidents
    first, last = int(series.seconds[0]), int(series.seconds[-1])
    known = [each for each in incidents if each.labelled is None or each.labelled <= until]
    here = [each for each in known if each.start <= last and max(each.end, each.start + 1) > first]
    fitted = placed([each for each in here if _covers(each, loaded)], series, "incidents")
    notes = (*offset_notes(listed.naive, loaded.naive), *listed.notes, *fitted.notes) if here else ()
    later = len(incidents) - len(known)
    if later:
        notes += (f"incidents labelled after {iso(until)}, not known then: {later} of {len(incidents)}",)
    labels = labels_at(fitted.incidents, series.seconds)
    return replace(loaded, labels=labels, incidents=fitted.incidents, notes=(*loaded.notes, *notes))


def _covers(incident: Incident, loaded: LoadedSeries) -> bool:
    """An incident between two points is no mistake in a stretch of a longer series."""
    seconds = loaded.series.seconds
    end = incident.end if incident.end > incident.start else incident.start + loaded.series.step_s
    start, stop = np.searchsorted(seconds, [incident.start, end])
    return bool(start < stop)
