"""The export format of journald: fields a line each, or with a length where they are binary; entries by blank lines."""

import re
from collections.abc import Iterator

from argosy.inputs.logs.byte_stream import JOURNAL, LONGEST_LINE, Stream
from argosy.signals.errors import BadInput

_ENTRY = re.compile(rb"(?:_{0,2}[A-Z][A-Z\d_]{1,63}=[^\n]*+\n){1,300}(?:_{0,2}[A-Z][A-Z\d_]{1,63}\n|\n)")
_MEND = "export it again with journalctl -o export, or give journalctl -o json"


def is_journal(head: bytes) -> bool:
    """Whether a log begins as an entry of this format: fields a line each, a blank line behind them, and a message."""
    found = _ENTRY.match(head)
    return head.startswith(JOURNAL) or (found is not None and b"MESSAGE" in found.group())


def journal_entries(stream: Stream, place: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The first line and the fields of each entry in turn; values are cut at `LONGEST_LINE`. An unfinished last entry
    is left out.

    Raises BadInput, naming the entry, for what is not in this format.
    """
    entry: dict[str, str] = {}
    number = 1
    lines = _Lines(stream)
    first = 1
    while line := lines.next():
        name, equals, value = line.removesuffix(b"\n").partition(b"=")
        if line == b"\n":
            if entry:
                yield first, entry
                number += 1
            entry = {}
            continue
        if not entry:
            first = lines.number
        if equals:
            entry[_text(name)] = _text(value)
        elif name and line.endswith(b"\n") and len(name) <= 64:
            entry[_text(name)] = _text(lines.binary(f"{place}, entry {number}"))
        else:
            raise BadInput(f"{place}, entry {number}", "is not in the export format of journald", _MEND)
    if entry and "MESSAGE" in entry:
        yield first, entry


class _Lines:
    """Lines and binary values of a stream; `number` is that of the last line."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._within = 0
        self.number = 0

    def next(self) -> bytes:
        """A line, cut where it is too long; what follows in it is read and dropped."""
        line = rest = self._stream.readline(4 * LONGEST_LINE)
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(4 * LONGEST_LINE)
        self.number += 1 + self._within
        self._within = 0
        return line

    def binary(self, place: str) -> bytes:
        """A value that says its length first, cut where it is too long. Raises BadInput where it ends elsewhere."""
        size = int.from_bytes(self._stream.read(8), "little")
        value, left = self._stream.read(min(size, 4 * LONGEST_LINE)), max(0, size - 4 * LONGEST_LINE)
        self._within += 1 + value.count(b"\n")
        while left and (dropped := self._stream.read(min(left, 1 << 20))):
            left -= len(dropped)
            self._within += dropped.count(b"\n")
        if left or self._stream.read(1) != b"\n":
            raise BadInput(place, "a binary field does not end where it says", _MEND)
        return value


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")[:LONGEST_LINE]
