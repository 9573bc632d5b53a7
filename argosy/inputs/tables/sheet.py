"""A table in a file: CSV, gzipped CSV or Parquet, told apart by its first bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from argosy.inputs.tables.column import Column, named
from argosy.inputs.tables.csv_sheet import CsvSheet
from argosy.inputs.tables.parquet_sheet import ParquetSheet
from argosy.signals.errors import BadInput

FOREIGN = {
    b"PK\x03\x04": "a zip archive or spreadsheet",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"ARROW1": "a Feather file",
    b"\x89HDF": "an HDF5 file",
    b"SQLite": "an SQLite database",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
}
"""What people pass by mistake, by the first bytes of the file."""


class Sheet(Protocol):
    """A table that is read a few columns at a time."""

    @property
    def path(self) -> Path: ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in the order of the file."""
        ...

    def read(self, names: Sequence[str], only: tuple[str, str] | None = None) -> dict[str, Column]:
        """These columns, all of the same length; with `only` = (column, id), the rows whose column says id.

        Rows in which every cell asked for is empty are left out. Raises BadInput."""
        ...

    def ids(self, column: str) -> tuple[str, ...]:
        """The distinct cells of a column as text, in order of appearance. Raises BadInput."""
        ...


def open_sheet(path: Path) -> Sheet:
    """Opens a table and reads the names of its columns. Raises BadInput when there is none."""
    start = first_bytes(path)
    for magic, what in FOREIGN.items():
        if start.startswith(magic):
            raise BadInput(named(path), f"this is {what}", "save it as CSV (UTF-8) or Parquet")
    if start.startswith(b"PAR1"):
        return ParquetSheet.opened(path)
    return CsvSheet.opened(path, gzipped=start.startswith(b"\x1f\x8b"))


def first_bytes(path: Path) -> bytes:
    """The first bytes of a file. Raises BadInput when it is missing, no file, unreadable or empty."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError as error:
        raise BadInput(named(path), "no such file", "check the path") from error
    except IsADirectoryError as error:
        raise BadInput(named(path), "this is a directory", "name a CSV or Parquet file in it") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(named(path), f"cannot be read ({why})", "check its name and permissions") from error
    if not start:
        raise BadInput(named(path), "the file is empty", "give a table with a header and at least one row")
    return start
