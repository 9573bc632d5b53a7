"""Where the Docker engine listens, and whether anybody does; found out without docker-py, which loads slowly."""

import os
import socket

from argosy.sandbox.errors import SandboxUnavailable

DEFAULT_ADDRESS = "http+unix:///var/run/docker.sock"


def address() -> str:
    """Where the environment says that the engine listens."""
    return os.environ.get("DOCKER_HOST") or DEFAULT_ADDRESS


def knock(where: str) -> None:
    """Raises SandboxUnavailable when nobody listens on a local socket; docker-py leaves one open on finding out."""
    path = where.removeprefix("http+").removeprefix("unix://")
    if path == where:
        return
    try:
        with socket.socket(socket.AF_UNIX) as trial:
            trial.settimeout(5.0)
            trial.connect(path)
    except OSError as error:
        raise unavailable(error) from error


def unavailable(error: Exception) -> SandboxUnavailable:
    """The exception for an engine that is absent or does not do as asked."""
    cause = " ".join(str(error).split())[:200]
    return SandboxUnavailable(f"no Docker engine does as asked ({cause}); start Docker, or pass --sandbox local")
