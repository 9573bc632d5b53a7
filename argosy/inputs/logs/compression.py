"""Packed files as bytes: gzip, bzip2, xz and zstd, told by how they begin, in bounded memory."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    import pyarrow as pa

DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What reading raises where a packed file is damaged or cut short."""

_MOST_MEMORY_BYTES = 256 << 20
"""For xz, whose files say how much memory they need; the highest usual level needs 65 MiB."""

_CHUNK_BYTES = 256 << 10


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Unpacked(io.RawIOBase):
    """A packed file of one or more streams, unpacked a piece at a time."""

    def __init__(self, file: IO[bytes], new: Callable[[], _Unpacker]) -> None:
        self._file, self._new, self._unpacker = file, new, new()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while True:
            data = b""
            if self._unpacker.eof:
                data = self._unpacker.unused_data or self._file.read(_CHUNK_BYTES)
                if not data.strip(b"\0"):
                    return 0
                self._unpacker = self._new()
            elif self._unpacker.needs_input:
                data = self._file.read(_CHUNK_BYTES)
                if not data:
                    raise EOFError("it ends within its packed data")
            if found := self._unpacker.decompress(data, len(buffer)):
                buffer[: len(found)] = found
                return len(found)


def _gzip(file: IO[bytes], stack: ExitStack) -> IO[bytes]:
    return cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=file)))


def _bzip2(file: IO[bytes], _stack: ExitStack) -> IO[bytes]:
    return cast(IO[bytes], io.BufferedReader(_Unpacked(file, bz2.BZ2Decompressor)))


def _xz(file: IO[bytes], _stack: ExitStack) -> IO[bytes]:
    return cast(
        IO[bytes], io.BufferedReader(_Unpacked(file, lambda: lzma.LZMADecompressor(memlimit=_MOST_MEMORY_BYTES)))
    )


def _zstd(file: IO[bytes], _stack: ExitStack) -> IO[bytes]:
    import pyarrow as pa

    return cast(IO[bytes], io.BufferedReader(_Arrow(pa.CompressedInputStream(file, "zstd"))))


class _Arrow(io.RawIOBase):
    def __init__(self, stream: "pa.CompressedInputStream") -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        import pyarrow as pa

        try:
            found = self._stream.read(len(buffer))
        except pa.ArrowException as error:
            raise OSError(str(error)) from error
        buffer[: len(found)] = found
        return len(found)


_FORMATS: Mapping[bytes, Callable[[IO[bytes], ExitStack], IO[bytes]]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\x00": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}
_LONGEST_SIGN = 6


def unpacked(file: IO[bytes], stack: ExitStack) -> IO[bytes]:
    """The file itself, or what is packed in it. Reading it raises one of `DAMAGED`."""
    head = file.read(_LONGEST_SIGN)
    file.seek(0)
    opened = next((form for sign, form in _FORMATS.items() if head.startswith(sign)), None)
    return opened(file, stack) if opened else file
