"""From the fields of a log entry to one line of text with its level, and from a cell to a label."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from argosy.detectors.logs.written_severity import read_severity
from argosy.inputs.logs.ansi import without_colours
from argosy.inputs.logs.field_severity import request_severity, severity_of_fields, transport_severity, value_at
from argosy.signals.errors import BadInput
from argosy.signals.severity import Severity

MESSAGES = ("message", "msg", "MESSAGE", "content", "log", "text", "event", "body", "raw", "line")
_FARTHER_MESSAGES = (
    "@message",
    "@m",
    "@mt",
    "_msg",
    "Message",
    "RenderedMessage",
    "Body",
    "short_message",
    "textPayload",
    "jsonPayload.message",
    "jsonPayload.msg",
    "body.stringValue",
    "fields.message",
    "event.original",
    "_source.message",
)
_CARRIED = frozenset({"log", "MESSAGE", "body", "raw", "line", "textPayload", "event.original", "_msg", "Body"})
"""Messages that a collector put round what a program wrote, whose level is nearer than the collector's."""

LEVELS = ("level", "severity", "levelname", "lvl", "log.level", "PRIORITY", "Level")
SOURCES = (
    "logger",
    "component",
    "service",
    "program",
    "app",
    "unit",
    "SYSLOG_IDENTIFIER",
    "_COMM",
    "service.name",
    "log.logger",
    "logger_name",
)
_STACKS = (
    "stack_trace",
    "exc_info",
    "exception",
    "stacktrace",
    "stack",
    "traceback",
    "error.stack_trace",
    "error.stack",
    "err.stack",
    "exception.stacktrace",
    "attributes.exception.stacktrace",
    "@x",
)
_HOLD_STACKS = frozenset({*_STACKS, *(name.partition(".")[0] for name in _STACKS)})

_MOST_DEPTH = 4
_MOST_WITHIN = 3
_ABNORMAL = frozenset({"1", "true", "abnormal", "anomaly", "anomalous", "yes"})
_NORMAL = frozenset({"", "0", "false", "normal", "no", "-"})


@dataclass(frozen=True)
class ReadRow:
    """What the fields of an entry say: its text, level in front, and that level. `message` is the message alone, and
    `own` the level that the program itself gave it.

    `is_carried`: the row is what a collector put round a line of text.
    """

    text: str
    severity: Severity
    own: Severity
    message: str = ""
    source: str = ""
    is_carried: bool = False


def read_row(row: Mapping[str, object], message: str | None = None, depth: int = 0) -> ReadRow:
    """Level, source and message of a row; every field as name=value where there is no message.

    A message that is an object itself is read in its place.

    >>> read_row({"PRIORITY": "3", "_COMM": "sshd", "MESSAGE": "bad key", "_PID": "7"}).text
    'ERROR sshd: bad key'
    >>> read_row({"user": "ann", "status": {"code": 0}}).text
    'user=ann status.code=0'
    """
    name, said = _message(row, message)
    given = severity_of_fields(row)
    if name is None:
        if message is not None:
            return ReadRow("", given, given)
        text = " ".join(f"{field}={value}" for field, value in _flat(row, "", 0))
        known = transport_severity(row) if given is Severity.UNKNOWN else given
        return ReadRow(text, max(known, request_severity(row)), given, text)
    if depth < _MOST_WITHIN and (within := _object(said)) is not None and message is None:
        inner = read_row(within, None, depth + 1)
        if inner.severity is not Severity.UNKNOWN or inner.message:
            return _within(inner, row, name)
    return _read_message(row, name, said, given)


def _within(inner: ReadRow, row: Mapping[str, object], name: str) -> ReadRow:
    """What a message says that is an object: at its own level where a collector carried it, else at that of the row."""
    given, carried = severity_of_fields(row), name in _CARRIED
    levels = (inner.own, given, transport_severity(row)) if carried else (given, inner.own, transport_severity(row))
    own = next((each for each in levels if each is not Severity.UNKNOWN), Severity.UNKNOWN)
    severity = own if inner.severity is inner.own else max(own, inner.severity)
    if severity is inner.severity:
        return inner
    text = inner.text.removeprefix(f"{inner.severity.name} ")
    return replace(inner, text=f"{severity.name} {text}", severity=severity, own=own)


