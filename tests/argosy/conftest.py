"""A store in a folder of the test's own, and one that holds a recorded session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.store.store import Store
from tests.argosy.cli.invoking import Invoke, invoke
from tests.argosy.sessions.recorded import open_at, record_session


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_at(tmp_path, "a-secret-of-ours")
    yield opened
    opened.close()


@pytest.fixture
def recorded(store: Store) -> tuple[str, str]:
    """The ids of the session and the rule in `store`."""
    return record_session(store)


@pytest.fixture
def argosy() -> Invoke:
    """The command line, called with words."""
    return invoke
