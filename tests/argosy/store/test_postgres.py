"""The store on PostgreSQL: what holds in SQLite holds there too. The cases are those of the tests of each part."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.settings import Settings
from argosy.store.store import Store, open_store
from tests.argosy.sessions.recorded import ticking, tokens
from tests.argosy.store.test_blobs import *  # noqa: F403
from tests.argosy.store.test_events import (  # noqa: F401
    session,
    test_an_event_needs_its_session,
    test_an_event_of_a_newer_kind_is_named_and_not_guessed,
    test_events_come_back_in_order,
    test_nan_is_kept_as_nothing,
    test_threads_lose_nothing,
)
from tests.argosy.store.test_rules import *  # noqa: F403
from tests.argosy.store.test_schema import test_models_and_migrations_agree  # noqa: F401
from tests.argosy.store.test_sessions import *  # noqa: F403

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def store(tmp_path: Path, postgres_store: str) -> Iterator[Store]:
    opened = open_store(Settings(tmp_path, postgres_store, secrets=("a-secret-of-ours",)), ticking(), tokens())
    yield opened
    opened.close()


@pytest.mark.parametrize("verb", ["UPDATE events SET kind = 'other'", "DELETE FROM events"])
def test_the_server_itself_refuses_changes_to_events(store: Store, session: str, verb: str) -> None:  # noqa: F811
    import sqlalchemy as sa

    from argosy.graphs.recording.events import Decision
    from argosy.store.errors import StoreUnavailable

    store.events.append(session, Decision(at=1.0, span="s", subject="a", verdict="kept", why=""))
    with pytest.raises(StoreUnavailable, match="append-only"), store.database.writing() as connection:
        connection.execute(sa.text(verb))
    assert len(store.events.of(session)) == 1
