"""Channels to a harness: a plain socket, and a socket attached to a container."""

import contextlib
import socket
import struct
import time
from typing import Protocol

from argosy.sandbox.wire import BadFrame, ChannelClosed

KEPT_STDERR_BYTES = 4096
_STDOUT, _STDERR = 1, 2


class SocketChannel:
    """Both byte streams over one connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def send(self, part: memoryview, deadline: float) -> None:
        self._socket.settimeout(_left(deadline))
        try:
            self._socket.sendall(part)
        except (BrokenPipeError, ConnectionError) as error:
            raise ChannelClosed from error

    def fill(self, view: memoryview, deadline: float) -> None:
        while view:
            view = view[self.receive(view, deadline) :]

    def receive(self, view: memoryview, deadline: float) -> int:
        """Some bytes, at least one. Raises TimeoutError and Hung."""
        self._socket.settimeout(_left(deadline))
        try:
            count = self._socket.recv_into(view)
        except ConnectionError as error:
            raise ChannelClosed from error
        if count == 0:
            raise ChannelClosed
        return count

    def hang_up(self) -> None:
        """Lets the other end see the end of its input, even if a fork of this process holds a copy of the socket."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self.hang_up()
        self._socket.close()


class Closable(Protocol):
    def close(self) -> None: ...


class AttachedChannel:
    """The streams of a container without a terminal, which the engine interleaves in frames of its own.

    What comes on standard error is no answer; its first bytes are kept as `stderr`, to explain a failed start. `owners`
    are what else holds the socket, closed in this order.
    """

    def __init__(self, connection: SocketChannel, *owners: Closable) -> None:
        self._connection = connection
        self._owners = owners
        self._left = 0
        self.stderr = b""

    def send(self, part: memoryview, deadline: float) -> None:
        self._connection.send(part, deadline)

    def fill(self, view: memoryview, deadline: float) -> None:
        while view:
            while self._left == 0:
                self._next_frame(deadline)
            count = self._connection.receive(view[: self._left], deadline)
            self._left -= count
            view = view[count:]

    def fileno(self) -> int:
        return self._connection.fileno()

    def has_answer(self, deadline: float) -> bool:
        """Reads one frame's beginning, and what came on standard error to its end; whether an answer has begun."""
        if self._left == 0:
            self._next_frame(deadline)
        return self._left > 0

    def close(self) -> None:
        self._connection.hang_up()
        for owner in self._owners:
            owner.close()
        self._connection.close()

    def _next_frame(self, deadline: float) -> None:
        prefix = bytearray(8)
        self._connection.fill(memoryview(prefix), deadline)
        stream, size = struct.unpack(">B3xI", prefix)
        if stream == _STDOUT:
            self._left = size
        elif stream == _STDERR:
            self._skip(size, deadline)
        else:
            raise BadFrame

    def _skip(self, size: int, deadline: float) -> None:
        scratch = memoryview(bytearray(min(size, 1 << 16)))
        while size:
            count = self._connection.receive(scratch[:size], deadline)
            self.stderr += bytes(scratch[: min(count, KEPT_STDERR_BYTES - len(self.stderr))])
            size -= count


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
