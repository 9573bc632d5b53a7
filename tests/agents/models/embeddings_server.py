"""A real HTTP server on loopback that speaks OpenAI's embeddings, and misbehaves on request."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Vector = Callable[[str], list[float]]


def letters(text: str) -> list[float]:
    """Four numbers that tell texts apart."""
    return [float(len(text)), float(text.count("e")), float(text.count("a")), float(sum(map(ord, text)) % 97)]


@dataclass
class EmbeddingsServer:
    """`vector` embeds one text; `dimensions` cut the vectors of each request in turn, `statuses` are theirs.

    With `backwards` the answer lists vectors from the last to the first, and with `forgets` leaves the last out.
    `asked` holds the texts of each request.
    """

    vector: Vector = letters
    dimensions: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    backwards: bool = False
    forgets: bool = False
    tokens: int | None = 5
    asked: list[list[str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.bodies.append(body)
        self.asked.append(body["input"])
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return status, {"error": {"message": "no", "type": "t", "code": None}}
        size = self.dimensions.pop(0) if self.dimensions else None
        data = [
            {"object": "embedding", "index": place, "embedding": self.vector(text)[:size]}
            for place, text in enumerate(body["input"])
        ]
        data = data[:-1] if self.forgets else data
        data = data[::-1] if self.backwards else data
        usage = {"usage": {"prompt_tokens": self.tokens, "total_tokens": self.tokens}} if self.tokens else {}
        return 200, {"object": "list", "model": "m", "data": data, **usage}


@contextmanager
def embedding() -> Iterator[EmbeddingsServer]:
    state = EmbeddingsServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, answer = state.answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            body = json.dumps(answer).encode()
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
        server.shutdown()
        thread.join()
        server.server_close()
