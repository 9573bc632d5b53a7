"""Rows that nobody of ours wrote: every reader of the store gives what it can, or says in one line what is wrong."""

import contextlib
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from argosy.sessions.kept_certificates import certificates_of
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.store import Store, open_store

ARCHIVE = Path(__file__).parent / "store_0_1" / "store.tar.xz"
COLUMNS = (
    *("sessions.settings", "sessions.report", "sessions.started", "sessions.points", "sessions.series"),
    *("sessions.outcome", "events.json", "events.kind", "rules.source", "rules.params", "rules.direction"),
    *("rules.language_model", "session_rules.evidence", "session_rules.role", "detectors.base", "detectors.members"),
    *("detectors.step_s", "detectors.rings_once", "detectors.hold_points", "blobs.zlib", "blobs.size"),
)
LITERALS = st.sampled_from(["{", "null", "[]", '""', "7", "1e999", "NaN", "[" * 50_000, '{"kind": 3}', "9" * 5_000])
TEXTS = st.recursive(
    LITERALS, lambda inner: st.builds('{{"{}": {}}}'.format, st.sampled_from(["kind", "certificate", "a"]), inner)
)
VALUES = st.one_of(st.none(), st.binary(max_size=20), st.text(max_size=20), st.integers(-(2**63), 2**63 - 1), TEXTS)

READERS: tuple[Callable[[Store], object], ...] = (
    lambda store: store.sessions.newest(),
    lambda store: store.sessions.series(),
    lambda store: store.sessions.unfinished(),
    lambda store: store.rules.listed(),
    lambda store: store.rules.uses(),
    lambda store: store.detectors.newest(),
    lambda store: [store.events.of(row.id) for row in store.sessions.newest()],
    lambda store: [certificates_of(store.rules.story(each.rule.id)) for each in store.rules.listed()],
    lambda store: [store.detectors.find(each.id) for each in store.detectors.newest()],
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with sessions, rules and detectors."""
    folder = tmp_path_factory.mktemp("rows")
    with tarfile.open(ARCHIVE) as tar:
        tar.extractall(folder, filter="data")
    open_store(Settings(folder / "home")).close()
    return folder / "home"


def damaged(home: Path, database: Path, column: str, value: object) -> bool:
    """Puts the value into every row of a column of a copy; False where the database itself refuses to hold it."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(database, home)
    table, _, name = column.partition(".")
    with contextlib.closing(sqlite3.connect(home / "argosy.db")) as connection:
        try:
            assert connection.execute(f"UPDATE {table} SET {name} = ?", [value]).rowcount > 0
        except (sqlite3.IntegrityError, UnicodeEncodeError):
            return False
        connection.commit()
    return True


def said(read: Callable[[Store], object], store: Store) -> str:
    """What a reader says is wrong; nothing where it reads."""
    try:
        read(store)
    except (StoreUnavailable, BadInput) as error:
        return str(error)
    return ""


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(COLUMNS), VALUES)
@example("events.json", "[" * 50_000)
@example("sessions.settings", "null")
@example("session_rules.evidence", "null")
@example("session_rules.evidence", '{"certificate": 7}')
@example("rules.direction", "sideways")
@example("session_rules.role", "")
@example("detectors.members", "null")
@example("detectors.members", "[7]")
@example("detectors.members", "[{}]")
@example("detectors.members", '[{"rule": "r-1", "direction": "flag", "quota": {"window": "x"}}]')
def test_no_row_makes_a_reader_fail(tmp_path: Path, database: Path, column: str, value: object) -> None:
    home = tmp_path / "home"
    if not damaged(home, database, column, value):
        return
    store = open_store(Settings(home))
    try:
        for read in READERS:
            line = said(read, store)
            assert "\n" not in line
            assert len(line) < 600
    finally:
        store.close()
