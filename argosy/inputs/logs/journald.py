"""The export format of journald: fields a line each, or with a length where they are binary; entries by blank lines."""

from collections.abc import Iterator

from argosy.inputs.logs.byte_stream import LONGEST_LINE, Stream
from argosy.signals.errors import BadInput

_MEND = "export it again with journalctl -o export, or give journalctl -o json"


def journal_entries(stream: Stream, place: str) -> Iterator[dict[str, str]]:
    """The fields of each entry in turn; values are cut at `LONGEST_LINE`. An unfinished last entry is left out.

    Raises BadInput, naming the entry, for what is not in this format.
    """
    entry: dict[str, str] = {}
    number = 1
    while line := _line(stream):
        name, equals, value = line.removesuffix(b"\n").partition(b"=")
        if line == b"\n":
            if entry:
                yield entry
                number += 1
            entry = {}
        elif equals:
            entry[_text(name)] = _text(value)
        elif name and line.endswith(b"\n") and len(name) <= 64:
            entry[_text(name)] = _text(_binary(stream, f"{place}, entry {number}"))
        else:
            raise BadInput(f"{place}, entry {number}", "is not in the export format of journald", _MEND)
    if entry and "MESSAGE" in entry:
        yield entry


def _line(stream: Stream) -> bytes:
    """A line, cut where it is too long; what follows in it is read and dropped."""
    line = rest = stream.readline(4 * LONGEST_LINE)
    while rest and not rest.endswith(b"\n"):
        rest = stream.readline(4 * LONGEST_LINE)
    return line


def _binary(stream: Stream, place: str) -> bytes:
    size = int.from_bytes(stream.read(8), "little")
    value, left = stream.read(min(size, 4 * LONGEST_LINE)), max(0, size - 4 * LONGEST_LINE)
    while left and (dropped := stream.read(min(left, 1 << 20))):
        left -= len(dropped)
    if left or stream.read(1) != b"\n":
        raise BadInput(place, "a binary field does not end where it says", _MEND)
    return value


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")[:LONGEST_LINE]
