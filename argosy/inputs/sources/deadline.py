"""HTTP requests that end in time, however slowly a server drips its bytes.

What `requests` calls a time-out bounds each single read, which a byte every half second never passes.
"""

import contextlib
import socket
import time
from collections.abc import Iterator
from threading import Timer
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadline:
    """Cuts the sockets of a session when time is up; whatever fails then has failed for that."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def passed(self) -> bool:
        """Whether time is up."""
        return time.monotonic() >= self._until

    @contextlib.contextmanager
    def session(self) -> Iterator[requests.Session]:
        """A session whose requests are all over when time is up."""
        self._timer.start()
        try:
            with requests.Session() as session:
                for scheme, pool in (("http", HTTPConnectionPool), ("https", HTTPSConnectionPool)):
                    session.mount(f"{scheme}://", _Adapter(scheme, self._watching(pool)))
                yield session
        finally:
            self._timer.cancel()

    def _watching(self, pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
        """The same kind of pool, of whose connections the sockets are known here."""
        sockets, kind = self._sockets, pool.ConnectionCls

        class Connection(kind):  # type: ignore[misc, valid-type]
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        return type(pool.__name__, (pool,), {"ConnectionCls": Connection})

    def _cut(self) -> None:
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    def __init__(self, scheme: str, pool: type[HTTPConnectionPool]) -> None:
        self._scheme, self._pool = scheme, pool
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        known = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {**known, self._scheme: self._pool}
