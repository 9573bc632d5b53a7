"""A real HTTP server on loopback that speaks OpenAI's chat completions, and misbehaves on request."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class ChatServer:
    """`status` and `body` are the next answers; with `hangs` none comes. `requests` holds (path, key, JSON).

    With `reply` the text of each answer is what it makes of the request.
    """

    status: int = 200
    body: bytes = b""
    hangs: bool = False
    reply: Callable[[dict[str, Any]], str] | None = None
    requests: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""
    closing: Event = field(default_factory=Event)

    def say(self, text: str | None, *, finish: str = "stop", usage: tuple[int, int] | None = (11, 7)) -> None:
        self.status, self.body = 200, self._completion(text, finish, usage)

    def fail(self, status: int, message: str = "no") -> None:
        self.status, self.body = status, json.dumps({"error": {"message": message, "type": "t", "code": None}}).encode()

    def answer(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        if self.reply is None:
            return self.status, self.body
        return 200, self._completion(self.reply(asked), "stop", (11, 7))

    @staticmethod
    def _completion(text: str | None, finish: str, usage: tuple[int, int] | None) -> bytes:
        answer: dict[str, Any] = {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        }
        if usage is not None:
            answer["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
        return json.dumps(answer).encode()


@contextmanager
def serving() -> Iterator[ChatServer]:
    state = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.requests.append((self.path, self.headers.get("authorization", ""), asked))
            if state.hangs:
                state.closing.wait(10)
                return
            status, body = state.answer(asked)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

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
