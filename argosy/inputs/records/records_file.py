"""Records out of a file or a pipe: CSV, JSON, Parquet or plain text, all of it kept, with notes on what was odd."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

import numpy as np

from argosy.inputs.logs.byte_stream import (
    PARQUET,
    PIPE,
    DamagedLines,
    beginning,
    byte_stream,
    held,
    line_blocks,
    placed,
    read_line,
    whole_lines,
)
from argosy.inputs.quoting import shown
from argosy.inputs.records.json_records import LONGEST_TEXT, as_row, listed, parsed
from argosy.inputs.tables.sheet import open_sheet
from argosy.signals.arrays import Ints
from argosy.signals.errors import BadInput
from argosy.signals.records import Field, Records

_TABLES = (".csv", ".tsv")
_JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\]\"])")
_LISTED = 12
_NAMED_LINES = 5

Row = dict[str, Field]


class RecordsFormat(StrEnum):
    """What a file of records is written in; `AUTO` goes by its first bytes and the end of its name."""

    AUTO = "auto"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    TEXT = "text"


@dataclass(frozen=True)
class RecordsRequest:
    """What to read. Names of fields may have `*` for anything; of nested JSON they are dotted.

    Without `fields` all but those of `without` are taken. `names` are numbers that stand for something else, such as
    codes. The field of `group` tells groups apart, and is no field of the records.
    """

    path: Path
    format: RecordsFormat = RecordsFormat.AUTO
    group: str | None = None
    fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ReadRecords:
    """What was read. `numbers`, shape (n,), are lines or rows as a person counts, from 1; a header is row 1.

    `hidden` has for each record the fields that were not taken, by name, for those who want a label of them.
    """

    records: Records
    numbers: Ints
    format: RecordsFormat
    notes: tuple[str, ...]
    hidden: Sequence[Mapping[str, Field]]


@dataclass(eq=False)
class _Odd:
    """What could not be taken as it stood."""

    spoiled: DamagedLines = field(default_factory=DamagedLines)
    broken: list[int] = field(default_factory=list)
    cut: int = 0

    @property
    def notes(self) -> Iterator[str]:
        if self.broken:
            lines = ", ".join(map(str, self.broken[:_NAMED_LINES])) + (", …" if len(self.broken) > _NAMED_LINES else "")
            yield f"{len(self.broken)} lines are no JSON and were taken as texts: line {lines}"
        if self.cut or self.spoiled.cut:
            yield f"{self.cut + self.spoiled.cut} texts are longer than {LONGEST_TEXT:,} characters and were cut there"
        if self.spoiled.recoded:
            yield f"{self.spoiled.recoded} lines are no UTF-8 and were read as Windows-1252"


def read_records(request: RecordsRequest) -> ReadRecords:
    """Reads all records. Raises BadInput for what is empty, binary or damaged, and for fields that are not there."""
    called = placed(request.path)
    with held(request.path) as path:
        try:
            format_ = _format(request, path, called)
            odd = _Odd()
            found = list(_READERS[format_](path, called, odd))
        except BadInput as bad:
            raise BadInput(bad.place.replace(str(path), called), bad.problem, bad.mend) from bad
    if not found:
        raise BadInput(called, "it holds no record", "give at least one")
    rows = [_shortened(row, odd) for _, row in found]
    records, hidden, notes = _chosen(request, called, rows)
    numbers = np.array([number for number, _ in found], dtype=np.int64)
    return ReadRecords(records, numbers, format_, (*odd.notes, *notes), hidden)


def _format(request: RecordsRequest, path: Path, called: str) -> RecordsFormat:
    if path.is_file() and not path.stat().st_size:
        raise BadInput(
            called, "the file is empty" if request.path != PIPE else "nothing came", "give at least one record"
        )
    head = beginning(path, called)
    if request.format is not RecordsFormat.AUTO:
        return request.format
    if head.startswith(PARQUET):
        return RecordsFormat.PARQUET
    if _JSON.match(head):
        return RecordsFormat.JSON
    suffixes = [suffix.lower() for suffix in request.path.suffixes]
    return RecordsFormat.CSV if any(suffix in _TABLES for suffix in suffixes) else RecordsFormat.TEXT


def _table_rows(path: Path, called: str, odd: _Odd) -> Iterator[tuple[int, Row]]:  # noqa: ARG001
    sheet = open_sheet(path)
    columns = sheet.read(sheet.columns)
    if not columns:
        return
    cells = [column.cells.to_pylist() for column in columns.values()]
    rows = next(iter(columns.values())).rows.tolist()
    for number, *values in zip(rows, *cells, strict=True):
        yield number, as_row(dict(zip(columns, values, strict=True)))


def _text_rows(path: Path, called: str, odd: _Odd) -> Iterator[tuple[int, Row]]:
    number = 0
    for lines in line_blocks(path, called, odd.spoiled):
        for line in lines:
            number += 1
            if line.strip():
                yield number, {"text": line}


def _json_rows(path: Path, called: str, odd: _Odd) -> Iterator[tuple[int, Row]]:
    """One value a line where the first line is one, else the file as one document."""
    first = next((line for line in islice(whole_lines(path, called), 1_000) if line.strip()), b"")
    try:
        alone = isinstance(parsed(first), list)
    except ValueError:
        alone = True
    if alone and (document := _document(path, called)) is not None:
        yield from ((place, as_row(each)) for place, each in enumerate(document, start=1))
        return
    for number, raw in enumerate(whole_lines(path, called), start=1):
        if line := read_line(raw, odd.spoiled).strip():
            yield number, _json_row(line, number, odd)


def _document(path: Path, called: str) -> list[object] | None:
    """The records of a file that is one JSON document, None where it is none."""
    with byte_stream(path, called) as stream:
        whole = stream.read()
    try:
        return listed(parsed(whole.removeprefix(b"\xef\xbb\xbf")))
    except ValueError:
        return None


def _json_row(line: str, number: int, odd: _Odd) -> Row:
    try:
        return as_row(parsed(line))
    except ValueError:
        odd.broken.append(number)
        return {"text": line}


def _shortened(row: Row, odd: _Odd) -> Row:
    for name, value in row.items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            row[name] = value[:LONGEST_TEXT]
            odd.cut += 1
    return row


def _chosen(
    request: RecordsRequest, called: str, rows: Sequence[Row]
) -> tuple[Records, Sequence[Mapping[str, Field]], tuple[str, ...]]:
    """The records with their groups, what was hidden, and notes. Raises BadInput for a field that is nowhere."""
    there = list(dict.fromkeys(name for row in rows for name in row))
    group = _matching(request.group, there, "--group", called)[0] if request.group is not None else None
    fields = [name for text in request.fields for name in _matching(text, there, "--fields", called)] or there
    without = {name for text in request.without for name in _matching(text, there, "--without", called)} | {group}
    names = {name for text in request.names for name in _matching(text, there, "--names", called)}
    taken = dict.fromkeys(name for name in fields if name not in without)
    if not taken:
        raise BadInput(called, "no field is left to judge records by", "take fewer away, or name some with --fields")
    kept = [{name: _named(value, name in names) for name, value in row.items() if name in taken} for row in rows]
    hidden = [{name: value for name, value in row.items() if name not in taken} for row in rows]
    groups = None if group is None else ["" if row.get(group) is None else str(row[group]) for row in rows]
    notes: tuple[str, ...] = ()
    if group is not None and (lost := sum(row.get(group) is None for row in rows)):
        notes = (f"{lost} records have no {group}; they are a group of their own",)
    return Records(called, kept, groups), hidden, notes


def _named(value: Field, is_name: bool) -> Field:
    return str(value) if is_name and value is not None else value


def _matching(text: str, there: Sequence[str], option: str, called: str) -> list[str]:
    found = [name for name in there if name == text] or [name for name in there if fnmatchcase(name, text)]
    if not found:
        known = ", ".join(map(shown, there[:_LISTED])) + (
            f" and {len(there) - _LISTED} more" if len(there) > _LISTED else ""
        )
        raise BadInput(f"{option} {text}", f"{called} has no such field; there are {known}", "name one of them")
    return found


_READERS: Mapping[RecordsFormat, Callable[[Path, str, _Odd], Iterator[tuple[int, Row]]]] = {
    RecordsFormat.CSV: _table_rows,
    RecordsFormat.PARQUET: _table_rows,
    RecordsFormat.JSON: _json_rows,
    RecordsFormat.TEXT: _text_rows,
}
