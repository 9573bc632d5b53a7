"""The Docker engine: reaching it, and saying so when it is not there."""

import docker
import requests
from docker.errors import DockerException

from argosy.sandbox.engine_address import address, knock, unavailable

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
