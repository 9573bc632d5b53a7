"""Lines out of bytes: any encoding, any length, plain or gzipped, from a file or a pipe, in bounded memory."""

import codecs
import gzip
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from argosy.connectors.column import named
from signals.errors import BadInput

LONGEST_LINE = 64 << 10
"""In characters; what follows in a line is left out, and said to be."""

PIPE = Path("-")
PARQUET, JOURNAL = b"PAR1", b"__CURSOR="
MAY_BE_BINARY = (PARQUET, JOURNAL)
"""How those formats begin that are no text throughout."""

_CHUNK_BYTES = 1 << 20
_SNIFFED_BYTES = 64 << 10
_GZIP = b"\x1f\x8b"
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MARK = b"\xef\xbb\xbf"
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\v\f\x1b\b\a")) + b"\x7f"
_MOST_CONTROLS = 0.05


@dataclass(eq=False)
class Spoiled:
    """How many lines could not be taken as they stood: too long and cut, or no UTF-8 and read as Windows-1252."""

    cut: int = 0
    recoded: int = 0


@contextmanager
def held(path: Path) -> Iterator[Path]:
    """The file itself; for `-` a copy on disk of all that comes down the pipe, which lasts as long as this."""
    if path != PIPE:
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="argosy-log-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy, _CHUNK_BYTES)
        copy.flush()
        yield Path(copy.name)


def beginning(path: Path, place: str) -> bytes:
    """The first bytes of a log, unpacked, in UTF-8 where they are text. Raises BadInput for what is no text."""
    with ExitStack() as stack:
        stream = _opened(path, place, stack)
        head = _read(stream, _SNIFFED_BYTES, place)
    if not head.strip():
        raise BadInput(place, "the log is empty", "give a file, or a pipe, that holds lines")
    if head[:2] in _WIDE:
        return head.decode("utf-16", "replace").encode()
    if not head.startswith(MAY_BE_BINARY) and len(head.translate(None, _CONTROLS)) < (1 - _MOST_CONTROLS) * len(head):
        raise BadInput(place, "is no text: it looks like a binary file", "give a log as text, JSON lines or Parquet")
    return head.removeprefix(_MARK)


@contextmanager
def byte_stream(path: Path, place: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where it is gzipped. Raises BadInput where it cannot be opened."""
    with ExitStack() as stack:
        yield _opened(path, place, stack)


def line_blocks(path: Path, place: str, spoiled: Spoiled) -> Iterator[list[str]]:
    """All lines without their ends, empty ones too, some thousands at a time.

    A line is cut at `LONGEST_LINE`, and read as Windows-1252 where it is no UTF-8; `spoiled` counts both. Raises
    BadInput for what cannot be read on.
    """
    with ExitStack() as stack:
        stream = _opened(path, place, stack)
        rest = b""
        for chunk in _chunks(stream, place):
            head, end, tail = chunk.rpartition(b"\n")
            if end:
                yield _decoded(rest + head, spoiled)
                rest = b""
            # Of a line that does not end, only the beginning is held: four bytes a character, and one to see the cut.
            rest = (rest + tail)[: 4 * LONGEST_LINE + 1]
        if rest:
            yield _decoded(rest, spoiled)


def _chunks(stream: IO[bytes], place: str) -> Iterator[bytes]:
    """UTF-8 without its mark, or what else it may be."""
    chunk = _read(stream, _CHUNK_BYTES, place)
    if chunk[:2] not in _WIDE:
        chunk = chunk.removeprefix(_MARK)
        while chunk:
            yield chunk
            chunk = _read(stream, _CHUNK_BYTES, place)
        return
    decoder = codecs.getincrementaldecoder(_WIDE[chunk[:2]])("replace")
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = _read(stream, _CHUNK_BYTES, place)


def _decoded(block: bytes, spoiled: Spoiled) -> list[str]:
    try:
        lines = block.decode().replace("\r\n", "\n").removesuffix("\r").split("\n")
    except UnicodeDecodeError:
        lines = [_line(line.removesuffix(b"\r"), spoiled) for line in block.split(b"\n")]
    if max(map(len, lines)) > LONGEST_LINE:
        spoiled.cut += sum(len(line) > LONGEST_LINE for line in lines)
        lines = [line[:LONGEST_LINE] for line in lines]
    return lines


def _line(line: bytes, spoiled: Spoiled) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        spoiled.recoded += 1
        return line.decode("cp1252", "replace")


def _opened(path: Path, place: str, stack: ExitStack) -> IO[bytes]:
    try:
        file = stack.enter_context(path.open("rb"))
        packed = file.read(2) == _GZIP
        file.seek(0)
    except OSError as error:
        raise BadInput(place, f"cannot be read: {(error.strerror or str(error)).lower()}", "check the file") from error
    if not packed:
        return file
    unpacked: IO[bytes] = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=file)))
    return unpacked


def _read(stream: IO[bytes], size: int, place: str) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(place, f"is damaged or cut short: {error}", "write it again, or unpack what can be") from error


def placed(path: Path) -> str:
    """How a log is called in messages."""
    return "stdin" if path == PIPE else named(path)
