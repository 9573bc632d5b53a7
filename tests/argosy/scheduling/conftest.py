"""Stores that hold a detector which can be scheduled, in SQLite and in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.settings import Settings
from argosy.store.store import Store, open_store
from tests.argosy.scheduling.kept import keep_detector


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A store's place: every test that takes it runs on both databases."""
    url = request.getfixturevalue("postgres_store") if request.param == "postgres" else None
    return Settings(tmp_path / "home", url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture
def detector(store: Store) -> str:
    return keep_detector(store)
