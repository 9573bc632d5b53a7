"""The Docker engine: reaching it, and saying so when it is not there."""

import socket

import docker
import requests
from docker.constants import DEFAULT_UNIX_SOCKET
from docker.errors import DockerException
from docker.utils import kwargs_from_env

from sandbox.protocol import SandboxUnavailable

ENGINE_ERRORS = (DockerException, requests.exceptions.RequestException)
"""What docker-py raises when the engine is absent, fails, or refuses."""


def connect(timeout_s: int = 60) -> docker.DockerClient:
    """A client of the engine that the environment names. Raises SandboxUnavailable when none answers."""
    try:
        _knock(kwargs_from_env().get("base_url") or DEFAULT_UNIX_SOCKET)
        return docker.from_env(timeout=timeout_s)
    except (*ENGINE_ERRORS, OSError) as error:
        raise unavailable(error) from error


def unavailable(error: Exception) -> SandboxUnavailable:
    """The exception for an engine that is absent or does not do as asked."""
    cause = " ".join(str(error).split())[:200]
    return SandboxUnavailable(f"no Docker engine does as asked ({cause}); start Docker, or pass --sandbox local")


def _knock(address: str) -> None:
    """Raises OSError when nobody listens on a local socket; docker-py would leave one open on finding out."""
    path = address.removeprefix("http+").removeprefix("unix://")
    if path == address:
        return
    with socket.socket(socket.AF_UNIX) as trial:
        trial.settimeout(5.0)
        trial.connect(path)
