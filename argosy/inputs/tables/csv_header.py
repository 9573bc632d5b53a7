"""Where the table of a CSV begins, past `sep=` and comments, and its separator; or that text above it is in the way."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.file_start import beginning, not_utf8
from argosy.inputs.tables.headerless import names_of_data
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

SEPARATORS = ("\t", ";", "|", ",")
"""Commas last: where two fit as well, it is theirs that stand in numbers and names."""

COMMENT = "#"
SAMPLED_ROWS = 30
SHOWN_NAMES = 6
_SEP = re.compile(r'^\s*"?sep=(.)"?[\s,;]*$', re.IGNORECASE)
_PLAIN = re.compile(r"^[\s\d.,:+\-/TZeE%]*$")
_DATA = re.compile(r"^\s*[+-]?[.,]?\d")

Line = tuple[int, str]
"""A line that is not empty, and its row, counted from 1."""


@dataclass(frozen=True)
class CsvHeader:
    """The names of a CSV's columns, what stands between them, and in which row, counted from 1.

    `comment` is how the lines begin that are no part of the table.
    """

    names: tuple[str, ...]
    separator: str
    row: int
    comment: str | None = None
    notes: tuple[str, ...] = ()


def read_header(path: Path, gzipped: bool, reading: Reading = UNSAID) -> CsvHeader:
    """The header of a CSV file. Raises BadInput when it holds no text, no header, or text above it."""
    lines: Sequence[Line] = _lines(path, gzipped, reading.skip or 0)
    separator, lines = _said_separator(lines)
    comment, notes, lines = _without_comments(lines, reading.comment, separator)
    if not lines:
        raise BadInput(named(path), "the file is empty", "give a table with a header and at least one row")
    (row, line), rows = lines[0], [text for _, text in lines[1 : SAMPLED_ROWS + 1]]
    separator = separator or best_separator(line, rows)
    names = split(line, separator)
    if names is None:
        raise BadInput(f"{named(path)}, row {row}", "no CSV header (a quote is left open)", "name the columns there")
    _refuse_preamble(path, lines, separator)
    stripped = tuple(name.strip() for name in names)
    if found := names_of_data(stripped):
        said = f"row {row} is data, no header: columns are called {', '.join(map(shown, found[:SHOWN_NAMES]))}"
        return CsvHeader(found, separator, row - 1, comment, (*notes, said))
    return CsvHeader(stripped, separator, row, comment, notes)


def split(line: str, separator: str) -> list[str] | None:
    """The cells of a line; None where it cannot be parted."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def best_separator(header: str, rows: Sequence[str]) -> str:
    """What parts the rows into as many cells as the header, and most of these into numbers and times.

    >>> best_separator("time;value, kW", ["2024-05-01;1,5", "2024-05-02;2,5"])
    ';'
    """
    fits = [(fit, separator) for separator in SEPARATORS if (fit := _fit(header, rows, separator))]
    if fits:
        return max(fits, key=lambda each: each[0])[1]
    return max(reversed(SEPARATORS), key=header.count)


def _fit(header: str, rows: Sequence[str], separator: str) -> tuple[float, float, int] | None:
    """How well a separator fits, the greater the better; None where it does not."""
    width = len(split(header, separator) or ())
    parted = [cells for row in rows if (cells := split(row, separator)) and len(cells) == width]
    if width < 2 or len(parted) * 2 < len(rows) or not parted:
        return None
    cells = [cell for each in parted for cell in each]
    return len(parted) / len(rows), sum(bool(_PLAIN.match(cell)) for cell in cells) / len(cells), width


def _lines(path: Path, gzipped: bool, skip: int) -> list[Line]:
    """The first lines that are not empty, past those that are skipped. Raises BadInput when the file holds no text."""
    start, whole = beginning(path, gzipped)
    lines = re.split(rb"\r\n|\r|\n", start)
    if not whole and len(lines) > 1:
        lines.pop()  # the last one is cut
    elif not whole:
        raise BadInput(named(path), f"no header within {len(start) >> 10} KiB", "name the columns in row 1")
    found = [(row, line) for row, line in enumerate(lines, start=1) if row > skip and line.strip()]
    if not found and skip:
        raise BadInput(f"--skip {skip}", f"{named(path)} has no header after so many lines", "skip fewer")
    try:
        return [(row, line.decode("utf-8", "strict" if at == 0 else "replace")) for at, (row, line) in enumerate(found)]
    except UnicodeDecodeError as error:
        raise not_utf8(f"{named(path)}, row {found[0][0]}") from error


def _said_separator(lines: Sequence[Line]) -> tuple[str | None, Sequence[Line]]:
    """The separator that a first line such as `sep=;` gives, as Excel reads it; and the lines below."""
    match = _SEP.match(lines[0][1]) if lines else None
    return (match[1], lines[1:]) if match else (None, lines)


def _without_comments(
    lines: Sequence[Line], said: str | None, separator: str | None
) -> tuple[str | None, tuple[str, ...], Sequence[Line]]:
    """How comments begin, a note where nobody said so, and the other lines; the header may stand behind a `#`."""
    if said is not None:
        return said, (), [line for line in lines if not line[1].lstrip().startswith(said)]
    if not lines or not lines[0][1].startswith(COMMENT):
        return None, (), lines
    rest = [line for line in lines if not line[1].startswith(COMMENT)]
    if not rest:
        return None, (), lines
    above = [line for line in lines if line[0] < rest[0][0]]
    row, behind = above[-1][0], above[-1][1].lstrip(COMMENT).strip()
    if _is_header(behind, [text for _, text in rest[:SAMPLED_ROWS]], separator):
        return COMMENT, (f"the columns are named in row {row}, behind {COMMENT!r}",), [(row, behind), *rest]
    return COMMENT, (f"lines that begin with {COMMENT!r} are left out as comments",), rest


def _is_header(line: str, rows: Sequence[str], separator: str | None) -> bool:
    """Whether a line names the columns of rows that are data from the first on."""
    separator = separator or best_separator(line, rows)
    names, first = split(line, separator) or [], split(rows[0], separator) or []
    return len(names) == len(first) > 1 and not any(map(_DATA.match, names)) and any(map(_DATA.match, first))


def _refuse_preamble(path: Path, lines: Sequence[Line], separator: str) -> None:
    """Raises BadInput where the first line is text above the table: one further down names the columns."""
    for each in dict.fromkeys((separator, *SEPARATORS)):
        parted = [(row, split(line, each) or []) for row, line in lines[: SAMPLED_ROWS + 1]]
        width = Counter(len(cells) for _, cells in parted).most_common(1)[0][0]
        first = parted[0][1]
        if width < 2 or (len(first) == width and all(cell.strip() for cell in first)):
            continue
        for (row, cells), (_, below) in pairwise(parted[1:]):
            if len(cells) == len(below) == width and _names_columns(cells) and any(map(_DATA.match, below)):
                problem = (
                    f"row {parted[0][0]} is no header; the columns seem to be named in row {row}: {shown(cells[0])}, …"
                )
                raise BadInput(named(path), problem, f"give --skip {row - 1}")


def _names_columns(cells: Sequence[str]) -> bool:
    return all(cell.strip() and not _DATA.match(cell) for cell in cells)
