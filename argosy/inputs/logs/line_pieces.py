"""Lines of a log as pieces of entries: text, objects, and either of them within what a collector put round it."""

import json
from collections.abc import Iterator, Mapping

from argosy.detectors.logs.access_status import severity_of_status
from argosy.detectors.logs.written_severity import read_severity
from argosy.inputs.logs.ansi import without_colours
from argosy.inputs.logs.byte_stream import LONGEST_LINE
from argosy.inputs.logs.entries import LogRequest, Tally
from argosy.inputs.logs.field_severity import is_pino_number, value_at
from argosy.inputs.logs.fields import read_row
from argosy.inputs.logs.joined_lines import Piece
from argosy.inputs.logs.json_values import rows_of
from argosy.inputs.logs.wrapping import Wrapped, Wrapping
from argosy.signals.severity import Severity

_STATUS_COLUMN = "sc-status"


def object_of(line: str) -> Mapping[str, object] | None:
    """The fields of a line that is a JSON object."""
    if line.lstrip()[:1] != "{":
        return None
    try:
        row = json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


class LinePieces:
    """Reads lines one after the other. `as_rows`: objects are rows with fields, and not text."""

    def __init__(self, request: LogRequest, wrapping: Wrapping, tally: Tally, as_rows: bool) -> None:
        self._request, self._wrapping, self._tally, self._as_rows = request, wrapping, tally, as_rows
        self._partial: dict[str, tuple[int, str]] = {}
        self._status_at: int | None = None

    def of(self, number: int, line: str) -> Iterator[Piece]:
        """What a line holds: mostly one piece, none where it goes on in the next, several of an export of many."""
        line = without_colours(line)
        wrapped = self._wrapping.of(line)
        number, wrapped, line = self._whole(number, wrapped, line)
        if wrapped.partial:
            return
        if self._as_rows:
            yield from self._rows(number, wrapped, line)
        else:
            yield self._text(number, wrapped, line)

    def rest(self) -> Iterator[Piece]:
        """What was to go on when the log ended."""
        for source, (number, content) in self._partial.items():
            yield self._text(number, Wrapped(content, source, True), content)

    def _whole(self, number: int, wrapped: Wrapped, line: str) -> tuple[int, Wrapped, str]:
        """The line with those before it that a container runtime cut it from."""
        if not wrapped.partial and wrapped.source not in self._partial:
            return number, wrapped, line
        first, before = self._partial.pop(wrapped.source, (number, ""))
        prefix = line.removesuffix(wrapped.content)
        content = (before + wrapped.content)[:LONGEST_LINE]
        if wrapped.partial:
            self._partial[wrapped.source] = (first, content)
            return first, wrapped, line
        return first, Wrapped(content, wrapped.source, True), prefix + content

    def _rows(self, number: int, wrapped: Wrapped, line: str) -> Iterator[Piece]:
        found = object_of(wrapped.content)
        if found is None and self._request.label:
            self._tally.skipped.add(number)
        elif found is None:
            yield self._text(number, wrapped, _unquoted(line))
        else:
            for row in rows_of(found):
                if isinstance(row, dict):
                    yield row_piece(number, row, self._request, self._tally)

    def _text(self, number: int, wrapped: Wrapped, line: str) -> Piece:
        own = read_severity(wrapped.content)
        severity = read_severity(line) if own is Severity.UNKNOWN and wrapped.is_wrapped else own
        if severity is Severity.UNKNOWN:
            severity = own = self._by_column(line) or _of_object_within(wrapped.content)
        return Piece(number, line, severity, own, wrapped.content, wrapped.source, None, wrapped.is_wrapped)

    def _by_column(self, line: str) -> Severity | None:
        """By the status of a request, where a line has named the columns (W3C: IIS, CloudFront)."""
        if line.startswith("#Fields:"):
            columns = line.split()[1:]
            self._status_at = columns.index(_STATUS_COLUMN) if _STATUS_COLUMN in columns else None
        if self._status_at is None or line.startswith("#"):
            return None
        cells = line.split()
        status = cells[self._status_at] if self._status_at < len(cells) else ""
        found = severity_of_status(int(status)) if status.isascii() and status.isdigit() else Severity.UNKNOWN
        return None if found is Severity.UNKNOWN else found


def _unquoted(line: str) -> str:
    """A line that is a JSON text, as that text."""
    if not (line.startswith('"') and line.endswith('"')):
        return line
    try:
        return str(json.loads(line, strict=False))
    except ValueError:
        return line


def _of_object_within(line: str) -> Severity:
    """The level that an object says which ends a line, or is all of it."""
    at = line.find("{")
    if at < 0 or not line.rstrip().endswith("}"):
        return Severity.UNKNOWN
    row = object_of(line[at:])
    return read_row(row).severity if row is not None else Severity.UNKNOWN


def row_piece(number: int, row: Mapping[str, object], request: LogRequest, tally: Tally, whole: bool = False) -> Piece:
    """The piece of a row; `whole` where rows are entries in any case."""
    hidden = {request.label, request.session} - {None}
    read = read_row({name: cell for name, cell in row.items() if name not in hidden}, request.message)
    tally.numbered += is_pino_number(row)
    source = "\t".join(
        [read.source, *(str(value_at(row, name) or "") for name in ("stream", "_PID", "kubernetes.pod_name"))]
    )
    alone = whole or not read.is_carried or bool(request.label) or "\n" in read.message
    return Piece(number, read.text, read.severity, read.own, read.message, source, row, True, alone)
