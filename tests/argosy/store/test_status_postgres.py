"""Detectors in service on PostgreSQL: whoever is second changes nothing there either."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.settings import Settings
from argosy.store.store import Store, open_store
from tests.argosy.sessions.recorded import ticking, tokens
from tests.argosy.store.test_status import *  # noqa: F403

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def store(tmp_path: Path, postgres_url: str) -> Iterator[Store]:
    opened = open_store(Settings(tmp_path, postgres_url), ticking(), tokens())
    yield opened
    opened.close()
