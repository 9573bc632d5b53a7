"""Lines that belong together: a message with the stack trace below it is one event."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from argosy.detectors.logs.stack_traces import Trace, goes_on_in_go, is_head_alone, kind_of_line, names_trouble
from argosy.inputs.logs.byte_stream import LONGEST_LINE
from argosy.signals.severity import Severity

_LEVEL_FIRST = re.compile(r"\w{2,20} ?: ")
_MOST_LINES = 500
"""Of an event that has no stack trace."""


@dataclass(frozen=True)
class Piece:
    """A line, or a row: what it says, and at which level. `content` is what its program wrote, `own` the level that
    this says, without what carried it; `row` its fields.

    Those of different `source` are never joined. A piece that is `whole` begins an event in any case.
    """

    number: int
    text: str
    severity: Severity
    own: Severity
    content: str
    source: str = ""
    row: Mapping[str, object] | None = None
    is_wrapped: bool = False
    whole: bool = False


@dataclass(eq=False)
class LogEvent:
    """One entry of a log: its first piece, and the lines that were joined to it."""

    first: Piece
    severity: Severity
    lines: list[str] = field(default_factory=list)
    trace: Trace = Trace.NONE
    chars: int = 0
    cut: bool = False
    in_go: bool = False
    awaits_exception: bool = False
    blank: bool = False

    @property
    def text(self) -> str:
        return "\n".join([self.first.text, *self.lines])

    def add(self, line: str) -> None:
        """A line more; beyond `LONGEST_LINE` characters they are left out, and `cut` says so."""
        if self.blank:
            line, self.blank = f"\n{line}", False
        self.chars += len(line) + 1
        if self.chars + len(self.first.text) > LONGEST_LINE:
            self.cut = True
        else:
            self.lines.append(line)


class EventJoiner:
    """Joins pieces as they come; what it gives back is finished. Holds one event at a time.

    `joined` counts lines that became part of the event before them, and `cut` events that were too long.
    """

    def __init__(self) -> None:
        self._open: LogEvent | None = None
        self.joined = 0
        self.cut = 0

    def add(self, piece: Piece) -> Iterator[LogEvent]:
        """The event that ends where this piece begins one of its own, if it does."""
        event = self._open
        kind = kind_of_line(piece.content)
        if (
            event is not None
            and not piece.whole
            and piece.source == event.first.source
            and _continues(event, piece, kind)
        ):
            _join(event, piece, kind)
            self.joined += 1
            return
        yield from self.end()
        self._open = _begun(piece, kind)

    def blank(self) -> None:
        """A line without text, which stacks of goroutines and chained exceptions have within them."""
        if self._open is not None:
            self._open.blank = True

    def end(self) -> Iterator[LogEvent]:
        """The event that was open."""
        if self._open is not None:
            self.cut += self._open.cut
            yield self._open
        self._open = None


def _begun(piece: Piece, kind: Trace) -> LogEvent:
    crashed = kind in (Trace.CRASH, Trace.END, Trace.TRACEBACK) and piece.own is Severity.UNKNOWN and not piece.whole
    return LogEvent(
        piece,
        max(piece.severity, Severity.ERROR) if crashed else piece.severity,
        trace=kind,
        in_go=piece.content.startswith(("panic: ", "fatal error: ", "goroutine ")),
        awaits_exception=kind is Trace.TRACEBACK or piece.content.startswith(("thread '", "/", "file://")),
    )


def _continues(event: LogEvent, piece: Piece, kind: Trace) -> bool:
    """Whether a piece is part of the event before it."""
    if _is_head_alone(event):
        return piece.own is not Severity.UNKNOWN and bool(_LEVEL_FIRST.match(piece.content))
    match kind:
        case Trace.FRAME:
            return True
        case Trace.CRASH:
            return False
        case Trace.END:
            return event.trace is not Trace.NONE
        case Trace.MORE:
            return event.trace is not Trace.NONE or _announces(event, kind)
        case Trace.EXCEPTION | Trace.TRACEBACK:
            return event.awaits_exception or _announces(event, kind)
        case _:
            return _goes_on(event, piece)


def _announces(event: LogEvent, kind: Trace) -> bool:
    """Whether an exception below an event is the one that its message is about.

    Below a message that says all is well it is another program's end, and an event of its own.
    """
    if event.trace is not Trace.NONE and not (kind is Trace.TRACEBACK and event.blank and _is_chained(event)):
        return False
    if event.first.own is Severity.UNKNOWN and not event.severity.is_error:
        stamped = event.first.content[:1].isdigit() or event.first.content.startswith("[")
        return names_trouble(event.first.content) or (stamped and kind is Trace.EXCEPTION)
    return event.severity >= Severity.WARNING


def _is_chained(event: LogEvent) -> bool:
    return bool(event.lines) and "above exception" in event.lines[-1]


def _goes_on(event: LogEvent, piece: Piece) -> bool:
    """Of a line that is none of a trace by itself."""
    content = piece.content
    indented = content[:1] in (" ", "\t")
    if event.in_go and goes_on_in_go(content):
        return True
    if event.trace is not Trace.NONE and indented:
        return True
    if event.awaits_exception and not event.blank and piece.own is Severity.UNKNOWN:
        return not content[:1].isdigit()
    if not indented or piece.is_wrapped or event.blank or len(event.lines) >= _MOST_LINES:
        return False
    begins = event.first.content[:1] in (" ", "\t")
    return not begins and piece.own is Severity.UNKNOWN and not content.lstrip()[:1].isdigit()


def _join(event: LogEvent, piece: Piece, kind: Trace) -> None:
    alone = _is_head_alone(event)
    event.add(piece.content)
    if alone:
        event.severity = piece.severity
        return
    indented = piece.content[:1] in (" ", "\t")
    if kind is Trace.TRACEBACK:
        event.awaits_exception = True
    elif event.awaits_exception and not indented:
        event.awaits_exception = False
    event.in_go |= piece.content.startswith("goroutine ")
    if kind is not Trace.NONE:
        event.trace = kind if event.trace is Trace.NONE else event.trace
        unsaid = event.first.own is Severity.UNKNOWN and event.severity < Severity.WARNING
        event.severity = Severity.ERROR if unsaid else event.severity


def _is_head_alone(event: LogEvent) -> bool:
    return not event.lines and event.first.own is Severity.UNKNOWN and is_head_alone(event.first.content)
