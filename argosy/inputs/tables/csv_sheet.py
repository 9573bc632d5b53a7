"""Reading CSV, plain or gzipped: header, separator, columns, and the row of whatever cannot be read."""

import gzip
import re
import string
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.column import MISSING, Column, flat, is_text, trimmed
from argosy.inputs.tables.csv_header import read_header
from argosy.inputs.tables.file_start import BYTE_ORDER_MARK, damaged_gzip, not_utf8
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput

LONGEST_ROW_BYTES = 8 << 20


@dataclass(frozen=True, eq=False)
class CsvSheet:
    """A CSV file. Its first row is the header, so that data begins in row 2; empty lines count as rows."""

    path: Path
    columns: tuple[str, ...]
    gzipped: bool
    separator: str
    header_row: int
    reading: Reading = UNSAID
    notes: tuple[str, ...] = ()
    comment: str | None = None

    @classmethod
    def opened(cls, path: Path, gzipped: bool, reading: Reading = UNSAID) -> "CsvSheet":
        header = read_header(path, gzipped, reading)
        return cls(path, header.names, gzipped, header.separator, header.row, reading, header.notes, header.comment)

    def read(
        self, names: Sequence[str], only: tuple[str, str] | None = None, as_text: Sequence[str] = ()
    ) -> dict[str, Column]:
        wanted = list(dict.fromkeys([*names, *([only[0]] if only else [])]))
        table = self._table(wanted, [*as_text, *([only[0]] if only else [])])
        rows = np.arange(len(table), dtype=np.int64) + self.header_row + 1
        columns = {name: Column(named(self.path), name, flat(table[name]), rows) for name in wanted}
        keep = ~_empty(columns) if len(self.columns) > 1 else ~_trailing(_empty(columns)) & ~self._comments(rows)
        if only is not None:
            keep &= pc.fill_null(pc.equal(trimmed(columns[only[0]]).cells, only[1]), False).to_numpy(False)
        return {name: columns[name] if keep.all() else columns[name].taken(keep) for name in names}

    def texts(self) -> dict[str, Column]:
        """All columns as texts; each row has the number of the line on which it begins, as a quoted cell may hold some.

        Raises BadInput.
        """
        table = self._table(self.columns, as_text=self.columns)
        rows = np.cumsum([self.header_row + 1, *_lines(table)], dtype=np.int64)[:-1]
        columns = {name: Column(named(self.path), name, flat(table[name]), rows) for name in self.columns}
        keep = ~_empty(columns) if len(columns) > 1 else ~_trailing(_empty(columns)) & ~self._comments(rows)
        return {name: column if keep.all() else column.taken(keep) for name, column in columns.items()}

    def ids(self, column: str) -> tuple[str, ...]:
        table = self._table([column], as_text=[column])
        rows = np.arange(len(table), dtype=np.int64) + self.header_row + 1
        cells = pc.unique(trimmed(Column(named(self.path), column, flat(table[column]), rows)).cells)
        return tuple(str(id) for id in cells.drop_null().to_pylist() if id)

    def _table(self, names: Sequence[str], as_text: Sequence[str]) -> pa.Table:
        self._refuse_twins(names)
        convert = pacsv.ConvertOptions(
            include_columns=list(names),
            column_types=dict.fromkeys(as_text, pa.string()),
            null_values=list(MISSING),
            check_utf8=True,
        )
        try:
            return self._parsed(convert, threads=True)
        except (pa.ArrowException, OSError, EOFError, zlib.error):
            return self._parsed_or_refused(convert)

    def _parsed_or_refused(self, convert: pacsv.ConvertOptions) -> pa.Table:
        """Parses on one thread, for only then does Arrow say in which row it stumbled."""
        try:
            return self._parsed(convert, threads=False)
        except (pa.ArrowException, OSError, EOFError, zlib.error) as error:
            raise _unparsable(self.path, str(error)) from error

    def _parsed(self, convert: pacsv.ConvertOptions, threads: bool) -> pa.Table:
        with self._stream() as stream:
            return pacsv.read_csv(
                stream,
                pacsv.ReadOptions(
                    use_threads=threads,
                    block_size=LONGEST_ROW_BYTES,
                    skip_rows=self.header_row,
                    column_names=_unique(self.columns),
                ),
                pacsv.ParseOptions(delimiter=self.separator, newlines_in_values=True, ignore_empty_lines=False),
                convert,
            )

    def _stream(self) -> pa.NativeFile:
        """The file, unpacked; comments are empty lines, so that rows keep their numbers."""
        if self.comment is None:
            return pa.input_stream(str(self.path), compression="gzip" if self.gzipped else None)
        return pa.BufferReader(_comment_lines(self.comment).sub(b"", self._bytes()))

    def _bytes(self) -> bytes:
        with gzip.open(self.path) if self.gzipped else self.path.open("rb") as file:
            return file.read()

    def _comments(self, rows: Ints) -> Bools:
        """Which rows are comments: in a file of one column an empty line does not tell."""
        if self.comment is None:
            return np.zeros(len(rows), dtype=np.bool_)
        data = self._bytes().removeprefix(BYTE_ORDER_MARK)
        pattern = _comment_lines(self.comment)
        lines = [row for row, line in enumerate(re.split(rb"\r\n|\r|\n", data), start=1) if pattern.match(line)]
        return np.isin(rows, lines)

    def _refuse_twins(self, names: Sequence[str]) -> None:
        for name in names:
            if self.columns.count(name) > 1:
                raise BadInput(
                    named(self.path), f"two columns are called {shown(name)}", "rename one of them in the header"
                )


