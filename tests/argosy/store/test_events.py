"""Events: nothing is lost, nothing is changed."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from argosy.graphs.recording.events import Decision, ScoreMeasured
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.store import Store, StoreRecorder, open_store

pytestmark = pytest.mark.slow


def decision(subject: str) -> Decision:
    return Decision(at=1.0, span="select#1", subject=subject, verdict="accepted", why="it gains")


@pytest.fixture
def session(store: Store) -> str:
    return store.sessions.begin("kpi-1", 10, "embedded", "auto").id


def test_events_come_back_in_order(store: Store, session: str) -> None:
    events = [decision(str(i)) for i in range(5)]
    assert [store.events.append(session, event) for event in events] == [1, 2, 3, 4, 5]
    assert [row.event for row in store.events.of(session)] == events
    assert [row.seq for row in store.events.of(session, after=3)] == [4, 5]


def test_nan_is_kept_as_nothing(store: Store, session: str) -> None:
    metrics = {"auc_pr": float("nan"), "incidents": 0}
    store.events.append(session, ScoreMeasured(at=1.0, span="s", subject="base", part="lockbox", metrics=metrics))
    (row,) = store.events.of(session)
    assert isinstance(row.event, ScoreMeasured)
    assert row.event.metrics == {"auc_pr": None, "incidents": 0}


@pytest.mark.parametrize("statement", ["UPDATE events SET kind = 'other'", "DELETE FROM events"])
def test_the_database_itself_refuses_changes(store: Store, session: str, statement: str) -> None:
    store.events.append(session, decision("a"))
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), store.database.writing() as connection:
        connection.execute(sa.text(statement))
    assert len(store.events.of(session)) == 1


def test_an_event_needs_its_session(store: Store) -> None:
    with pytest.raises(BadInput, match="begin the session first"):
        store.events.append("s-none", decision("a"))


def test_an_event_of_a_newer_kind_is_named_and_not_guessed(store: Store, session: str) -> None:
    with store.database.writing() as connection:
        values = {"session": session, "seq": 1, "kind": "dream", "json": '{"kind": "dream"}'}
        connection.execute(sa.text("INSERT INTO events VALUES (:session, :seq, :kind, :json)"), values)
    with pytest.raises(StoreUnavailable, match="does not know; upgrade Argosy"):
        store.events.of(session)


def test_secrets_do_not_reach_the_file(store: Store, session: str, tmp_path: Path) -> None:
    recorder = StoreRecorder(store, session)
    recorder.append(decision("a-secret-of-ours and sk-" + "0123456789abcdef" * 2))
    recorder.blob(b"the key is a-secret-of-ours")
    store.sessions.begin("kpi-1", 1, "http://ann:hunter2hunter2@host#m", "auto", settings={"key": "a-secret-of-ours"})
    store.sessions.finish(session, "failed", {"error": "a-secret-of-ours"})
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("argosy.db*"))
    assert b"removed: secret" in kept
    for secret in (b"a-secret-of-ours", b"hunter2hunter2", b"sk-0123456789"):
        assert secret not in kept


def test_threads_lose_nothing(store: Store, session: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: store.events.append(session, decision(str(i))), range(120)))
    _check_complete(store, session, 120)


_WORKER = """
import sys, time
from pathlib import Path
from argosy.settings import Settings
from argosy.store.store import StoreRecorder, open_store
from argosy.graphs.recording.events import Decision

home, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = open_store(Settings(home))
while not (home / "go").exists():
    time.sleep(0.01)
recorder = StoreRecorder(store, (home / "go").read_text())
for i in range(first, last):
    recorder.append(Decision(at=1.0, span="s", subject=str(i), verdict="kept", why=""))
    recorder.blob(f"blob {i % 7}".encode())
store.close()
"""


def test_eight_processes_make_one_store_together_and_lose_nothing(tmp_path: Path) -> None:
    arguments = [[str(tmp_path), str(first), str(first + 40)] for first in range(0, 320, 40)]
    workers = [subprocess.Popen([sys.executable, "-W", "error", "-c", _WORKER, *each]) for each in arguments]
    store = open_store(Settings(tmp_path))
    session = store.sessions.begin("kpi-1", 10, "embedded", "auto").id
    (tmp_path / "wait").write_text(session)
    (tmp_path / "wait").rename(tmp_path / "go")
    assert [worker.wait(600) for worker in workers] == [0] * 8
    _check_complete(store, session, 320)
    store.close()


def _check_complete(store: Store, session: str, number: int) -> None:
    rows = store.events.of(session)
    subjects = [row.event.subject for row in rows if isinstance(row.event, Decision)]
    assert [row.seq for row in rows] == list(range(1, number + 1))
    assert sorted(map(int, subjects)) == list(range(number))
