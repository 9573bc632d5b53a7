"""Nothing of a session goes to LangSmith, whatever the environment says: it would go as it is, secrets included."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.argosy.sessions.killed import table

pytestmark = [pytest.mark.slow, pytest.mark.network, pytest.mark.usefixtures("socket_enabled")]

TRACED = """
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers.langchain import wait_for_all_tracers
RunnableLambda(lambda said: said).invoke("a prompt")
wait_for_all_tracers()
"""
SESSION = """
import sys
from argosy.cli.app import main
from langchain_core.tracers.langchain import wait_for_all_tracers
try:
    main()
finally:
    wait_for_all_tracers()
"""


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server in LangSmith's place, and what it was sent."""
    sent: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers.get("content-length", "0"))))
            self.send_response(202)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()
    thread.join()
    server.server_close()


def run(home: Path, url: str, program: str, *words: object) -> None:
    told = {
        "LANGSMITH_TRACING": "true",
        "LANGSMITH_ENDPOINT": url,
        "LANGSMITH_API_KEY": "k-1",
        "ARGOSY_HOME": str(home),
    }
    command = [sys.executable, "-c", program, *map(str, words)]
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_a_session_is_not_traced_where_a_plain_runnable_is(tmp_path: Path, listener: tuple[str, list[bytes]]) -> None:
    url, sent = listener
    run(tmp_path, url, TRACED)
    assert sent, "so this would show"
    sent.clear()
    words = ["--step", 60, "--base", "mine", "--sandbox", "local", "--rounds", 1, "--candidates", 1]
    run(tmp_path, url, SESSION, "run", table(tmp_path / "metric.csv"), *words)
    assert sent == []