def _read_message(row: Mapping[str, object], name: str, said: str, given: Severity) -> ReadRow:
    level = next((str(row[each]) for each in LEVELS if each != name and _is_plain(row.get(each))), "")
    source = next((str(found) for each in SOURCES if each != name and _is_plain(found := value_at(row, each))), "")
    # Of a line of text that a collector wrapped, the line is nearer than what all of a stream is taken for.
    carried = given is Severity.UNKNOWN or name == "textPayload"
    own = read_severity(said) if carried else given
    known = (each for each in (own, given, transport_severity(row)) if each is not Severity.UNKNOWN)
    severity = next(known, Severity.UNKNOWN)
    mark = level if severity is Severity.UNKNOWN and not level.isdigit() else severity.name
    in_text = carried and own is not Severity.UNKNOWN
    parts = ("" if in_text or mark == Severity.UNKNOWN.name else mark, f"{source}:" if source else "", said)
    text = "\n".join([" ".join(part for part in parts if part), *_stack(row, said)])
    if not severity.is_error:
        severity = max(severity, request_severity(row))
    return ReadRow(text, severity, own, said, source, carried)


def line_of(row: Mapping[str, object], message: str | None = None) -> str:
    """One line for a row, as `read_row` has it."""
    return read_row(row, message).text


def _message(row: Mapping[str, object], message: str | None) -> tuple[str | None, str]:
    """The name of the message and what it says; no name where there is none."""
    if message is not None:
        value = value_at(row, message)
        return (None, "") if value is None else (message, _as_text(value))
    for name in (*MESSAGES, *_FARTHER_MESSAGES):
        value = row.get(name) if name in MESSAGES else value_at(row, name)
        if isinstance(value, str | list) and (said := _as_text(value)):
            return name, said
    return None, ""


def _as_text(value: object) -> str:
    """A message: journald writes those that are no plain text as a list of bytes, and several as a list."""
    if not isinstance(value, list):
        return _tidied(str(value))
    if value and all(map(_is_byte, value)):
        return _tidied(bytes(value).decode("utf-8", "replace"))
    several = [bytes(each) if isinstance(each, list) and all(map(_is_byte, each)) else each for each in value]
    texts = [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in several]
    return "\n".join(_tidied(each) for each in texts if isinstance(each, str))


def _is_byte(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 256


def _tidied(text: str) -> str:
    return without_colours(text).rstrip("\r\n")


def _object(text: str) -> Mapping[str, object] | None:
    """The object that a message is, if it is one."""
    stripped = text.strip()
    if not (stripped.startswith("{") and stripped.endswith("}")):
        return None
    try:
        value = json.loads(stripped, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _stack(row: Mapping[str, object], said: str) -> Iterator[str]:
    """The stack trace of a row that has it in a field of its own."""
    if _HOLD_STACKS.isdisjoint(row):
        return
    for name in _STACKS:
        value = value_at(row, name)
        text = "\n".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(text, str) and text.strip() and text.strip() not in said:
            yield _tidied(text)
            return


def label_of(cell: object, place: str) -> bool:
    """Whether a label says abnormal. Raises BadInput for what says neither."""
    word = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip().casefold()
    if cell is None or word in _NORMAL:
        return False
    if word in _ABNORMAL:
        return True
    raise BadInput(place, f"{word[:40]!r} is no label", "write 1 or abnormal, and 0 or normal")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and value != ""


def _flat(row: Mapping[str, object], prefix: str, depth: int) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, Mapping) and depth < _MOST_DEPTH:
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        elif value is not None and value != "":
            yield f"{prefix}{name}", value
