"""Which sandbox a session gets: trust follows who wrote the rules, never who runs them."""

from enum import StrEnum

from sandbox.containers import ContainerSandbox, connect
from sandbox.image import image_present, image_tag
from sandbox.local import LocalSandbox
from sandbox.protocol import Sandbox, SandboxUnavailable
from sandbox.resident import Sharing


class SandboxChoice(StrEnum):
    """What --sandbox takes."""

    AUTO = "auto"
    DOCKER = "docker"
    LOCAL = "local"


RISK_FLAG = "--run-model-code-without-isolation"


def open_sandbox(choice: SandboxChoice, by_language_model: bool, accept_risk: bool = False) -> Sandbox:
    """The sandbox for rules of this authorship; `auto` prefers Docker when its engine answers and the image is built.

    Raises SandboxUnavailable when a language model had a hand in a rule and nothing sealed is there, unless the risk is
    accepted by name.
    """
    sharing = Sharing.RULE if by_language_model else Sharing.SESSION  # what a grammar composed attacks nobody
    if choice is SandboxChoice.DOCKER or (choice is SandboxChoice.AUTO and what_docker_lacks() is None):
        return ContainerSandbox(sharing=sharing)
    local = LocalSandbox(sharing)
    if by_language_model and not local.sealed and not accept_risk:
        local.close()
        raise SandboxUnavailable(
            f"rules by a language model run only in Docker or in sealed namespaces; here there is {local.grade}; "
            f"start Docker and run: argosy sandbox build, or install bubblewrap ({RISK_FLAG} runs them all the same)"
        )
    return local


def what_docker_lacks() -> str | None:
    """Why the Docker sandbox cannot be used, with the mend; None when it can."""
    try:
        client = connect()
    except SandboxUnavailable as missing:
        return str(missing)
    try:
        return None if image_present(client) else f"the image {image_tag()} is missing; run: argosy sandbox build"
    finally:
        client.close()
