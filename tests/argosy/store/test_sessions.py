"""Sessions and detectors: ids that sort by time, found by their beginning."""

from pathlib import Path

import pytest

from argosy.detectors.rules.rule import Direction
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.rows import MemberRow
from argosy.store.store import Store, open_store
from tests.argosy.sessions.recorded import START, keep_rule, ticking


def begin(store: Store) -> str:
    return store.sessions.begin("kpi-1", 10, "embedded", "auto", 3, {"rounds": 2, "low": float("-inf")}).id


def test_a_session_is_kept_from_beginning_to_end(store: Store) -> None:
    name = begin(store)
    assert name == "s-20261123-155149-0001"
    begun = store.sessions.find(name)
    assert (begun.series, begun.points, begun.seed, begun.started) == ("kpi-1", 10, 3, START)
    assert begun.settings == {"rounds": 2, "low": None}
    assert (begun.ended, begun.outcome, begun.report) == (None, None, None)
    ended = store.sessions.finish(name, "fused", {"wall_s": 1.5, "scores": [float("nan")]}, "ewma")
    assert (ended.outcome, ended.base, ended.report) == ("fused", "ewma", {"wall_s": 1.5, "scores": [None]})
    assert ended.ended is not None
    assert ended.ended > ended.started


def test_sessions_come_newest_first_and_their_ids_sort_by_time(tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path), ticking(step=3600.0))
    names = [begin(store) for _ in range(4)]
    assert names == sorted(names)
    assert [row.id for row in store.sessions.newest()] == names[::-1]
    assert [row.id for row in store.sessions.newest(2)] == names[:1:-1]
    assert store.sessions.find("latest").id == names[-1]


def test_two_sessions_of_one_second_with_one_token_get_ids_of_their_own(tmp_path: Path) -> None:
    drawn = iter(["aaaa", "aaaa", "aaaa", "bbbb"])
    store = open_store(Settings(tmp_path), lambda: START, lambda: next(drawn))
    assert [begin(store)[-4:], begin(store)[-4:]] == ["aaaa", "bbbb"]


def test_a_beginning_is_enough_where_it_is_unique(store: Store) -> None:
    first, second = begin(store), begin(store)
    assert store.sessions.find(first[:-1] + "1").id == first
    with pytest.raises(BadInput, match=rf"fits 2 of them: {first}, {second}; write more of the id"):
        store.sessions.find("s-2026")


def test_a_second_without_a_free_id_ends_the_search(tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path), lambda: START, lambda: "aaaa")
    begin(store)
    with pytest.raises(StoreUnavailable, match="no free id in this second"):
        begin(store)


@pytest.mark.parametrize("start", ["s-1999", "", "%", "S-2026", "s_20261123"])
def test_what_begins_no_id_is_refused(store: Store, start: str) -> None:
    begin(store)
    with pytest.raises(BadInput, match="argosy sessions lists them"):
        store.sessions.find(start)


def test_there_is_no_latest_in_an_empty_store(store: Store) -> None:
    with pytest.raises(BadInput, match="there is no session yet"):
        store.sessions.find("latest")


def test_a_detector_is_found_by_its_id_its_session_or_as_the_latest(store: Store, recorded: tuple[str, str]) -> None:
    session, rule = recorded
    (kept,) = store.detectors.newest()
    assert kept.members == (MemberRow(rule, Direction.FLAG),)
    assert (kept.session, kept.base, kept.step_s) == (session, {"name": "ewma"}, 60)
    for start in (kept.id, kept.id[:8], session, session[:8], "latest"):
        assert store.detectors.find(start) == kept
    with pytest.raises(BadInput, match="there is none"):
        store.detectors.find("d-1999")


def test_a_detector_needs_its_rules_and_its_session(store: Store) -> None:
    session = begin(store)
    with pytest.raises(BadInput, match="rule r-none: is not in the store"):
        store.detectors.put(session, "kpi-1", {}, [MemberRow("r-none", Direction.FLAG)], 60)
    rule = keep_rule(store, session)
    with pytest.raises(BadInput, match="session s-none: is not in the store"):
        store.detectors.put("s-none", "kpi-1", {}, [MemberRow(rule, Direction.FLAG)], 60)
