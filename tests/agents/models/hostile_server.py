"""A real HTTP server on loopback that answers each request by the next of its acts, most of them badly."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

Act = Callable[[BaseHTTPRequestHandler, Event], None]


@dataclass
class Hostile:
    """`acts` are the next answers, the last for all that follow; `times` are when requests came, in seconds."""

    acts: list[Act] = field(default_factory=list)
    url: str = ""
    times: list[float] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    closing: Event = field(default_factory=Event)
    _lock: Any = field(default_factory=Lock)

    def next_act(self, path: str, headers: dict[str, str], asked: dict[str, Any]) -> Act:
        """Enters a request; questions that come at once are answered one by one of the acts."""
        with self._lock:
            self.requests.append((path, headers, asked))
            self.times.append(time.monotonic())
            return self.acts[min(len(self.times), len(self.acts)) - 1]


def completion(text: str = "Hi", usage: object = None, **choice: object) -> bytes:
    """A chat completion with the usage as given."""
    message = {"role": "assistant", "content": text}
    answer: dict[str, object] = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"} | choice],
    }
    return json.dumps(answer if usage is None else answer | {"usage": usage}).encode()


def sends(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Act:
    """Answers at once and whole."""

    def act(handler: BaseHTTPRequestHandler, _: Event) -> None:
        _head(handler, status, kind, len(body), headers)
        handler.wfile.write(body)

    return act


def replies(compose: Callable[[list[dict[str, str]]], str]) -> Act:
    """Answers with what is composed from the messages of the request."""

    def act(handler: BaseHTTPRequestHandler, closing: Event) -> None:
        sends(completion(compose(handler.asked["messages"])))(handler, closing)  # type: ignore[attr-defined]

    return act


def breaks_off(body: bytes, sent: int) -> Act:
    """Promises a body and closes after some of it."""

    def act(handler: BaseHTTPRequestHandler, _: Event) -> None:
        _head(handler, 200, "application/json", len(body), {})
        handler.wfile.write(body[:sent])

    return act


def breaks_off_a_stream(handler: BaseHTTPRequestHandler, _: Event) -> None:
    """Begins a chunked body that never gets its last chunk."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    handler.wfile.write(b'6\r\n{"id":\r\n')


def hangs(handler: BaseHTTPRequestHandler, closing: Event) -> None:
    """Never answers."""
    closing.wait(20)


def hangs_up(handler: BaseHTTPRequestHandler, _: Event) -> None:
    """Closes without a word."""


def drips(raw: bytes, at: int) -> Act:
    """Sends so many bytes at once, and then one after another, each sooner than any read would time out."""

    def act(handler: BaseHTTPRequestHandler, closing: Event) -> None:
        handler.wfile.write(raw[:at])
        for byte in raw[at:]:
            if closing.wait(0.03):
                return
            handler.wfile.write(bytes([byte]))

    return act


def _head(handler: BaseHTTPRequestHandler, status: int, kind: str, length: int, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"content-type": kind, "content-length": str(length), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


@contextmanager
def hostile(*acts: Act) -> Iterator[Hostile]:
    state = Hostile(list(acts))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.asked = asked
            act = state.next_act(self.path, headers, asked)
            with suppress(OSError):  # whoever asked has had enough
                act(self, state.closing)
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
