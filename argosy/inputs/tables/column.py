"""A column of somebody's table, which knows where each of its cells stands in the file."""

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.quoting import shown
from argosy.inputs.tables.file_start import not_utf8
from argosy.signals.arrays import Bools, Ints

MISSING = ("", "NaN", "nan", "NAN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None")
"""What stands for a missing cell in text."""


@dataclass(frozen=True, eq=False)
class Column:
    """Cells of one column, an Arrow array of shape (n,), and for each its row as a person counts.

    `origin` says what the rows are counted in: the file, and the series within it where rows were filtered.
    """

    origin: str
    name: str
    cells: pa.Array
    rows: Ints

    def place(self, index: int) -> str:
        return f"{self.origin}, row {self.rows[index]}, column {shown(self.name)}"

    @property
    def whole(self) -> str:
        return f"{self.origin}, column {shown(self.name)}"

    def text(self, index: int) -> str:
        """The cell at `index` as it may stand in a message."""
        cell = self.cells[index]
        plain = cell.cast(pa.string()) if pa.types.is_temporal(cell.type) else cell
        return shown(plain.as_py())

    def with_cells(self, cells: pa.Array) -> "Column":
        return replace(self, cells=cells)

    def taken(self, keep: Bools) -> "Column":
        """The cells where `keep`, shape (n,), is True."""
        return replace(self, cells=self.cells.filter(pa.array(keep)), rows=self.rows[keep])


def flat(cells: pa.ChunkedArray) -> pa.Array:
    """One array, categories written out, and text in one Arrow type."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells, kind = cells.cast(kind.value_type), kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        cells = cells.cast(pa.string())
    whole: pa.Array = pa.concat_arrays(cells.chunks) if cells.num_chunks else pa.array([], type=cells.type)
    return whole


def trimmed(column: Column) -> Column:
    """A text column without the spaces around its cells. Raises BadInput where a cell is no UTF-8."""
    if pa.types.is_binary(column.cells.type) or pa.types.is_large_binary(column.cells.type):
        column = _decoded(column)
    return column.with_cells(pc.utf8_trim_whitespace(column.cells))


def as_written(column: Column) -> Column:
    """Whole numbers as the text that they are written in; other columns as they are."""
    return column.with_cells(column.cells.cast(pa.string())) if pa.types.is_integer(column.cells.type) else column


def without_blanks(column: Column) -> Column:
    """A text column, trimmed, whose missing cells are null; other columns as they are."""
    if not is_text(column.cells.type):
        return column
    column = trimmed(column)
    missing = pc.is_in(column.cells, value_set=pa.array(MISSING))
    return column.with_cells(pc.if_else(missing, None, column.cells))


def is_text(kind: pa.DataType) -> bool:
    """Whether cells of this Arrow type are text; bytes are text that nobody has checked yet."""
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _decoded(column: Column) -> Column:
    for index, cell in enumerate(column.cells):
        try:
            (cell.as_py() or b"").decode("utf-8")
        except UnicodeDecodeError as error:
            raise not_utf8(column.place(index)) from error
    return column.with_cells(column.cells.cast(pa.string()))
