"""The socket through which a container talks to its host, past the engine, which copies every byte three times."""

import os
import select
import shutil
import socket
import time

from argosy.sandbox.channels import AttachedChannel, SocketChannel
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.folders import make_folder


class SocketDoor:
    """A listening socket for one container and one connection; its file is gone once somebody came in."""

    def __init__(self) -> None:
        self._folder = make_folder()  # the container gets the file in it only
        self.path = self._folder / "door"
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.bind(str(self.path))
            os.chmod(self.path, 0o666)
            self._socket.listen(1)
        except OSError as error:
            self.close()
            raise SandboxUnavailable(f"no place for a socket: {error}; free space in the temporary folder") from error

    def answer(self, attached: AttachedChannel, deadline: float) -> SocketChannel | AttachedChannel:
        """The channel that the container chose: this socket, or its standard streams where it cannot reach it.

        Raises Hung when the container ended, TimeoutError at the deadline (monotonic seconds).
        """
        while True:
            wait_s = max(deadline - time.monotonic(), 0.0)
            readable, _, _ = select.select([self._socket.fileno(), attached.fileno()], [], [], wait_s)
            if self._socket.fileno() in readable:
                return SocketChannel(self._socket.accept()[0])
            if not readable:
                raise TimeoutError
            if attached.has_answer(deadline):
                return attached

    def close(self) -> None:
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)
