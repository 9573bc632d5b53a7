"""Lines out of bytes: any encoding, any length, packed or not, from a file or a pipe, in bounded memory."""

import codecs
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from argosy.inputs.logs.compression import DAMAGED, unpacked
from argosy.inputs.quoting import named
from argosy.signals.errors import BadInput

LONGEST_LINE = 64 << 10
"""In characters; what follows in a line is left out, and said to be."""

PIPE = Path("-")
PARQUET = b"PAR1"
JOURNAL = (b"__CURSOR=", b"__REALTIME_TIMESTAMP=", b"__MONOTONIC_TIMESTAMP=", b"__SEQNUM=")
MAY_BE_BINARY = (PARQUET, *JOURNAL)
"""How those formats begin that are no text throughout."""

_CHUNK_BYTES = 1 << 20
_SNIFFED_BYTES = 64 << 10
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MARK = b"\xef\xbb\xbf"
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\v\f\x1b\b\a")) + b"\x7f"
_MOST_CONTROLS = 0.05
_LOST = re.compile(rb"\0{64,}")
_NULS, _NULS_IN_FRONT = re.compile(rb"\0+"), re.compile(rb"^\0+", re.MULTILINE)


@dataclass(eq=False)
class DamagedLines:
    """How many lines could not be taken as they stood: too long and cut, or no UTF-8 and read as Windows-1252.

    `nuls` counts bytes of zeros that were left out, which a rotated or half written file has.
    """

    cut: int = 0
    recoded: int = 0
    nuls: int = 0


@dataclass(frozen=True)
class FileIdentity:
    """Which file a path leads to, and how long it is, so that a log that was rotated meanwhile is known."""

    device: int
    inode: int
    size_bytes: int

    def continues(self, earlier: "FileIdentity") -> bool:
        """Whether this is the same file, to which lines were added at most."""
        same = (self.device, self.inode) == (earlier.device, earlier.inode)
        return same and self.size_bytes >= earlier.size_bytes


def file_identity(path: Path) -> FileIdentity | None:
    """How a file stands now; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return FileIdentity(found.st_dev, found.st_ino, found.st_size)


class Stream:
    """The bytes of a file, unpacked where it is packed; where they cannot be read on, BadInput names `place`.

    Zeros at its head, which a log has that was rotated while it was written, are left out and counted in `nuls`.
    """

    def __init__(self, file: IO[bytes], place: str) -> None:
        self._file, self._place = file, place
        self.nuls = 0
        with self._told():
            self._pass_nuls()

    def _pass_nuls(self) -> None:
        while head := self._file.peek(_CHUNK_BYTES):  # type: ignore[attr-defined]
            count = len(head) - len(head.lstrip(b"\0"))
            self.nuls += len(self._file.read(count))
            if count < len(head):
                return

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; all that are left where the size is below 0."""
        with self._told():
            return self._file.read(size)

    def readline(self, size: int = -1) -> bytes:
        """A line with its end, cut at `size`; nothing at the end of the file."""
        with self._told():
            return self._file.readline(size)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DAMAGED as error:
            mend = "write it again, or unpack what can be"
            raise BadInput(self._place, f"is damaged or cut short: {error}", mend) from error


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
        head = stream.read(_SNIFFED_BYTES)
    if not head.strip():
        raise BadInput(place, "the log is empty", "give a file, or a pipe, that holds lines")
    if head[:2] in _WIDE:
        return head.decode("utf-16", "replace").encode()
    dense = _LOST.sub(b"", head)
    if not head.startswith(MAY_BE_BINARY) and len(dense.translate(None, _CONTROLS)) < (1 - _MOST_CONTROLS) * len(dense):
        raise BadInput(place, "is no text: it looks like a binary file", "give a log as text, JSON lines or Parquet")
    return head.removeprefix(_MARK)


def check_log(path: Path) -> None:
    """Raises BadInput where a file cannot be opened; a pipe is left alone."""
    if path != PIPE:
        with byte_stream(path, placed(path)):
            pass


@contextmanager
def byte_stream(path: Path, place: str) -> Iterator[Stream]:
    """A file as long as it is read. Raises BadInput where it cannot be opened."""
    with ExitStack() as stack:
        yield _opened(path, place, stack)


def line_blocks(path: Path, place: str, spoiled: DamagedLines) -> Iterator[list[str]]:
    """All lines without their ends, empty ones too, some thousands at a time.

    A line is cut at `LONGEST_LINE`, and read as Windows-1252 where it is no UTF-8; `spoiled` counts both. Raises
    BadInput for what cannot be read on.
    """
    with ExitStack() as stack:
        stream = _opened(path, place, stack)
        spoiled.nuls += stream.nuls
        rest = b""
        for chunk in _chunks(stream):
            head, end, tail = chunk.rpartition(b"\n")
            if end:
                yield _decoded(rest + head, spoiled)
                rest = b""
            # Of a line that does not end, only the beginning is held: four bytes a character, and one to see the cut.
            rest = (rest + tail)[: 4 * LONGEST_LINE + 1]
        if rest:
            yield _decoded(rest, spoiled)


def whole_lines(path: Path, place: str) -> Iterator[bytes]:
    """All lines without their ends, however long, in UTF-8 or what else they were. Raises BadInput."""
    with ExitStack() as stack:
        parts: list[bytes] = []
        for chunk in _chunks(_opened(path, place, stack)):
            *ended, rest = chunk.split(b"\n")
            for line in ended:
                yield b"".join((*parts, line)).removesuffix(b"\r")
                parts = []
            parts.append(rest)
        if any(parts):
            yield b"".join(parts)


def _chunks(stream: Stream) -> Iterator[bytes]:
    """UTF-8 without its mark, or what else it may be."""
    chunk = stream.read(_CHUNK_BYTES)
    if chunk[:2] not in _WIDE:
        chunk = chunk.removeprefix(_MARK)
        while chunk:
            yield chunk
            chunk = stream.read(_CHUNK_BYTES)
        return
    decoder = codecs.getincrementaldecoder(_WIDE[chunk[:2]])("replace")
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = stream.read(_CHUNK_BYTES)


def _decoded(block: bytes, spoiled: DamagedLines) -> list[str]:
    if b"\0" in block:
        spoiled.nuls += block.count(b"\0")
        block = _NULS.sub(b" ", _NULS_IN_FRONT.sub(b"", block))
    try:
        lines = block.decode().replace("\r\n", "\n").removesuffix("\r").split("\n")
    except UnicodeDecodeError:
        lines = [read_line(line.removesuffix(b"\r"), spoiled) for line in block.split(b"\n")]
    if max(map(len, lines)) > LONGEST_LINE:
        spoiled.cut += sum(len(line) > LONGEST_LINE for line in lines)
        lines = [line[:LONGEST_LINE] for line in lines]
    return lines


def read_line(line: bytes, spoiled: DamagedLines) -> str:
    """One line as text: UTF-8, or else Windows-1252, which is counted."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        spoiled.recoded += 1
        return line.decode("cp1252", "replace")


def _opened(path: Path, place: str, stack: ExitStack) -> Stream:
    try:
        file = unpacked(stack.enter_context(path.open("rb")), stack)
    except OSError as error:
        raise BadInput(place, f"cannot be read: {(error.strerror or str(error)).lower()}", "check the file") from error
    return Stream(file, place)


def placed(path: Path) -> str:
    """How a log is called in messages."""
    return "stdin" if path == PIPE else named(path)
