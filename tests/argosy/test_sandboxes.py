"""The runtime that the environment names for sandbox containers: used where the engine has it, else told."""

import pytest

from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandboxes import RUNTIME_VARIABLE, SandboxChoice, open_sandbox, what_docker_lacks

pytestmark = pytest.mark.docker


def test_a_runtime_that_the_engine_has_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNTIME_VARIABLE, "runc")
    assert what_docker_lacks() is None
    sandbox = open_sandbox(SandboxChoice.AUTO, by_language_model=True)
    assert sandbox.name == "docker"
    sandbox.close()


@pytest.mark.parametrize("choice", [SandboxChoice.AUTO, SandboxChoice.DOCKER])
def test_one_that_it_has_not_is_told_and_nothing_weaker_taken(
    choice: SandboxChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUNTIME_VARIABLE, "no-such-runtime")
    assert "no runtime no-such-runtime" in (what_docker_lacks() or "")
    with pytest.raises(SandboxUnavailable, match=f"install it, or unset {RUNTIME_VARIABLE}"):
        open_sandbox(choice, by_language_model=False)
