"""A log as entries: plain text, JSON lines, Parquet or a journald export, gzipped or not, read in bounded memory."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from argosy.inputs.logs.byte_stream import (
    JOURNAL,
    LONGEST_LINE,
    PARQUET,
    DamagedLines,
    beginning,
    byte_stream,
    line_blocks,
    placed,
)
from argosy.inputs.logs.fields import MESSAGES, label_of, line_of
from argosy.inputs.logs.journald import journal_entries
from argosy.inputs.quoting import shown
from argosy.signals.arrays import Ints
from argosy.signals.errors import BadInput
from argosy.signals.lines import Lines

_ENTRIES_A_BATCH = 8_192
_MOST_NAMED = 5


class LogFormat(StrEnum):
    """What a log is written in."""

    TEXT = "text"
    JSON_LINES = "json lines"
    PARQUET = "parquet"
    JOURNAL = "journald export"


@dataclass(frozen=True)
class LogRequest:
    """What to read. `message`, `session` and `label` name fields; of plain text, `session` is a regular expression.

    Without `message` it is found by the usual names. `called` is how the log is named, where not by its path.
    """

    path: Path
    message: str | None = None
    session: str | None = None
    label: str | None = None
    called: str | None = None

    @property
    def place(self) -> str:
        return self.called or placed(self.path)


@dataclass(frozen=True, eq=False)
class Entries:
    """Some entries of a log. `numbers`, shape (n,), are lines or rows as a person counts, from 1."""

    numbers: Ints
    texts: list[str]
    sessions: list[str] | None
    labels: list[bool] | None


@dataclass(eq=False)
class Rows:
    """How many rows something is true of, and the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.first) < _MOST_NAMED:
            self.first.append(number)

    def __str__(self) -> str:
        return ", ".join(map(str, self.first)) + (", …" if self.count > len(self.first) else "")


