"""A log as entries: plain text, JSON, Parquet or a journald export, packed or not, read in bounded memory."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import pyarrow as pa
import pyarrow.parquet as pq

from argosy.detectors.logs.stack_traces import Trace, kind_of_line
from argosy.inputs.logs.ansi import without_colours
from argosy.inputs.logs.byte_stream import LONGEST_LINE, PARQUET, beginning, byte_stream, line_blocks
from argosy.inputs.logs.entries import Entries, LogRequest, Tally, entries_of
from argosy.inputs.logs.fields import MESSAGES
from argosy.inputs.logs.joined_lines import JoinedLines, LineJoiner, Piece
from argosy.inputs.logs.journald import is_journal, journal_entries
from argosy.inputs.logs.json_values import JsonValues, rows_of
from argosy.inputs.logs.line_pieces import LinePieces, row_piece
from argosy.inputs.logs.wrapping import Wrapping
from argosy.inputs.quoting import shown
from argosy.signals.errors import BadInput
from argosy.signals.lines import Lines
from argosy.terminal import several

__all__ = ["Entries", "Log", "LogFormat", "LogRequest", "open_log", "read_lines"]

_ENTRIES_A_BATCH = 8_192
_SNIFFED_LINES = 100


class LogFormat(StrEnum):
    """What a log is written in."""

    TEXT = "text"
    JSON_LINES = "json lines"
    JSON = "json"
    PARQUET = "parquet"
    JOURNAL = "journald export"


@dataclass(eq=False)
class Log:
    """A log that can be read again and again; `notes` says afterwards what was left out, cut or taken otherwise."""

    request: LogRequest
    format: LogFormat
    wrapping: Wrapping = field(default_factory=lambda: Wrapping(()))
    tally: Tally = field(default_factory=Tally)

    def batches(self) -> Iterator[Entries]:
        """All entries that hold text, some thousands at a time. Raises BadInput."""
        self.tally = Tally()
        any_text = False
        for entries in _READERS[self.format](self):
            any_text |= bool(entries.texts)
            yield entries
        if not any_text:
            raise BadInput(self.request.place, "no entry of it can be read", "check its format, or name --message")

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was not taken as it stood."""
        return tuple(_told(self.tally, self.request))


def _told(tally: Tally, request: LogRequest) -> Iterator[str]:
    spoiled = tally.spoiled
    if tally.skipped.count:
        yield f"skipped {several(tally.skipped.count, 'row')} without labels: {tally.skipped}"
    if tally.plain.count:
        yield f"took {several(tally.plain.count, 'row')} that are no JSON objects as texts: {tally.plain}"
    if tally.joined:
        yield f"took {several(tally.joined, 'line')} as parts of the entries before them, such as stack traces"
    if tally.numbered:
        yield "took numbers of levels as pino and bunyan write them: 30 info, 40 warning, 50 error"
    if spoiled.cut:
        yield f"cut {several(spoiled.cut, 'line')} at {LONGEST_LINE:,} characters"
    if spoiled.recoded:
        yield f"read {several(spoiled.recoded, 'line')} that are no UTF-8 as Windows-1252"
    if spoiled.nuls:
        yield f"left out {several(spoiled.nuls, 'byte')} of zeros"
    if tally.is_cut:
        yield "the log ends within an entry, which was left out"
    if request.session and not tally.in_session:
        yield f"--session {shown(request.session)} matches no entry: there are no sessions"


def open_log(request: LogRequest) -> Log:
    """Tells the format of a log by its beginning. Raises BadInput for a log that is empty or no text."""
    head = beginning(request.path, request.place)
    if head.startswith(PARQUET):
        return Log(request, LogFormat.PARQUET)
    if is_journal(head):
        return Log(request, LogFormat.JOURNAL)
    if _is_document(head):
        return Log(request, LogFormat.JSON)
    lines = [without_colours(line) for line in head.decode("utf-8", "replace").split("\n") if line.strip()]
    lines = (lines[:-1] or lines)[:_SNIFFED_LINES]
    wrapping = Wrapping(lines)
    is_json = _is_json([wrapping.of(line).content for line in lines])
    return Log(request, LogFormat.JSON_LINES if is_json else LogFormat.TEXT, wrapping)


def _is_json(lines: list[str]) -> bool:
    """Whether the first line is an object, or half of those are that are no part of what stands before them."""
    objects = [_is_object(line) for line in lines if line[:1].strip() and kind_of_line(line) is Trace.NONE]
    return bool(objects) and (_is_object(lines[0]) or 2 * sum(objects) >= len(objects))


def _is_object(line: str) -> bool:
    return bool(re.match(r'\s*\{\s*("|\})', line))


def _is_document(head: bytes) -> bool:
    """Whether it begins as a list of objects, or as an object that goes on after its first line."""
    head = head.lstrip()
    if re.match(rb'\[\s*(?:\{\s*["}]|\]\s*$)', head):
        return True
    first, end, _ = head.partition(b"\n")
    if not re.match(rb'\{\s*(?:"|$)', first) or _object_in(first):
        return False
    return _object_in(head) if end else len(head) > LONGEST_LINE // 2


