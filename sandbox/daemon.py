"""The Docker engine: reaching it, and saying so when it is not there."""

import socket

import docker
import requests
from docker.constants import DEFAULT_UNIX_SOCKET
from docker.errors import DockerException
from docker.utils import kwargs_from_env

from argosy.sandbox.protocol import SandboxUnavailable

ENGINE_ERRORS = (DockerException, requests.exceptions.RequestException)
"""What docker-py raises when the engine is absent, fails, or refuses."""


def connect(timeout_s: int = 60) -> docker.DockerClient:
    """A client of the engine that the environment names. Raises SandboxUnavailable when none answers."""
    knock(address())
    try:
        return docker.from_env(timeout=timeout_s)
    except (*ENGINE_ERRORS, OSError) as error:
        raise unavailable(error) from error


def runtimes(client: docker.DockerClient) -> list[str]:
    """The names of the engine's runtimes. Raises docker's own errors when the engine does not answer."""
    return sorted(client.info().get("Runtimes", {}))


def unavailable(error: Exception) -> SandboxUnavailable:
    """The exception for an engine that is absent or does not do as asked."""
    cause = " ".join(str(error).split())[:200]
    return SandboxUnavailable(f"no Docker engine does as asked ({cause}); start Docker, or pass --sandbox local")


def address() -> str:
    """Where the environment says that the engine listens."""
    return kwargs_from_env().get("base_url") or DEFAULT_UNIX_SOCKET


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