@dataclass(eq=False)
class Log:
    """A log that can be read again and again; `notes` says afterwards what was left out, cut or taken otherwise.

    Of JSON lines, `plain` rows are no JSON objects and are texts; where labels are wanted, which those cannot have,
    rows are `skipped` instead.
    """

    request: LogRequest
    format: LogFormat
    spoiled: DamagedLines = field(default_factory=DamagedLines)
    skipped: Rows = field(default_factory=Rows)
    plain: Rows = field(default_factory=Rows)

    def batches(self) -> Iterator[Entries]:
        """All entries that hold text, some thousands at a time. Raises BadInput."""
        self.spoiled, self.skipped, self.plain = DamagedLines(), Rows(), Rows()
        any_text = False
        for entries in _READERS[self.format](self):
            any_text |= bool(entries.texts)
            yield entries
        if not any_text:
            raise BadInput(self.request.place, "no entry of it can be read", "check its format, or name --message")

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was not taken as it stood."""
        said = []
        if self.skipped.count:
            said.append(f"skipped {_counted(self.skipped.count, 'row')} without labels: {self.skipped}")
        if self.plain.count:
            said.append(f"took {_counted(self.plain.count, 'row')} that are no JSON objects as texts: {self.plain}")
        if self.spoiled.cut:
            said.append(f"cut {_counted(self.spoiled.cut, 'line')} at {LONGEST_LINE:,} characters")
        if self.spoiled.recoded:
            said.append(f"read {_counted(self.spoiled.recoded, 'line')} that are no UTF-8 as Windows-1252")
        return tuple(said)


def open_log(request: LogRequest) -> Log:
    """Tells the format of a log by its beginning. Raises BadInput for a log that is empty or no text."""
    head = beginning(request.path, request.place)
    if head.startswith(PARQUET):
        return Log(request, LogFormat.PARQUET)
    if head.startswith(JOURNAL):
        return Log(request, LogFormat.JOURNAL)
    first = head.lstrip().partition(b"\n")[0]
    return Log(request, LogFormat.JSON_LINES if re.match(rb'\{\s*("|\})', first) else LogFormat.TEXT)


def read_lines(request: LogRequest) -> tuple[Lines, list[bool] | None]:
    """A whole log in memory, and its labels where `label` names them. Raises BadInput."""
    texts: list[str] = []
    sessions: list[str] = []
    labels: list[bool] = []
    for entries in open_log(request).batches():
        texts += entries.texts
        sessions += entries.sessions or []
        labels += entries.labels or []
    lines = Lines(request.place, texts, sessions if request.session else None)
    return lines, labels if request.label else None


def _text_entries(log: Log) -> Iterator[Entries]:
    request = log.request
    if request.label or request.message:
        option = "--label" if request.label else "--message"
        raise BadInput(f"{option} of {request.place}", "plain text has no fields", "give JSON lines or Parquet")
    session = _pattern(request.session) if request.session else None
    number = 1
    for texts in line_blocks(request.path, request.place, log.spoiled):
        numbers = np.arange(number, number + len(texts), dtype=np.int64)
        number += len(texts)
        keep = [bool(text) and not text.isspace() for text in texts]
        if not all(keep):
            numbers = numbers[np.array(keep, dtype=np.bool_)]
            texts = [text for text, kept in zip(texts, keep, strict=True) if kept]
        yield Entries(numbers, texts, list(map(session, texts)) if session else None, None)


def _json_entries(log: Log) -> Iterator[Entries]:
    number = 0
    for lines in line_blocks(log.request.path, log.request.place, log.spoiled):
        rows: list[tuple[int, Mapping[str, object] | str]] = []
        for line in lines:
            number += 1
            if not line or line.isspace():
                continue
            row = _json_row(line)
            if isinstance(row, str):
                (log.skipped if log.request.label else log.plain).add(number)
            if not (isinstance(row, str) and log.request.label):
                rows.append((number, row))
        yield _entries(rows, log.request, log.spoiled)


def _json_row(line: str) -> Mapping[str, object] | str:
    """The fields of a line; the line itself where it is no object, such as one that a program wrote past its logger."""
    try:
        row = json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return line
    return row if isinstance(row, dict | str) else line


def _journal_entries(log: Log) -> Iterator[Entries]:
    rows: list[tuple[int, Mapping[str, object] | str]] = []
    with byte_stream(log.request.path, log.request.place) as stream:
        for number, entry in enumerate(journal_entries(stream, log.request.place), 1):
            rows.append((number, entry))
            if len(rows) == _ENTRIES_A_BATCH:
                yield _entries(rows, log.request, log.spoiled)
                rows = []
    yield _entries(rows, log.request, log.spoiled)


def _parquet_entries(log: Log) -> Iterator[Entries]:
    request = log.request
    try:
        with request.path.open("rb") as file:
            table = pq.ParquetFile(file)
            found = _as_request(request, table.schema_arrow)
            number = 1
            for batch in table.iter_batches(_ENTRIES_A_BATCH):
                yield _entries(list(enumerate(batch.to_pylist(), number)), found, log.spoiled)
                number += len(batch)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(request.place, "the Parquet file is damaged or cut short", "write it again") from error


def _as_request(request: LogRequest, schema: pa.Schema) -> LogRequest:
    """The request with its column of messages, which holds text. Raises BadInput where there is none."""
    for name in filter(None, (request.message, request.session, request.label)):
        if name not in schema.names:
            problem = f"there is no column {shown(name)}; there are {', '.join(map(shown, schema.names[:20]))}"
            raise BadInput(request.place, problem, "name one of them")
    texts = [each.name for each in schema if pa.types.is_string(each.type) or pa.types.is_large_string(each.type)]
    message = request.message or next((each for each in MESSAGES if each in texts), None)
    return LogRequest(request.path, message, request.session, request.label, request.called)


def _entries(
    rows: Sequence[tuple[int, Mapping[str, object] | str]], request: LogRequest, spoiled: DamagedLines
) -> Entries:
    """The entries of rows; a row that is a text is one without fields. What is cut is counted."""
    hidden = {request.label, request.session} - {None}
    texts, numbers, sessions, labels = [], [], [], []
    for number, each in rows:
        row = {} if isinstance(each, str) else each
        text = line_of({name: cell for name, cell in row.items() if name not in hidden}, request.message)
        text = each if isinstance(each, str) else text
        if not text or text.isspace():
            continue
        spoiled.cut += len(text) > LONGEST_LINE
        texts.append(text[:LONGEST_LINE])
        numbers.append(number)
        if request.session:
            sessions.append(str(row.get(request.session, "")))
        if request.label:
            labels.append(_label(row, request.label, f"{request.place}, row {number}"))
    return Entries(
        np.array(numbers, dtype=np.int64),
        texts,
        sessions if request.session else None,
        labels if request.label else None,
    )


def _label(row: Mapping[str, object], name: str, place: str) -> bool:
    if name not in row:
        raise BadInput(place, f"there is no field {shown(name)}", "name the field that says which rows are abnormal")
    return label_of(row[name], place)


def _pattern(text: str) -> Callable[[str], str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        mend = r"for instance --session 'blk_-?\d+'"
        raise BadInput(f"--session {text}", f"is no regular expression: {error}", mend) from error

    def session(line: str) -> str:
        found = pattern.search(line)
        return (found.group(1 if pattern.groups else 0) or "") if found else ""

    return session


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


_READERS: Mapping[LogFormat, Callable[[Log], Iterator[Entries]]] = {
    LogFormat.TEXT: _text_entries,
    LogFormat.JSON_LINES: _json_entries,
    LogFormat.PARQUET: _parquet_entries,
    LogFormat.JOURNAL: _journal_entries,
}
