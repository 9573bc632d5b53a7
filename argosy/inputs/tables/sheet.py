"""A table in a file: CSV, gzipped CSV, Parquet or series in JSON, told apart by its first bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from argosy.inputs.tables.column import Column
from argosy.inputs.tables.csv_sheet import CsvSheet
from argosy.inputs.tables.file_start import GZIP, PARQUET, holds_series, table_start
from argosy.inputs.tables.parquet_sheet import ParquetSheet
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.tables.series_json import open_series_json


class Sheet(Protocol):
    """A table that is read a few columns at a time."""

    @property
    def path(self) -> Path: ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in the order of the file."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was assumed of how the table is written."""
        ...

    def read(
        self, names: Sequence[str], only: tuple[str, str] | None = None, as_text: Sequence[str] = ()
    ) -> dict[str, Column]:
        """These columns, all of the same length; with `only` = (column, id), the rows whose column says id.

        Rows in which every cell asked for is empty are left out; cells of `as_text` stay as they are written, where
        the file holds text. Raises BadInput."""
        ...

    def ids(self, column: str) -> tuple[str, ...]:
        """The distinct cells of a column as text, in order of appearance. Raises BadInput."""
        ...


def open_sheet(path: Path, reading: Reading = UNSAID) -> Sheet:
    """Opens a table and reads the names of its columns. Raises BadInput when there is none."""
    start = table_start(path)
    if start.startswith(PARQUET):
        return ParquetSheet.opened(path)
    gzipped = start.startswith(GZIP)
    if holds_series(path, gzipped):
        return open_series_json(path, gzipped)
    return CsvSheet.opened(path, gzipped, reading)
