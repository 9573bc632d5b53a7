"""The sandboxes under test, one of each kind for all tests."""

from collections.abc import Iterator

import pytest

from argosy.sandbox.containers import ContainerSandbox
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.protocol import Sandbox
from argosy.sandbox.resident import Sharing

DOCKER = pytest.param("docker", marks=pytest.mark.docker)
NAMESPACES = pytest.param("local", marks=pytest.mark.namespaces)


@pytest.fixture(scope="session")
def docker_sandbox() -> Iterator[ContainerSandbox]:
    sandbox = ContainerSandbox(sharing=Sharing.SESSION)  # the default starts a container for every rule below
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def local_sandbox() -> Iterator[LocalSandbox]:
    sandbox = LocalSandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture(params=[DOCKER, pytest.param("local", marks=pytest.mark.slow)])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Every sandbox there is."""
    found: Sandbox = request.getfixturevalue(f"{request.param}_sandbox")
    return found


@pytest.fixture(params=[DOCKER, NAMESPACES])
def sealed(request: pytest.FixtureRequest) -> Sandbox:
    """Every sandbox that code by a language model may run in."""
    found: Sandbox = request.getfixturevalue(f"{request.param}_sandbox")
    assert found.sealed
    return found
