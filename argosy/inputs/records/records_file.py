"""Records out of a file or a pipe: CSV, JSON, Parquet or plain text, all of it kept, with notes on what was odd."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
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
from argosy.inputs.records.chosen_fields import FieldChoice, choose_fields
from argosy.inputs.records.field_forms import FieldForm
from argosy.inputs.records.json_records import LONGEST_TEXT, as_row, listed, parsed
from argosy.inputs.records.typed_rows import typed_rows
from argosy.inputs.tables.csv_header import SEPARATORS
from argosy.inputs.tables.csv_sheet import CsvSheet
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.tables.sheet import open_sheet
from argosy.signals.arrays import Ints
from argosy.signals.errors import BadInput
from argosy.signals.records import Field, Records
from argosy.terminal import several

_TABLES = (".csv", ".tsv")
_JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\]\"])")
_NAMED_LINES = 5
_SAMPLED_LINES = 50

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
    codes. The field of `group` tells groups apart, and is no field of the records. `reading` says how tables, numbers
    and times are written, where that is not to be found out.
    """

    path: Path
    format: RecordsFormat = RecordsFormat.AUTO
    group: str | None = None
    fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    reading: Reading = UNSAID


@dataclass(frozen=True, eq=False)
class ReadRecords:
    """What was read. `numbers`, shape (n,), say where each record begins, as a person counts, from 1.

    They are lines of the file, of which a header is one; in a JSON document or Parquet file the place of the record.
    `hidden` has for each record the fields that were not taken, by name, for those who want a label of them. `forms`
    are those by which fields were read.
    """

    records: Records
    numbers: Ints
    format: RecordsFormat
    notes: tuple[str, ...]
    hidden: Sequence[Mapping[str, Field]]
    forms: Mapping[str, FieldForm] = field(default_factory=dict)


@dataclass(eq=False)
class _Odd:
    """What could not be taken as it stood."""

    spoiled: DamagedLines = field(default_factory=DamagedLines)
    broken: list[int] = field(default_factory=list)
    cut: int = 0
    assumed: list[str] = field(default_factory=list)

    @property
    def notes(self) -> Iterator[str]:
        yield from self.assumed
        if self.broken:
            lines = ", ".join(map(str, self.broken[:_NAMED_LINES])) + (", …" if len(self.broken) > _NAMED_LINES else "")
            yield f"no JSON, and taken as texts: {several(len(self.broken), 'line')}, line {lines}"
        if self.cut or self.spoiled.cut:
            texts = several(self.cut + self.spoiled.cut, "text")
            yield f"longer than {LONGEST_TEXT:,} characters, and cut there: {texts}"
        if self.spoiled.recoded:
            yield f"no UTF-8, and read as Windows-1252: {several(self.spoiled.recoded, 'line')}"


def read_records(request: RecordsRequest, like: Mapping[str, FieldForm] | None = None) -> ReadRecords:
    """Reads all records; fields that are in `like` by its forms, such as those of the training records.

    Raises BadInput for what is empty, binary or damaged, and for fields that are not there.
    """
    called = placed(request.path)
    odd = _Odd()
    with held(request.path) as path:
        try:
            format_ = _format(request, path, called)
            found = list(_READERS[format_](path, called, odd, request.reading))
        except BadInput as bad:
            raise BadInput(bad.place.replace(str(path), called), bad.problem, bad.mend) from bad
    if not found:
        raise BadInput(called, "it holds no record", "give at least one")
    chosen = choose_fields(_choice(request), called, [_shortened(row, odd) for _, row in found])
    numbers = np.array([number for number, _ in found], dtype=np.int64)
    quoted = format_ is not RecordsFormat.CSV
    typed = typed_rows(chosen.rows, numbers.tolist(), chosen.names, quoted, request.reading, like or {})
    notes = (*odd.notes, *_table_note(request, format_, typed.rows), *chosen.notes, *typed.notes)
    return ReadRecords(Records(called, typed.rows, chosen.groups), numbers, format_, notes, chosen.hidden, typed.forms)


def _table_note(request: RecordsRequest, format_: RecordsFormat, rows: Sequence[Row]) -> Iterator[str]:
    """Whether lines that nobody called texts look like a table: all are parted alike."""
    lines = [str(row.get("text")) for row in rows[:_SAMPLED_LINES]]
    if format_ is not RecordsFormat.TEXT or request.format is format_ or len(lines) < 3:
        return
    parts = {mark: {line.count(mark) for line in lines} for mark in SEPARATORS}
    if any(len(counts) == 1 and counts != {0} for counts in parts.values()):
        yield "each line was read as one text; if this is a table, give --format csv"


def _choice(request: RecordsRequest) -> FieldChoice:
    return FieldChoice(request.group, request.fields, request.without, request.names)


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


def _table_rows(path: Path, called: str, odd: _Odd, reading: Reading) -> Iterator[tuple[int, Row]]:  # noqa: ARG001
    sheet = open_sheet(path, reading)
    odd.assumed += sheet.notes
    columns = sheet.texts() if isinstance(sheet, CsvSheet) else sheet.read(sheet.columns)
    if not columns:
        return
    cells = [column.cells.to_pylist() for column in columns.values()]
    rows = next(iter(columns.values())).rows.tolist()
    for number, *values in zip(rows, *cells, strict=True):
        yield number, as_row(dict(zip(columns, (None if value == "" else value for value in values), strict=True)))


def _text_rows(path: Path, called: str, odd: _Odd, reading: Reading) -> Iterator[tuple[int, Row]]:  # noqa: ARG001
    number = 0
    for lines in line_blocks(path, called, odd.spoiled):
        for line in lines:
            number += 1
            if line.strip():
                yield number, {"text": line}


def _json_rows(path: Path, called: str, odd: _Odd, reading: Reading) -> Iterator[tuple[int, Row]]:  # noqa: ARG001
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


_READERS: Mapping[RecordsFormat, Callable[[Path, str, _Odd, Reading], Iterator[tuple[int, Row]]]] = {
    RecordsFormat.CSV: _table_rows,
    RecordsFormat.PARQUET: _table_rows,
    RecordsFormat.JSON: _json_rows,
    RecordsFormat.TEXT: _text_rows,
}
