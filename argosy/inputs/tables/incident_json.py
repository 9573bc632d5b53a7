"""Incidents in JSON: a list of objects or pairs, as it stands or within the answer of a tool, or one object a line."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.column import Column, flat
from argosy.inputs.tables.file_start import BYTE_ORDER_MARK, first_bytes
from argosy.inputs.tables.incident_columns import StartEnd, start_alone, start_and_end
from argosy.inputs.tables.reading import Reading
from argosy.signals.arrays import Ints
from argosy.signals.errors import BadInput

LARGEST_BYTES = 64 << 20
WRAPPERS = ("incidents", "alerts", "annotations", "data", "items", "results")
"""Under which of these names tools put their list: PagerDuty, Alertmanager's hook, Prometheus, Grafana."""

MEND = 'write a list such as [{"start": "2024-05-01T13:00:00Z", "end": "2024-05-01T14:00:00Z"}]'
ROLES = ("kind", "author", "labelled")

JsonRow = dict[str, object]


def is_json(path: Path) -> bool:
    """Whether a file begins as JSON does. Raises BadInput when it cannot be read."""
    return first_bytes(path).removeprefix(BYTE_ORDER_MARK).lstrip()[:1] in (b"[", b"{")


def json_columns(path: Path, series: str | None, reading: Reading) -> tuple[dict[str, Column], StartEnd]:
    """Columns by their roles, start and end among them; rows are counted from 1. Raises BadInput."""
    rows = [(number, _row(path, number, item)) for number, item in enumerate(_items(path), start=1)]
    names = _names(path, rows, reading)
    rows = _of_series(path, rows, series)
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    cells = {"start": [row.get(names.start) for _, row in rows]}
    cells["end"] = [None if names.end is None else row.get(names.end) for _, row in rows]
    for role in ROLES:
        if any(row.get(role) is not None for _, row in rows):
            cells[role] = [row.get(role) for _, row in rows]
    return {role: _column(path, role, each, numbers) for role, each in cells.items()}, names


def _items(path: Path) -> list[object]:
    if path.stat().st_size > LARGEST_BYTES:
        problem = f"larger than {LARGEST_BYTES >> 20} MiB"
        raise BadInput(named(path), problem, "give the incidents as CSV or Parquet")
    data = path.read_bytes()
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        lines = _lines(data)
        if lines is None:
            raise BadInput(named(path), f"not JSON ({shown(error)})", MEND) from error
        return lines
    for _ in WRAPPERS:
        inner = next((found[name] for name in WRAPPERS if name in found), None) if isinstance(found, dict) else None
        if not isinstance(inner, list | dict):
            break
        found = inner
    if not isinstance(found, list):
        raise BadInput(named(path), "not a list of incidents", MEND)
    return found


def _lines(data: bytes) -> list[object] | None:
    """One object from each line; None where there is none, or something else."""
    lines = [line for line in data.removeprefix(BYTE_ORDER_MARK).splitlines() if line.strip()]
    try:
        items = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return None
    return items if len(items) > 1 and all(isinstance(item, dict) for item in items) else None


def _row(path: Path, number: int, item: object) -> JsonRow:
    match item:
        case dict():
            return {str(name): cell for name, cell in item.items()}
        case [start, end]:
            return {"start": start, "end": end}
    raise BadInput(f"{named(path)}, row {number}", "no start and end", MEND)


def _names(path: Path, rows: Sequence[tuple[int, JsonRow]], reading: Reading) -> StartEnd:
    """The names of start and end, which may be absent. Raises BadInput where a row has no start."""
    known = list(dict.fromkeys(name for _, row in rows for name in row))
    start, end = reading.start_column, reading.end_column
    names = start_and_end(known, start, end) or start_alone(known, start) or StartEnd("start", None)
    for number, row in rows:
        if names.start not in row:
            there = ", ".join(map(shown, list(row)[:8])) or "nothing"
            problem = f"no start and end: no {shown(names.start)} among {there}"
            raise BadInput(f"{named(path)}, row {number}", problem, "name them with --start-column and --end-column")
    for option, name in (("--start-column", start), ("--end-column", end)):
        if rows and name is not None and name not in known:
            raise BadInput(named(path), f"no incident has {shown(name)}", f"name the right one with {option}")
    return names


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


def _column(path: Path, role: str, cells: list[object], rows: Ints) -> Column:
    numeric = all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)
    try:
        array = pa.array(cells) if numeric else pa.array([None if cell is None else str(cell) for cell in cells])
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        raise BadInput(f"{named(path)}, {role}", "a cell is out of range", "use Unix seconds or ISO 8601") from error
    return Column(named(path), role, flat(pa.chunked_array([array])), rows)
