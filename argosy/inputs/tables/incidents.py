"""Incidents from a table of their own: CSV, Parquet or JSON with start, end and maybe kind, author and labelled."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.column import Column, flat, without_blanks
from argosy.inputs.tables.column_names import ID_NAMES, pick
from argosy.inputs.tables.file_start import first_bytes
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.tables.sheet import Sheet, open_sheet
from argosy.inputs.tables.times import read_moments
from argosy.signals.arrays import Ints
from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident
from argosy.signals.series import Series

LARGEST_JSON_BYTES = 64 << 20

JsonRow = dict[str, object]
_JSON_ROLES = ("start", "end", "kind", "author", "labelled")


@dataclass(frozen=True)
class PlacedIncidents:
    """Incidents as a series has them, in order, each covering points of its own; and what was done to get there."""

    incidents: tuple[Incident, ...]
    notes: tuple[str, ...]


def read_incidents(
    path: Path, step_s: int | None = None, series: str | None = None, reading: Reading = UNSAID
) -> tuple[Incident, ...]:
    """The incidents of a file in its order; with `step_s`, whole numbers are an index.

    Where the file has a column `series` and `series` is given, only the rows of that series. Raises BadInput.
    """
    columns = _json_columns(path, series) if _is_json(path) else _sheet_columns(open_sheet(path, reading), series)
    return _incidents(columns, step_s, reading)


def incidents_in_sheet(sheet: Sheet, series: str | None = None, reading: Reading = UNSAID) -> tuple[Incident, ...]:
    """The incidents of a table that is open already. Raises BadInput."""
    return _incidents(_sheet_columns(sheet, series), None, reading)


def _incidents(columns: dict[str, Column], step_s: int | None, reading: Reading) -> tuple[Incident, ...]:
    if not columns or not len(columns["start"].cells):
        return ()
    starts = read_moments(columns["start"], step_s, reading)
    ends = read_moments(columns["end"], step_s, reading)
    backward = np.flatnonzero(ends < starts)
    if len(backward):
        first = int(backward[0])
        column = columns["end"]
        problem = f"the incident ends at {column.text(first)}, before it starts"
        raise BadInput(column.place(first), problem, "swap start and end")
    kinds = _texts(columns.get("kind"), "incident", len(starts))
    authors = _texts(columns.get("author"), "unknown", len(starts))
    labelled = _labelled(columns.get("labelled"), len(starts), reading)
    return tuple(
        Incident(int(start), int(end), kind, author, at)
        for start, end, kind, author, at in zip(starts, ends, kinds, authors, labelled, strict=True)
    )


def placed(incidents: Sequence[Incident], series: Series, origin: str) -> PlacedIncidents:
    """Fits incidents to the points of a series: those without points are left out, those that meet are one.

    An incident that ends where it starts covers one step. Raises BadInput when incidents are given and none fits.
    """
    instants = sum(incident.start == incident.end for incident in incidents)
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
    counts = (
        (instants, "incidents that end where they start, each taken as one step long"),
        (len(spans) - len(covering), "incidents without a point of the series, left out"),
        (len(covering) - len(merged), "incidents that meet or overlap the one before, joined to it"),
    )
    notes = tuple(f"{what}: {count} of {len(incidents)}" for count, what in counts if count)
    if not incidents:
        notes = (f"{origin} holds no incident",)
    return PlacedIncidents(tuple(incident for _, _, incident in merged), notes)


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


def _sheet_columns(sheet: Sheet, series: str | None) -> dict[str, Column]:
    names = {
        "start": pick(sheet, None, ("start",), "start", required=True),
        "end": pick(sheet, None, ("end",), "end", required=True),
        "kind": pick(sheet, None, ("kind",), "kind"),
        "author": pick(sheet, None, ("author",), "author"),
        "labelled": pick(sheet, None, ("labelled",), "labelled"),
    }
    id_column = pick(sheet, None, ID_NAMES, "series")
    if id_column and not series and len(sheet.ids(id_column)) > 1:
        raise BadInput(
            f"{named(sheet.path)}, column {shown(id_column)}", "it holds several series", "name one with --series"
        )
    only = (id_column, series) if id_column and series else None
    columns = sheet.read([name for name in names.values() if name is not None], only)
    return {role: columns[name] for role, name in names.items() if name is not None}


def _is_json(path: Path) -> bool:
    return first_bytes(path).lstrip()[:1] in (b"[", b"{")


def _json_columns(path: Path, series: str | None) -> dict[str, Column]:
    """The columns of a JSON list of {"start": …, "end": …} or [start, end]; its rows are counted from 1."""
    mend = 'write a list such as [{"start": "2024-05-01T13:00:00Z", "end": "2024-05-01T14:00:00Z"}]'
    if path.stat().st_size > LARGEST_JSON_BYTES:
        raise BadInput(
            named(path), f"larger than {LARGEST_JSON_BYTES >> 20} MiB", "give the incidents as CSV or Parquet"
        )
    try:
        items = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput(named(path), f"not JSON ({shown(error)})", mend) from error
    if not isinstance(items, list):
        raise BadInput(named(path), "not a list of incidents", mend)
    rows: list[tuple[int, JsonRow]] = []
    for number, item in enumerate(items, start=1):
        row = _json_row(item)
        if row is None:
            raise BadInput(f"{named(path)}, row {number}", "no start and end", mend)
        rows.append((number, row))
    rows = _of_series(path, rows, series)
    roles = [
        role for role in _JSON_ROLES if role in ("start", "end") or any(row.get(role) is not None for _, row in rows)
    ]
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    return {role: _json_column(path, role, [row.get(role) for _, row in rows], numbers) for role in roles}


def _json_row(item: object) -> JsonRow | None:
    match item:
        case {"start": start, "end": end, **others}:
            return {"start": start, "end": end, **{str(role): cell for role, cell in others.items()}}
        case [start, end]:
            return {"start": start, "end": end}
    return None


def _of_series(path: Path, rows: list[tuple[int, JsonRow]], series: str | None) -> list[tuple[int, JsonRow]]:
    """The rows of a series, where rows say of which they are. Raises BadInput where that is not clear."""
    ids = {str(row["series"]) for _, row in rows if row.get("series") is not None}
    if not ids:
        return rows
    if series:
        return [(number, row) for number, row in rows if str(row.get("series")) == series]
    if len(ids) > 1:
        raise BadInput(f"{named(path)}, 'series'", "it holds several series", "name one with --series")
    return rows


def _json_column(path: Path, role: str, cells: list[object], rows: Ints) -> Column:
    numeric = all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)
    try:
        array = pa.array(cells) if numeric else pa.array([None if cell is None else str(cell) for cell in cells])
    except (pa.ArrowException, OverflowError) as error:
        raise BadInput(f"{named(path)}, {role}", "a number is out of range", "use Unix seconds or ISO 8601") from error
    return Column(named(path), role, flat(pa.chunked_array([array])), rows)


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
    seconds = iter(read_moments(column.taken(known), None, reading) if known.any() else ())
    return [int(next(seconds)) if each else None for each in known]
