"""Columns that nobody named and that tell several series apart, such as the host of each row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.column import Column, is_text
from argosy.inputs.tables.sheet import Sheet
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput

USUAL = (
    ("host", "hostname", "server", "instance", "node", "machine", "device", "sensor", "station", "meter"),
    ("pod", "container", "service", "job", "app", "cluster", "region", "zone", "source"),
    ("metric", "__name__", "kpi", "name", "id", "item", "key", "tag", "field", "unit"),
)
"""Names of columns that tell series apart: by machine, by what runs there, by what is measured."""

_USUAL = frozenset(name for names in USUAL for name in names)
FEWEST_ROWS = 4
MOST_COLUMNS = 20
MOST_IDS = 10_000
REGULAR = 0.8
"""The share of distances that are the usual one, in a series with a step."""


@dataclass(frozen=True, eq=False)
class _Split:
    """Rows by what a column says: `ids`, a number per row, shape (n,); `names` of the first few."""

    column: str
    ids: Ints
    names: tuple[str, ...]
    count: int


def refuse_alternating(sheet: Sheet, seconds: Ints, rows: Ints, taken: Sequence[str]) -> None:
    """Raises BadInput where a column tells apart series whose rows stand between each other's.

    `seconds` of the rows, shape (n,), in order; `taken` are the columns that have a part already. Columns with no usual
    name for it are looked at only where the points have no step.
    """
    together = _regular(seconds, np.zeros(len(seconds), dtype=np.int64))
    for split in _splits(sheet, rows, taken, usual=together >= REGULAR):
        if _alternate(split.ids) and _regular(seconds, split.ids) >= REGULAR:
            raise _several(sheet, split)


def refuse_mixed(sheet: Sheet, seconds: Ints, rows: Ints, taken: Sequence[str]) -> None:
    """Raises BadInput where times repeat or go back, but not within the series that a column tells apart."""
    for split in _splits(sheet, rows, taken, usual=False):
        order = np.argsort(split.ids, kind="stable")
        distances, same = np.diff(seconds[order]), np.diff(split.ids[order]) == 0
        if same.any() and (distances[same] > 0).all():
            raise _several(sheet, split)


def _several(sheet: Sheet, split: _Split) -> BadInput:
    listed = ", ".join(map(shown, split.names)) + (", …" if split.count > len(split.names) else "")
    problem = f"it tells {split.count} series apart that are mixed in the file: {listed}"
    mend = f"give --id-column {split.column}, and name one with --series {split.names[0]}"
    return BadInput(f"{named(sheet.path)}, column {shown(split.column)}", problem, mend)


def _splits(sheet: Sheet, rows: Ints, taken: Sequence[str], usual: bool) -> list[_Split]:
    others = [name for name in sheet.columns if name not in taken and sheet.columns.count(name) == 1]
    names = sorted(others, key=lambda name: not _is_usual(name))
    asked = [name for name in names[:MOST_COLUMNS] if _is_usual(name) or not usual]
    columns = sheet.read(asked) if asked and len(rows) >= FEWEST_ROWS else {}
    splits = [_split(column, rows) for column in columns.values()]
    return [split for split in splits if split is not None]


def _is_usual(name: str) -> bool:
    return name.lower() in _USUAL or name.lower().endswith(("_id", " id", "_name"))


def _split(column: Column, rows: Ints) -> _Split | None:
    """The column as ids, None where it holds one id, too many, empty cells, or something else than names."""
    kind = column.cells.type
    if not (is_text(kind) or pa.types.is_integer(kind)) or column.cells.null_count:
        return None
    keep = np.isin(column.rows, rows)
    coded = pc.dictionary_encode(column.taken(keep).cells)
    count = len(coded.dictionary)
    if int(keep.sum()) != len(rows) or not 2 <= count <= min(MOST_IDS, len(rows) // 2):
        return None
    names = tuple(str(each.as_py()) for each in coded.dictionary[:3])
    return _Split(column.name, coded.indices.to_numpy(False).astype(np.int64), names, count)


def _regular(seconds: Ints, ids: Ints) -> float:
    """The share of distances within series that are the usual one of their series, or a multiple of it."""
    order = np.lexsort((seconds, ids))
    distances, same = np.diff(seconds[order]), np.diff(ids[order]) == 0
    if not same.any() or (distances[same] <= 0).any():
        return 0.0
    usual = np.median(distances[same])
    return float(np.mean(np.abs(distances[same] / usual - 1) < 0.1))


def _alternate(ids: Ints) -> bool:
    """Whether rows of several series stand between each other's: a state that holds for a while is none."""
    changes: Bools = np.diff(ids) != 0
    return bool(changes.mean() >= 0.3)
