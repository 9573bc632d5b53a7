"""How the file of a table begins: enough to refuse what is none before anything that reads tables is loaded."""

import gzip
import re
import zlib
from pathlib import Path

from argosy.inputs.quoting import named
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

PARQUET, GZIP = b"PAR1", b"\x1f\x8b"
"""How the formats begin that are no plain text; a Parquet file ends so, too."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_HEADER_BYTES = 64 << 10
_ANSWER = re.compile(rb'"resultType"\s*:|"errorType"\s*:')
_EXPORT = (re.compile(rb'"metric"\s*:\s*\{'), re.compile(rb'"(values|timestamps)"\s*:\s*\['))
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{])')


def check_readable(path: Path) -> None:
    """Raises BadInput where a file is missing, no file, unreadable or empty."""
    first_bytes(path)


def check_table(path: Path) -> None:
    """Raises BadInput where a file cannot be a table, by how it begins; a Parquet file also by how it ends."""
    start = table_start(path)
    if not start.startswith(PARQUET):
        gzipped = start.startswith(GZIP)
        if not holds_series(path, gzipped):
            beginning(path, gzipped)
    elif not _ends_as_parquet(path):
        raise damaged_parquet(path)


def table_start(path: Path) -> bytes:
    """The first bytes of a file that may be a table. Raises BadInput as `first_bytes`, and for other formats."""
    start = first_bytes(path)
    for magic, what in FOREIGN.items():
        if start.startswith(magic):
            raise BadInput(named(path), f"this is {what}", "save it as CSV (UTF-8) or Parquet")
    return start


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


def holds_series(path: Path, gzipped: bool) -> bool:
    """Whether a file begins as JSON in which Prometheus or VictoriaMetrics write series. Raises BadInput."""
    start = _unpacked(path, gzipped).removeprefix(BYTE_ORDER_MARK).lstrip()
    return start.startswith(b"{") and bool(_ANSWER.search(start) or all(part.search(start) for part in _EXPORT))


def beginning(path: Path, gzipped: bool) -> tuple[bytes, bool]:
    """The text in which a header must stand, unpacked and without its mark, and whether that is all of the file.

    Raises BadInput where the file holds no text, or nothing.
    """
    start = _unpacked(path, gzipped)
    if b"\0" in start:
        raise BadInput(named(path), "this is no table but binary data", "give a CSV (UTF-8) or Parquet file")
    if _JSON.match(start.removeprefix(BYTE_ORDER_MARK)):
        raise BadInput(named(path), "this is no table but JSON", "give a CSV (UTF-8) or Parquet file")
    if not start.strip():
        raise BadInput(named(path), "the file is empty", "give a table with a header and at least one row")
    return start.removeprefix(BYTE_ORDER_MARK), len(start) < LONGEST_HEADER_BYTES


def _unpacked(path: Path, gzipped: bool) -> bytes:
    """The first bytes, unpacked. Raises BadInput where they cannot be."""
    try:
        with path.open("rb") as file:
            return (gzip.GzipFile(fileobj=file) if gzipped else file).read(LONGEST_HEADER_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged_gzip(path) from error


def _ends_as_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-len(PARQUET), 2)
        return file.read() == PARQUET


def damaged_gzip(path: Path) -> BadInput:
    """A gzip file that cannot be unpacked."""
    return BadInput(named(path), "the gzip file is damaged or cut short", "write it again")


def damaged_parquet(path: Path) -> BadInput:
    """A Parquet file that cannot be read."""
    return BadInput(named(path), "the Parquet file is damaged or cut short", "write it again")


def not_utf8(place: str) -> BadInput:
    """Text in another encoding than the one that is read."""
    return BadInput(place, "the text is not UTF-8", "save the file with UTF-8 encoding")
