"""Which sandbox a session gets: trust follows who wrote the rules, never who runs them."""

import os
from enum import StrEnum

from argosy.sandbox.engine_address import address, knock, unavailable
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.protocol import Sandbox
from argosy.sandbox.resident import Sharing


class SandboxChoice(StrEnum):
    """What --sandbox takes."""

    AUTO = "auto"
    DOCKER = "docker"
    LOCAL = "local"


RUNTIME_VARIABLE = "ARGOSY_SANDBOX_RUNTIME"
"""Names the engine's runtime for sandbox containers, such as runsc (gVisor); the engine's own where it is not set."""

RISK_FLAG = "--run-model-code-without-isolation"


def open_sandbox(choice: SandboxChoice, by_language_model: bool, accept_risk: bool = False) -> Sandbox:
    """The sandbox for rules of this authorship; `auto` prefers Docker when its engine answers and the image is built.

    Raises SandboxUnavailable when a language model had a hand in a rule and nothing sealed is there, unless the risk is
    accepted by name.
    """
    sharing = Sharing.RULE if by_language_model else Sharing.SESSION  # what a grammar composed attacks nobody
    wanted = runtime()
    lacks = None if choice is SandboxChoice.LOCAL else what_docker_lacks()
    if lacks is not None and (choice is SandboxChoice.DOCKER or wanted):  # who names a runtime wants nothing weaker
        raise SandboxUnavailable(lacks)
    if choice is not SandboxChoice.LOCAL and lacks is None:
        from argosy.sandbox.containers import ContainerSandbox  # brings docker-py, which no local sandbox needs

        return ContainerSandbox(sharing=sharing, runtime=wanted)
    local = LocalSandbox(sharing)
    if by_language_model and not local.sealed and not accept_risk:
        local.close()
        raise SandboxUnavailable(
            f"rules by a language model run only in Docker or in sealed namespaces; here there is {local.grade}; "
            f"start Docker and run: argosy sandbox build, or install bubblewrap ({RISK_FLAG} runs them all the same)"
        )
    return local


def runtime() -> str:
    """The runtime that the environment names; empty for the engine's own."""
    return os.environ.get(RUNTIME_VARIABLE, "").strip()


def what_docker_lacks() -> str | None:
    """Why the Docker sandbox cannot be used, with the mend; None when it can."""
    try:
        knock(address())
    except SandboxUnavailable as missing:
        return str(missing)
    from argosy.sandbox.daemon import ENGINE_ERRORS, connect, runtimes  # bring docker-py: only where an engine listens
    from argosy.sandbox.image import image_present, image_tag

    try:
        client = connect()
    except SandboxUnavailable as missing:
        return str(missing)
    try:
        if not image_present(client):
            return f"the image {image_tag()} is missing; run: argosy sandbox build"
        if (named := runtime()) and named not in (known := runtimes(client)):
            return (
                f"the engine has no runtime {named}, only {', '.join(known)}; install it, or unset {RUNTIME_VARIABLE}"
            )
        return None
    except ENGINE_ERRORS as error:
        return str(unavailable(error))
    finally:
        client.close()