def _object_in(text: bytes) -> bool:
    """Whether a text begins with a whole object."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict)


def read_lines(request: LogRequest) -> tuple[Lines, list[bool] | None]:
    """A whole log in memory, and its labels where `label` names them. Raises BadInput."""
    texts: list[str] = []
    sessions: list[str] = []
    labels: list[bool] = []
    numbers: list[int] = []
    for entries in open_log(request).batches():
        numbers += entries.numbers.tolist()
        texts += entries.texts
        sessions += entries.sessions or []
        labels += entries.labels or []
    lines = Lines(request.place, texts, sessions if request.session else None, numbers)
    return lines, labels if request.label else None


def _text_entries(log: Log) -> Iterator[Entries]:
    request = log.request
    if request.label or request.message:
        option = "--label" if request.label else "--message"
        raise BadInput(f"{option} of {request.place}", "plain text has no fields", "give JSON lines or Parquet")
    yield from _line_entries(log, _pattern(request.session) if request.session else None)


def _json_entries(log: Log) -> Iterator[Entries]:
    yield from _line_entries(log, None)


def _line_entries(log: Log, session: Callable[[str], str] | None) -> Iterator[Entries]:
    as_rows = log.format is LogFormat.JSON_LINES
    pieces = LinePieces(log.request, log.wrapping, log.tally, as_rows)
    joiner = LineJoiner()
    number = 0
    for lines in line_blocks(log.request.path, log.request.place, log.tally.spoiled):
        found: list[JoinedLines] = []
        for number, line in enumerate(lines, number + 1):  # noqa: B020  it counts on
            if not line or line.isspace():
                joiner.blank()
                continue
            for piece in pieces.of(number, line):
                found += joiner.add(piece)
        yield _entries_of_lines(found, log, session)
    found = [each for piece in pieces.rest() for each in joiner.add(piece)]
    yield _entries_of_lines([*found, *joiner.end()], log, session)
    _note_joined(joiner, log)


def _entries_of_lines(found: list[JoinedLines], log: Log, session: Callable[[str], str] | None) -> Entries:
    if log.format is LogFormat.JSON_LINES:
        for each in found:
            if each.first.row is None:
                log.tally.plain.add(each.first.number)
    return entries_of(found, log.request, log.tally, session)


def _note_joined(joiner: LineJoiner, log: Log) -> None:
    log.tally.joined += joiner.joined
    log.tally.spoiled.cut += joiner.cut


def _journal_entries(log: Log) -> Iterator[Entries]:
    joiner = LineJoiner()
    with byte_stream(log.request.path, log.request.place) as stream:
        rows = journal_entries(stream, log.request.place)
        found: list[JoinedLines] = []
        for number, entry in rows:
            found += joiner.add(row_piece(number, entry, log.request, log.tally))
            if len(found) >= _ENTRIES_A_BATCH:
                yield entries_of(found, log.request, log.tally)
                found = []
    yield entries_of([*found, *joiner.end()], log.request, log.tally)
    _note_joined(joiner, log)


def _document_entries(log: Log) -> Iterator[Entries]:
    joiner = LineJoiner()
    found: list[JoinedLines] = []
    with byte_stream(log.request.path, log.request.place) as stream:
        values = JsonValues(stream, log.request.place)
        log.tally.spoiled.nuls += stream.nuls
        for number, value in enumerate((row for each in values for row in rows_of(each)), 1):
            found += joiner.add(_value_piece(number, value, log))
            if len(found) >= _ENTRIES_A_BATCH:
                yield entries_of(found, log.request, log.tally)
                found = []
    log.tally.is_cut = values.is_cut
    yield entries_of([*found, *joiner.end()], log.request, log.tally)
    _note_joined(joiner, log)


def _value_piece(number: int, value: object, log: Log) -> Piece:
    """A value of a document: an object, or a text that stands where one is expected."""
    row = value if isinstance(value, dict) else {"message": str(value)}
    return row_piece(number, row, log.request, log.tally)


def _parquet_entries(log: Log) -> Iterator[Entries]:
    request = log.request
    try:
        with request.path.open("rb") as file:
            table = pq.ParquetFile(file)
            found = _as_request(request, table.schema_arrow)
            number = 1
            for batch in table.iter_batches(_ENTRIES_A_BATCH):
                rows = enumerate(batch.to_pylist(), number)
                pieces = [row_piece(place, row, found, log.tally, whole=True) for place, row in rows]
                yield entries_of([JoinedLines(each, each.severity) for each in pieces], found, log.tally)
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
    return replace(request, message=message)


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


_READERS: Mapping[LogFormat, Callable[[Log], Iterator[Entries]]] = {
    LogFormat.TEXT: _text_entries,
    LogFormat.JSON_LINES: _json_entries,
    LogFormat.JSON: _document_entries,
    LogFormat.PARQUET: _parquet_entries,
    LogFormat.JOURNAL: _journal_entries,
}
