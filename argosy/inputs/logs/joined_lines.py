"""Lines that belong together: a message with the stack trace below it is one entry."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from argosy.detectors.logs.stack_traces import Trace, goes_on_in_go, is_head_alone, kind_of_line, names_trouble
from argosy.inputs.logs.byte_stream import LONGEST_LINE
from argosy.signals.severity import Severity

_LEVEL_FIRST = re.compile(r"\w{2,20} ?: ")
_MOST_LINES = 500
"""Of an entry that has no stack trace."""


@dataclass(frozen=True)
class Piece:
    """A line, or a row: what it says, and at which level. `content` is what its program wrote, `own` the level that
    this says, without what carried it; `row` its fields.

    Those of different `source` are never joined. A piece that is `whole` begins an entry in any case.
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
class JoinedLines:
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


class LineJoiner:
    """Joins pieces as they come; what it gives back is finished. Holds one entry at a time.

    `joined` counts lines that became part of the entry before them, and `cut` entries that were too long.
    """

    def __init__(self) -> None:
        self._open: JoinedLines | None = None
        self.joined = 0
        self.cut = 0

    def add(self, piece: Piece) -> Iterator[JoinedLines]:
        """The entry that ends where this piece begins one of its own, if it does."""
        entry = self._open
        kind = kind_of_line(piece.content)
        if (
            entry is not None
            and not piece.whole
            and piece.source == entry.first.source
            and _continues(entry, piece, kind)
        ):
            _join(entry, piece, kind)
            self.joined += 1
            return
        yield from self.end()
        self._open = _begun(piece, kind)

    def blank(self) -> None:
        """A line without text, which stacks of goroutines and chained exceptions have within them."""
        if self._open is not None:
            self._open.blank = True

    def end(self) -> Iterator[JoinedLines]:
        """The entry that was open."""
        if self._open is not None:
            self.cut += self._open.cut
            yield self._open
        self._open = None


def _begun(piece: Piece, kind: Trace) -> JoinedLines:
    crashed = kind in (Trace.CRASH, Trace.END, Trace.TRACEBACK) and piece.own is Severity.UNKNOWN and not piece.whole
    return JoinedLines(
        piece,
        max(piece.severity, Severity.ERROR) if crashed else piece.severity,
        trace=kind,
        in_go=piece.content.startswith(("panic: ", "fatal error: ", "goroutine ")),
        awaits_exception=kind is Trace.TRACEBACK or piece.content.startswith(("thread '", "/", "file://")),
    )


def _continues(entry: JoinedLines, piece: Piece, kind: Trace) -> bool:
    """Whether a piece is part of the entry before it."""
    if _is_head_alone(entry):
        return piece.own is not Severity.UNKNOWN and bool(_LEVEL_FIRST.match(piece.content))
    match kind:
        case Trace.FRAME:
            return True
        case Trace.CRASH:
            return False
        case Trace.END:
            return entry.trace is not Trace.NONE
        case Trace.MORE:
            return entry.trace is not Trace.NONE or _announces(entry, kind)
        case Trace.EXCEPTION | Trace.TRACEBACK:
            return entry.awaits_exception or _announces(entry, kind)
        case _:
            return _goes_on(entry, piece)


def _announces(entry: JoinedLines, kind: Trace) -> bool:
    """Whether an exception below an entry is the one that its message is about.

    Below a message that says all is well it is another program's end, and an entry of its own.
    """
    if entry.trace is not Trace.NONE and not (kind is Trace.TRACEBACK and entry.blank and _is_chained(entry)):
        return False
    if entry.first.own is Severity.UNKNOWN and not entry.severity.is_error:
        stamped = entry.first.content[:1].isdigit() or entry.first.content.startswith("[")
        return names_trouble(entry.first.content) or (stamped and kind is Trace.EXCEPTION)
    return entry.severity >= Severity.WARNING


def _is_chained(entry: JoinedLines) -> bool:
    return bool(entry.lines) and "above exception" in entry.lines[-1]


def _goes_on(entry: JoinedLines, piece: Piece) -> bool:
    """Of a line that is none of a trace by itself."""
    content = piece.content
    indented = content[:1] in (" ", "\t")
    if entry.in_go and goes_on_in_go(content):
        return True
    if entry.trace is not Trace.NONE and indented:
        return True
    if entry.awaits_exception and not entry.blank and piece.own is Severity.UNKNOWN:
        return not content[:1].isdigit()
    if not indented or piece.is_wrapped or entry.blank or len(entry.lines) >= _MOST_LINES:
        return False
    begins = entry.first.content[:1] in (" ", "\t")
    return not begins and piece.own is Severity.UNKNOWN and not content.lstrip()[:1].isdigit()


def _join(entry: JoinedLines, piece: Piece, kind: Trace) -> None:
    alone = _is_head_alone(entry)
    entry.add(piece.content)
    if alone:
        entry.severity = piece.severity
        return
    indented = piece.content[:1] in (" ", "\t")
    if kind is Trace.TRACEBACK:
        entry.awaits_exception = True
    elif entry.awaits_exception and not indented:
        entry.awaits_exception = False
    entry.in_go |= piece.content.startswith("goroutine ")
    if kind is not Trace.NONE:
        entry.trace = kind if entry.trace is Trace.NONE else entry.trace
        unsaid = entry.first.own is Severity.UNKNOWN and entry.severity < Severity.WARNING
        entry.severity = Severity.ERROR if unsaid else entry.severity


def _is_head_alone(entry: JoinedLines) -> bool:
    return not entry.lines and entry.first.own is Severity.UNKNOWN and is_head_alone(entry.first.content)
