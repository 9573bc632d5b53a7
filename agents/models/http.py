"""The HTTP client under a model: an answer has a time by which it is all there, and a size that it may have."""

import contextlib
import socket
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Timer
from types import TracebackType
from typing import Any, Self

import openai

from argosy.agents.models.outages import AnswerTooLong

MOST_BYTES = 4 << 20
_CONNECT_S = 10.0
_OF_THE_WIRE = ("transfer-encoding", "content-encoding", "content-length")


@dataclass
class Exchange:
    """A question with its retries; `answered` once the last of them has a whole answer, whatever it holds."""

    answered: bool = False


_EXCHANGE: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


@contextlib.contextmanager
def exchange() -> Iterator[Exchange]:
    """What becomes of the requests that are sent within it, from this thread."""
    begun = Exchange()
    token = _EXCHANGE.set(begun)
    try:
        yield begun
    finally:
        _EXCHANGE.reset(token)


class _Deadline:
    """Breaks the connection when time is up; whatever fails then is a time-out.

    Clients bound each single read, which a server that drips bytes never passes.
    """

    def __init__(self, request: Any, timeout_s: float) -> None:
        self._request = request
        self._until = time.monotonic() + timeout_s
        self._sockets: list[socket.socket] = []
        self._timer = Timer(timeout_s, self._break)
        self._timer.daemon = True
        request.extensions["trace"] = self._connected

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        for each in self._sockets:
            each.close()
        if isinstance(error, Exception) and not isinstance(error, AnswerTooLong) and time.monotonic() >= self._until:
            raise openai.APITimeoutError(request=self._request) from error

    def _connected(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith("connect_tcp.complete"):
            # A duplicate reaches the connection also after TLS has taken the original over.
            self._sockets.append(info["return_value"].get_extra_info("socket").dup())

    def _break(self) -> None:
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _BoundedClient(openai.DefaultHttpxClient):
    """Reads each answer itself, up to a size, within a time."""

    def __init__(self, timeout_s: float) -> None:
        # No redirects: prompts and key go where the user said. No kept connections, so none is left to close: a call
        # takes seconds anyway.
        super().__init__(follow_redirects=False, headers={"connection": "close"})
        self._timeout_s = timeout_s

    def send(self, request: Any, **options: Any) -> Any:
        """Sends and reads all. Raises AnswerTooLong, openai.APITimeoutError, and what the client raises."""
        current = _EXCHANGE.get() or Exchange()
        current.answered = False
        request.headers["accept-encoding"] = "identity"  # what is counted is what is kept
        with _Deadline(request, self._timeout_s):
            response = super().send(request, **(options | {"stream": True}))
            try:
                body = _body(response)
            finally:
                response.close()
        headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in _OF_THE_WIRE]
        whole = type(response)(response.status_code, headers=headers, content=body, request=request)
        current.answered = True
        return whole


def _body(response: Any) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise AnswerTooLong(f"the answer is longer than {MOST_BYTES >> 20} MB")
    return bytes(body)


def bounded_client(timeout_s: float) -> openai.DefaultHttpxClient:
    """A client whose every answer is whole within `timeout_s` of its question, and at most 4 MB.

    A time-out is not tried again: a server that was slow will be slow, and may still be at the answer.
    """
    return _BoundedClient(timeout_s)


def timeouts(timeout_s: float) -> openai.Timeout:
    """For the single steps: a server that is there lets itself be connected to within seconds."""
    return openai.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S))
