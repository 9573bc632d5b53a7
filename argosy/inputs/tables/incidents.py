"""Incidents from a table of their own: CSV, Parquet or JSON with start, end and maybe kind, author and labelled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.column import Column, without_blanks
from argosy.inputs.tables.column_names import ID_NAMES, pick
from argosy.inputs.tables.incident_columns import StartEnd, start_and_end
from argosy.inputs.tables.incident_json import ROLES, is_json, json_columns
from argosy.inputs.tables.open_ends import OPEN_END, closed, cut_at, open_ends
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.tables.sheet import Sheet, open_sheet
from argosy.inputs.tables.times import Moments, read_moments
from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident, labels_at
from argosy.signals.series import Series


@dataclass(frozen=True)
class ListedIncidents:
    """Incidents as a file lists them; those that are open end at `OPEN_END`.

    `naive` where their times have no offset, None where they are an index.
    """

    incidents: tuple[Incident, ...]
    notes: tuple[str, ...] = ()
    naive: bool | None = None


@dataclass(frozen=True)
class PlacedIncidents:
    """Incidents as a series has them, in order, each covering points of its own; and what was done to get there."""

    incidents: tuple[Incident, ...]
    notes: tuple[str, ...]


def list_incidents(
    path: Path, step_s: int | None = None, series: str | None = None, reading: Reading = UNSAID
) -> ListedIncidents:
    """The incidents of a file in its order; with `step_s`, whole numbers are an index.

    Where the file has a column `series` and `series` is given, only the rows of that series. The last incident may be
    open, an earlier one where `reading` says what that means. Raises BadInput.
    """
    columns, names = (
        json_columns(path, series, reading)
        if is_json(path)
        else _sheet_columns(open_sheet(path, reading), series, reading)
    )
    listed = _incidents(columns, step_s, reading)
    return replace(listed, notes=(names.note, *listed.notes)) if names.note and listed.incidents else listed


def read_incidents(
    path: Path, step_s: int | None = None, series: str | None = None, reading: Reading = UNSAID
) -> tuple[Incident, ...]:
    """The incidents of a file as `list_incidents` has them, without its notes. Raises BadInput."""
    return list_incidents(path, step_s, series, reading).incidents


def incidents_in_sheet(sheet: Sheet, series: str | None = None, reading: Reading = UNSAID) -> ListedIncidents:
    """The incidents of a table that is open already. Raises BadInput."""
    return _incidents(_sheet_columns(sheet, series, reading)[0], None, reading)


def _incidents(columns: dict[str, Column], step_s: int | None, reading: Reading) -> ListedIncidents:
    if not columns or not len(columns["start"].cells):
        return ListedIncidents(())
    begins = read_moments(columns["start"], step_s, reading)
    starts = begins.seconds
    ended = _ends(columns["end"], begins, step_s, reading)
    ends, keep = closed(starts, ended.seconds, columns["end"], reading.open_incidents)
    kinds = _texts(columns.get("kind"), "incident", len(starts))
    authors = _texts(columns.get("author"), "unknown", len(starts))
    labelled = _labelled(columns.get("labelled"), len(starts), reading)
    incidents = tuple(
        Incident(int(start), int(end), kind, author, at)
        for start, end, kind, author, at, kept in zip(starts, ends, kinds, authors, labelled, keep, strict=True)
        if kept
    )
    return ListedIncidents(incidents, (*begins.notes, *ended.notes), begins.naive if begins.known else None)


def _ends(column: Column, begins: Moments, step_s: int | None, reading: Reading) -> Moments:
    """When incidents end, `OPEN_END` where there is no end. Raises BadInput."""
    starts = begins.seconds
    missing = open_ends(column) & ((starts > 0) | without_blanks(column).cells.is_null().to_numpy(False))
    ends = np.full(len(starts), OPEN_END, dtype=np.int64)
    if missing.all():
        return replace(begins, seconds=ends, notes=())
    found = read_moments(column.taken(~missing), step_s, reading, latest=True)
    if found.known and begins.known and found.naive != begins.naive:
        said = ("have no offset", "have one") if begins.naive else ("have an offset", "have none")
        problem = f"starts {said[0]}, and ends {said[1]}"
        raise BadInput(column.whole, problem, "write both alike, or say with --zone of which zone those without are")
    ends[~missing] = found.seconds
    backward = np.flatnonzero(ends < starts)
    if len(backward):
        first = int(backward[0])
        problem = f"the incident ends at {column.text(first)}, before it starts"
        raise BadInput(column.place(first), problem, "swap start and end")
    return replace(found, seconds=ends)


def offset_notes(naive: bool | None, series_naive: bool) -> tuple[str, ...]:
    """What to say where times of incidents or of the series, but not of both, may be of any zone."""
    if naive is None or naive == series_naive:
        return ()
    without, others = ("incidents", "the series") if naive else ("the series", "incidents")
    said = f"times of {without} have no offset and are read as UTC, unlike those of {others}"
    return (f"{said}; if they are local times, say --zone (of a schedule --data-zone)",)


def placed(incidents: Sequence[Incident], series: Series, origin: str) -> PlacedIncidents:
    """Fits incidents to the points of a series: those without points are left out, those that meet are one.

    An incident that ends where it starts covers one step, one that is open all points until the last. Raises BadInput
    when incidents are given and none fits.
    """
    is_open = [incident for incident in incidents if incident.end >= OPEN_END]
    incidents = cut_at(incidents, int(series.seconds[-1]) + series.step_s)
    spans = [_span(incident, series) for incident in sorted(incidents, key=lambda it: (it.start, it.end))]
    covering = [span for span in spans if span[0] < span[1]]
    if incidents and not covering:
        mend = "check that both files use the same unit, time zone and index"
        raise BadInput(origin, f"not one of its {len(incidents)} incidents covers a point of {shown(series.id)}", mend)
    merged: list[tuple[int, int, Incident]] = []
    for start, stop, incident in covering:
        if merged and start <= merged[-1][1]:
            merged[-1] = _joined(merged[-1], (start, stop, incident))
        else:
            merged.append((start, stop, incident))
    notes = _notes(incidents, len(spans) - len(covering), len(covering) - len(merged), origin)
    return PlacedIncidents(tuple(incident for _, _, incident in merged), (*notes, *_open_notes(is_open, series)))


def _notes(incidents: Sequence[Incident], outside: int, joined: int, origin: str) -> tuple[str, ...]:
    if not incidents:
        return (f"{origin} holds no incident",)
    counts = (
        (
            sum(incident.start == incident.end for incident in incidents),
            "incidents that end where they start, each taken as one step long",
        ),
        (outside, "incidents without a point of the series, left out"),
        (joined, "incidents that meet or overlap the one before, joined to it"),
    )
    return tuple(f"{what}: {count} of {len(incidents)}" for count, what in counts if count)


def _open_notes(is_open: Sequence[Incident], series: Series) -> tuple[str, ...]:
    """What open incidents label, which is much where one began long ago."""
    if not is_open:
        return ()
    points = int(labels_at(is_open, series.seconds).sum())
    which = "an incident has" if len(is_open) == 1 else f"{len(is_open)} incidents have"
    share = f"{points:,} of {len(series):,} points, {points / len(series):.1%}"
    return (f"{which} no end and {'is' if len(is_open) == 1 else 'are'} taken as open until the last point: {share}",)


Spanned = tuple[int, int, Incident]


def _span(incident: Incident, series: Series) -> Spanned:
    if incident.end == incident.start:
        incident = replace(incident, end=incident.start + series.step_s)
    start, stop = np.searchsorted(series.seconds, [incident.start, incident.end])
    return int(start), int(stop), incident


def _joined(first: Spanned, second: Spanned) -> Spanned:
    one, other = first[2], second[2]
    joined = replace(one, end=max(one.end, other.end))
    return first[0], max(first[1], second[1]), joined


def _sheet_columns(sheet: Sheet, series: str | None, reading: Reading) -> tuple[dict[str, Column], StartEnd]:
    start = reading.start_column and pick(sheet, reading.start_column, (), "--start-column")
    end = reading.end_column and pick(sheet, reading.end_column, (), "--end-column")
    names = start_and_end(sheet.columns, start, end)
    if names is None:
        pick(sheet, start, ("start",), "--start-column", required=True)
        pick(sheet, end, ("end",), "--end-column", required=True)
    assert names is not None
    roles = {"start": names.start, "end": names.end, **{role: pick(sheet, None, (role,), role) for role in ROLES}}
    id_column = pick(sheet, None, ID_NAMES, "series")
    if id_column and not series and len(sheet.ids(id_column)) > 1:
        raise BadInput(
            f"{named(sheet.path)}, column {shown(id_column)}", "it holds several series", "name one with --series"
        )
    only = (id_column, series) if id_column and series else None
    written = [] if reading.time_format is None else [names.start, *([names.end] if names.end else [])]
    columns = sheet.read([name for name in roles.values() if name is not None], only, written)
    return {role: columns[name] for role, name in roles.items() if name is not None}, names


def _texts(column: Column | None, default: str, count: int) -> list[str]:
    if column is None:
        return [default] * count
    return [default if cell is None else str(cell) for cell in column.cells.to_pylist()]


def _labelled(column: Column | None, count: int, reading: Reading) -> list[int | None]:
    """When each was labelled; None where the table does not say."""
    if column is None:
        return [None] * count
    column = without_blanks(column)
    known = column.cells.is_valid().to_numpy(False)
    seconds = iter(read_moments(column.taken(known), None, reading).seconds if known.any() else ())
    return [int(next(seconds)) if each else None for each in known]