def _comment_lines(comment: str) -> re.Pattern[bytes]:
    return re.compile(rb"^[ \t]*" + re.escape(comment.encode()) + rb"[^\r\n]*", re.MULTILINE)


def _unparsable(path: Path, message: str) -> BadInput:
    uneven = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+): ?(.*)", message, re.DOTALL)
    if uneven:
        row, expected, got, text = uneven.groups()
        problem = f"{got} cells where the header has {expected}: {shown(text)}"
        return BadInput(f"{named(path)}, row {row}", problem, _mend_uneven(int(got), int(expected), text))
    if "straddling" in message or "block" in message:
        problem = f"a row is longer than {LONGEST_ROW_BYTES >> 20} MiB"
        return BadInput(named(path), problem, "shorten the row, or close a quote that was left open")
    if "zlib" in message or "compressed stream" in message:
        return damaged_gzip(path)
    if "UTF8" in message:
        return not_utf8(named(path))
    return BadInput(named(path), f"not a table ({shown(message)})", "give a CSV (UTF-8) or Parquet file")


def _mend_uneven(got: int, expected: int, text: str) -> str:
    if got < expected and re.match(r"\s*([#;%!]|//|--)", text):
        return f"give --comment {text.split()[0][:2].rstrip(string.ascii_letters)!r} if it is no part of the table"
    if got > expected and re.search(r"\d,\d", text):
        return "put numbers with decimal commas in quotes, or separate cells by semicolons, and give --decimal ,"
    return "write one cell for each column, with text in quotes"


def _unique(names: Sequence[str]) -> list[str]:
    """Names by which Arrow can tell columns apart; twins are refused only where one of them is asked for."""
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        unique.append(name if not seen[name] else f"{name}\0{seen[name]}")
        seen[name] += 1
    return unique


def _lines(table: pa.Table) -> Ints:
    """How many lines each row of texts takes, shape (n,)."""
    lines = np.ones(len(table), dtype=np.int64)
    for column in table.columns:
        lines += pc.count_substring_regex(column, r"\r\n|\r|\n").to_numpy()
    return lines


def _empty(columns: dict[str, Column]) -> Bools:
    """The rows in which no column has anything, shape (n,)."""
    return reduce(np.logical_and, [_blank(column) for column in columns.values()])


def _blank(column: Column) -> Bools:
    cells = column.cells
    if is_text(cells.type):
        blank: Bools = pc.fill_null(pc.equal(trimmed(column).cells, ""), True).to_numpy(False)
    else:
        blank = cells.is_null().to_numpy(False)
    return blank


def _trailing(empty: Bools) -> Bools:
    """In a file of one column an empty line is a missing value, save at the end."""
    return np.logical_and.accumulate(empty[::-1])[::-1]
