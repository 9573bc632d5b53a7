"""Starts the child process that serves a GGUF file, waits until it is ready, and ends it."""

import contextlib
import json
import os
import secrets
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.speaker import ModelUnavailable
from argosy.signals.errors import BadInput

SCHEME = "gguf:"
READY_WITHIN_S = 300.0
_MAGIC = b"GGUF"
_QUOTED_CHARS = 300


@dataclass(frozen=True)
class LocalServer:
    """Where the model answers, and the key that only this session knows."""

    url: str
    key: str = field(repr=False)
    process_id: int = 0


def what_is_missing(path: str) -> tuple[str, str] | None:
    """What keeps a file from being served, with its mend; None when nothing seems to."""
    file = Path(path).expanduser()
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(_MAGIC))
    except OSError as error:
        return f"the file cannot be read: {error.strerror or error}", "give the path of a GGUF file"
    if magic != _MAGIC:
        return "is no GGUF file", "give a model in the format of llama.cpp, a file that ends in .gguf"
    if find_spec("xllamacpp") is None:
        return "the package xllamacpp is not installed", "install Argosy with its extra: pip install 'argosy[local]'"
    return None


@contextmanager
def serving(path: str, facts: ModelFacts) -> Iterator[LocalServer]:
    """Serves the file until the end. Raises BadInput for what is no model, ModelUnavailable when it does not start."""
    if missing := what_is_missing(path):
        raise BadInput(f"--model {SCHEME}{path}", *missing)
    key = secrets.token_urlsafe(24)
    asked = {
        "path": str(Path(path).expanduser().resolve()),
        "key": key,
        "context_tokens": facts.context_tokens or 0,
        "threads": facts.threads or os.cpu_count() or 1,
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("child.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the session alone, which may want an answer still
        )
        try:
            url = _ready(process, json.dumps(asked), log, path)
            yield LocalServer(url, key, process.pid)
        finally:
            _end(process)


def _ready(process: subprocess.Popen[bytes], asked: str, log: IO[bytes], path: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):  # it has ended already, and the log says why
        process.stdin.write(asked.encode() + b"\n")
        process.stdin.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        line = process.stdout.readline() if selector.select(READY_WITHIN_S) else b""
    try:
        return str(json.loads(line)["url"])
    except (ValueError, KeyError, TypeError):
        pass
    log.seek(0)
    said = " ".join(log.read().decode(errors="replace").split())[-_QUOTED_CHARS:]
    mend = "try another file, or a smaller context_tokens in models.yaml"
    raise ModelUnavailable(f"--model {SCHEME}{path}: llama.cpp did not load it (… {said}); {mend}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its input ends, and it goes; one that does not is killed."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    try:
        process.wait(5.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
