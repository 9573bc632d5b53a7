"""Columns that nobody named and that have no usual name, told by what their first cells hold."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.tables.column import Column, is_text, trimmed
from argosy.inputs.tables.sheet import Sheet
from argosy.inputs.tables.written_number import DECIMALS, read_number

MOST_COLUMNS = 20
MOST_CELLS = 200
FEWEST = 0.9
"""The share of cells that must be times, or numbers: a total at the end, or an odd cell, is for the reader to name."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATED = (
    r"(?i)^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
    r"(?:\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|\d{{1,2}}[-/. ]{_MONTH}[-/. ]\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}}|{_MONTH}[- ]\d{{4}})"
    r"(?:$|[T ,:]|\d\d:)"
)


def time_column(sheet: Sheet, taken: Sequence[str | None]) -> str | None:
    """The only column of written dates; None where there is none, or several. Raises BadInput."""
    return _only(sheet, taken, _is_dated)


def number_column(sheet: Sheet, taken: Sequence[str | None]) -> str | None:
    """The only column of numbers, with or without units; None where there is none, or several. Raises BadInput."""
    return _only(sheet, taken, _is_numeric)


def _only(sheet: Sheet, taken: Sequence[str | None], holds: Callable[[Column], bool]) -> str | None:
    left = [name for name in sheet.columns if name not in taken and name and sheet.columns.count(name) == 1]
    if not left or len(left) > MOST_COLUMNS:
        return None
    found = [name for name, column in sheet.read(left).items() if holds(column)]
    return found[0] if len(found) == 1 else None


def _sample(column: Column) -> pa.Array:
    cells = trimmed(column).cells if is_text(column.cells.type) else column.cells
    return cells.drop_null()[:MOST_CELLS]


def _is_dated(column: Column) -> bool:
    kind = column.cells.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return True
    sample = _sample(column)
    if not is_text(kind) or not len(sample):
        return False
    return bool(pc.mean(pc.match_substring_regex(sample, _DATED).cast(pa.int8())).as_py() >= FEWEST)


def _is_numeric(column: Column) -> bool:
    kind = column.cells.type
    if not is_text(kind):
        return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
    sample = [text for text in _sample(column).to_pylist() if text]
    read = sum(any(read_number(text, sign) for sign in DECIMALS) for text in sample)
    return bool(sample) and read >= FEWEST * len(sample)
