"""A store that cannot be used says why, and what to do, in one line."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.store import Store, open_store


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "argosy.db").write_bytes(b"not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(StoreUnavailable, match=r"argosy\.db: is not a SQLite database; move it away"):
        open_store(Settings(tmp_path))


def test_a_damaged_database(store: Store, tmp_path: Path) -> None:
    for i in range(200):
        store.blobs.put(bytes([i]) * 999)
    store.close()
    path = tmp_path / "argosy.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    with pytest.raises(StoreUnavailable, match="is damaged"):
        open_store(Settings(tmp_path)).sessions.newest()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("started", "then"), ("points", "many"), ("series", b"\xff\xfe"), ("settings", "{"), ("settings", "7"),
        ("settings", "[" * 100_000), ("report", ""), ("report", b"\x80"), ("report", "[]"),
    ],
)  # fmt: skip
def test_a_value_that_its_column_cannot_hold_is_one_line(store: Store, column: str, value: object) -> None:
    store.sessions.begin("kpi-1", 1, "embedded", "auto", 0, {})
    with store.database.writing() as connection:
        connection.execute(sa.text(f"UPDATE sessions SET {column} = :value"), {"value": value})
    with pytest.raises(StoreUnavailable, match=r"is damaged: .* stands where") as raised:
        store.sessions.newest()
    assert len(str(raised.value)) < 400


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="set ARGOSY_HOME to a folder of yours"):
        open_store(Settings(tmp_path / "file" / "home"))


def test_a_database_that_cannot_be_written(store: Store, tmp_path: Path) -> None:
    store.close()
    readonly = open_store(Settings(tmp_path, f"sqlite:///file:{tmp_path}/argosy.db?mode=ro&uri=true"))
    assert readonly.sessions.newest() == ()
    with pytest.raises(StoreUnavailable, match="cannot be written; allow writing"):
        readonly.sessions.begin("kpi-1", 1, "embedded", "auto")
    readonly.close()


def test_a_full_disk(store: Store) -> None:
    def shrink(connection: Any, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    store.close()
    sa.event.listen(store.database.engine, "connect", shrink)
    with pytest.raises(StoreUnavailable, match="the disk is full; make room"):
        store.blobs.put(b"".join(str(i).encode() for i in range(100_000)))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("oracle9://host/name", "no such database as oracle9"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("://", "not a URL"),
    ],
)
def test_a_url_that_names_nothing(tmp_path: Path, url: str, problem: str) -> None:
    with pytest.raises(BadInput, match=f"ARGOSY_STORE: .*{problem}"):
        open_store(Settings(tmp_path, url))


def test_a_server_whose_driver_is_missing_or_that_is_not_there_hides_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        open_store(Settings(tmp_path, "postgresql://ann:hunter2hunter2@/argosy?host=/nowhere"))
    assert "hunter2" not in str(caught.value)
    assert caught.value.mend
