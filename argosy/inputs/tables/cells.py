"""Cells to numbers and to yes or no."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.column import Column, is_text, without_blanks
from argosy.inputs.tables.number_text import why_no_numbers
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput

LARGEST_VALUE = 1e150
"""Beyond this the square of a value leaves float64, and no metric is that large."""

YES = ("1", "1.0", "true", "True", "TRUE")
NO = ("0", "0.0", "false", "False", "FALSE")


def read_floats(column: Column) -> Floats:
    """Float64 per cell, shape (n,), NaN where it is missing. Raises BadInput where a cell is no finite number."""
    column = without_blanks(column)
    values = np.array(_as_doubles(column).to_numpy(False), dtype=np.float64)
    wild = np.flatnonzero(np.abs(values) > LARGEST_VALUE)
    if len(wild):
        first = int(wild[0])
        what = "infinite" if np.isinf(values[first]) else f"larger than {LARGEST_VALUE:g}"
        more = f" (and {len(wild) - 1} more)" if len(wild) > 1 else ""
        raise BadInput(column.place(first), f"{column.text(first)} is {what}{more}", "leave the cell empty if missing")
    return values


def read_flags(column: Column) -> tuple[Bools, int]:
    """A bool per cell, shape (n,), and how many were empty and so taken as no. Raises BadInput elsewhere."""
    flags, empty = _flags_or_first_other(without_blanks(column))
    if isinstance(flags, int):
        problem = f"{column.text(flags)} is neither 0 nor 1"
        raise BadInput(column.place(flags), problem, "write 1 or true inside an incident and 0 or false outside")
    return flags, int(empty.sum())


def read_base(column: Column) -> BaseColumn:
    """Alarms where the column holds bools or nothing but 0 and 1, else scores. Raises BadInput."""
    column = without_blanks(column)
    if column.cells.null_count == len(column.cells):
        raise BadInput(column.whole, "every cell is empty", "name a column with scores or alarms in --base")
    flags, _ = _flags_or_first_other(column)
    if isinstance(flags, int):
        return BaseColumn(column.name, read_floats(column))
    return BaseColumn(column.name, flags)


def _as_doubles(column: Column) -> pa.Array:
    kind = column.cells.type
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if pa.types.is_boolean(kind):
        return column.cells.cast(pa.uint8()).cast(pa.float64())
    if not (numeric or is_text(kind) or pa.types.is_null(kind)):
        raise BadInput(column.whole, f"it holds {kind}, not numbers", "name a column of numbers")
    try:
        return column.cells.cast(pa.float64(), safe=False)
    except pa.ArrowException as error:
        raise why_no_numbers(column) or _no_number(column) from error


def _no_number(column: Column) -> BadInput:
    for index, cell in enumerate(column.cells):
        try:
            cell.cast(pa.float64())
        except pa.ArrowException:
            return BadInput(column.place(index), f"{column.text(index)} is not a number", "mend the cell or empty it")
    return BadInput(column.whole, f"it holds {column.cells.type}, not numbers", "name a column of numbers")


def _flags_or_first_other(column: Column) -> tuple[Bools | int, Bools]:
    """The flags, or the index of the first cell that is neither; and which cells are empty."""
    cells = column.cells
    if pa.types.is_decimal(cells.type):
        cells = cells.cast(pa.float64())
    if pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_nan(cells), None, cells)
    empty: Bools = cells.is_null().to_numpy(False)
    yes, no = _members(cells, YES), _members(cells, NO)
    other = ~(yes | no | empty)
    return (int(np.argmax(other)) if other.any() else yes), empty


def _members(cells: pa.Array, words: tuple[str, ...]) -> Bools:
    if is_text(cells.type):
        found = pc.is_in(cells, value_set=pa.array(words))
    elif pa.types.is_boolean(cells.type):
        found = pc.equal(cells, words is YES)
    elif pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type):
        found = pc.equal(cells, 1 if words is YES else 0)
    else:
        return np.zeros(len(cells), dtype=np.bool_)
    flags: Bools = pc.fill_null(found, False).to_numpy(False)
    return flags
