"""What tests need of the machine: a marker says it; skipped with the reason, failed where ARGOSY_REQUIRE names it."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest


def lacking_docker() -> str | None:
    from argosy.sandboxes import what_docker_lacks

    return what_docker_lacks()


def lacking_namespaces() -> str | None:
    from sandbox.local import LocalSandbox

    local = LocalSandbox()
    try:
        return None if local.sealed else f"the local sandbox is {local.grade}; install bubblewrap"
    finally:
        local.close()


LACKING: dict[str, Callable[[], str | None]] = {
    "docker": cache(lacking_docker),
    "namespaces": cache(lacking_namespaces),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    required = os.environ.get("ARGOSY_REQUIRE", "").split(",")
    for name, lacking in LACKING.items():
        if item.get_closest_marker(name) and (reason := lacking()):
            if name in required:
                pytest.fail(f"ARGOSY_REQUIRE names {name}, and here {reason}")
            pytest.skip(reason)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing a test keeps lands in the user's own store."""
    monkeypatch.setenv("ARGOSY_HOME", str(tmp_path / "home"))
    for name in ("ARGOSY_STORE", "ARGOSY_PRICES", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
