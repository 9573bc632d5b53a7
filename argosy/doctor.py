"""What is there, what is not, and how to mend it."""

import platform
from collections.abc import Iterator
from importlib.metadata import version

from argosy.finding import Finding, Health
from argosy.settings import Settings

LIBRARIES = ("langgraph", "langchain-core", "langchain-openai", "numpy", "pandas", "pydantic", "docker")


def examine(settings: Settings, model: str) -> Iterator[Finding]:
    """Looks at every part, one after another; a part that fails does not hide the others."""
    yield Finding("python", Health.FINE, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _libraries()
    yield _store(settings)
    yield from _service(settings)
    yield from _sandboxes()
    yield from _models(settings, model)


def _libraries() -> Finding:
    found = [f"{name} {version(name)}" for name in LIBRARIES]
    return Finding("libraries", Health.FINE, f"argosy {version('argosy')}, " + ", ".join(found))


def _store(settings: Settings) -> Finding:
    from argosy.signals.errors import BadInput
    from argosy.store.errors import StoreUnavailable
    from argosy.store.store import open_store

    try:
        store = open_store(settings)
        sessions = len(store.sessions.newest())
    except (StoreUnavailable, BadInput) as error:
        return Finding("store", Health.BROKEN, f"{error.place}: {error.problem}", error.mend)
    place = store.database.place
    store.close()
    return Finding("store", Health.FINE, f"{place}, {sessions} sessions")


def _service(settings: Settings) -> Iterator[Finding]:
    """Schedules, workers and live detectors: one finding for each thing that is wrong with them."""
    import time

    from argosy.scheduling.health import of_detectors, of_schedules, of_workers
    from argosy.signals.errors import BadInput
    from argosy.store.errors import StoreUnavailable
    from argosy.store.store import open_store

    try:
        store = open_store(settings)
        looks = {"workers": of_workers, "schedules": of_schedules, "detectors": of_detectors}
        found = {part: look(store, time.time()) for part, look in looks.items()}
        store.close()
    except (StoreUnavailable, BadInput):
        return  # told as the store's
    for part, health in found.items():
        for each in health.ailments:
            yield Finding(part, Health.BROKEN if each.grave else Health.MISSING, each.what, each.mend)
        if not health.ailments:
            yield Finding(part, Health.FINE, health.told)


def _sandboxes() -> Iterator[Finding]:
    from argosy.sandbox.errors import SandboxUnavailable
    from argosy.sandbox.image import image_tag
    from argosy.sandbox.local import LocalSandbox
    from argosy.sandboxes import what_docker_lacks

    lacks = what_docker_lacks()
    if lacks is None:
        yield Finding("docker", Health.FINE, f"the engine answers and has {image_tag()}")
    else:
        what, _, mend = lacks.rpartition("; ")
        yield Finding("docker", Health.MISSING, what, mend)
    try:
        local = LocalSandbox()
    except SandboxUnavailable as error:
        yield Finding("local sandbox", Health.BROKEN, str(error), "install bubblewrap")
        return
    grade, sealed = local.grade, local.sealed
    local.close()
    if sealed:
        yield Finding("local sandbox", Health.FINE, f"{grade}; sealed: rules by language models may run in it")
    else:
        mend = "install bubblewrap, or start Docker, before you use a language model"
        yield Finding("local sandbox", Health.MISSING, f"{grade}; only for rules by the embedded author", mend)


def _models(settings: Settings, model: str) -> Iterator[Finding]:
    from argosy.models.health import examine_models

    return examine_models(settings, model)
