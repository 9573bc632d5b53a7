"""Age and expiry of detectors that nobody refreshed, and how rules stand by those that hold them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from argosy.service.expiry import due_at, expires_at, rule_standings
from argosy.service.line import detector_json
from argosy.service.refresh_request import RefreshRequest
from argosy.service.score import status_notes
from argosy.settings import Settings, read_settings
from argosy.store.input_snapshot import keep_copy
from argosy.store.rows import DetectorRow
from argosy.store.status_rows import Status, StatusChange, SuccessionRow
from argosy.store.store import Store, open_store
from argosy.terminal import moment
from tests.argosy.cli.invoking import Invoke
from tests.argosy.scheduling.kept import FIRST, keep_detector, loaded
from tests.argosy.service.line import MADE, START, STEP_S, make_line

DAY_S = 86_400
LASTS_S = int((RefreshRequest.expires_days or 0) * DAY_S)
DUE = FIRST + 99 * 60 + LASTS_S


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(Settings(tmp_path / "store"))


def due(store: Store, row: DetectorRow) -> int | None:
    return due_at(store, row, store.service.standings(row.id))


def test_a_detector_that_nobody_refreshed_is_due_so_long_after_its_data_ends(store: Store) -> None:
    row = store.detectors.find(keep_detector(store))
    assert due(store, row) == DUE
    told = [detector_json(store, row, now) for now in (float(DUE), DUE + 1.0)]
    assert [(each["expires"], each["due"], each["standings"]) for each in told] == [(DUE, False, []), (DUE, True, [])]


def test_scoring_what_came_years_later_says_that_it_is_due(store: Store) -> None:
    row = store.detectors.find(keep_detector(store))
    assert list(status_notes(store, row, loaded(FIRST, 200))) == []
    years_later = loaded(FIRST + 3 * 365 * DAY_S, 200)
    assert list(status_notes(store, row, years_later)) == [f"the detector is due: argosy refresh {row.id}"]


def test_without_its_data_it_is_due_so_long_after_it_was_kept_and_without_times_never(store: Store) -> None:
    for settings in ({}, {"data": "0" * 64}):
        session = store.sessions.begin("web", 100, "embedded", "ewma", 0, settings)
        row = store.detectors.put(session.id, "web", {"name": "ewma"}, [], 60)
        assert due(store, row) == int(row.created) + LASTS_S
    data = keep_copy(store, replace(loaded(0, 100), times_known=False))
    session = store.sessions.begin("web", 100, "embedded", "ewma", 0, {"data": data})
    assert due(store, store.detectors.put(session.id, "web", {"name": "ewma"}, [], 60)) is None


def test_a_refresh_has_the_last_word_also_that_it_never_expires(store: Store) -> None:
    row = store.detectors.find(keep_detector(store))
    store.service.move([StatusChange(row.id, Status.LIVE, Status.LIVE, "stays", 42)], "test")
    assert due(store, row) == 42
    begun = store.refreshes.begin("k", row.id, row.id)
    with store.database.writing() as connection:
        move = StatusChange(row.id, Status.LIVE, Status.LIVE, "stays for good", None)
        store.service.move_within(connection, [move], "test", begun.id)
    assert due(store, row) is None
    store.service.move([StatusChange(row.id, Status.LIVE, Status.RETIRED, "out")], "ann")
    store.service.move([StatusChange(row.id, Status.RETIRED, Status.LIVE, "and back by hand")], "ann")
    assert due(store, row) is None


def test_a_challenger_is_due_by_what_it_was_made_on(store: Store) -> None:
    first = store.detectors.find(keep_detector(store))
    heir = store.detectors.put(first.session, "web", {"name": "ewma"}, [], 60)
    store.service.enter(
        SuccessionRow(heir.id, first.id, first.id, "retune", FIRST + 5_000, {"from": FIRST}), "test", ""
    )
    assert due(store, heir) == FIRST + 5_000 + LASTS_S


def test_a_rule_stands_as_the_best_placed_detector_that_holds_it(store: Store) -> None:
    line = make_line(store)
    row = store.detectors.find(line.first)
    rule = store.rules.find(row.members[0].rule)
    now = rule.created + 3 * DAY_S

    def standing() -> tuple[Status, float, int]:
        found = rule_standings(store, [rule], now)[rule.id]
        return found.status, found.age_days, len(found.holders)

    assert standing() == (Status.LIVE, 3.0, 1)
    assert expires_at(store, rule_standings(store, [rule], now)[rule.id]) == START + STEP_S * (MADE - 1) + LASTS_S
    heir = store.detectors.put(row.session, "metric", row.base, row.members, STEP_S)
    store.service.enter(SuccessionRow(heir.id, row.id, row.id, "retune", START, {"from": START}), "test", "")
    store.service.move([StatusChange(row.id, Status.LIVE, Status.RETIRED, "old")], "ann")
    assert standing() == (Status.CANDIDATE, 3.0, 2)
    assert expires_at(store, rule_standings(store, [rule], now)[rule.id]) is None
    store.service.move([StatusChange(heir.id, Status.CANDIDATE, Status.RETIRED, "worse")], "ann")
    assert standing() == (Status.RETIRED, 3.0, 2)


def test_the_commands_tell_status_age_and_expiry(argosy: Invoke) -> None:
    line = make_line(open_store(read_settings()))
    expires = START + STEP_S * (MADE - 1) + LASTS_S
    row = line.store.detectors.find(line.first)
    assert f"0.0 days old, due since {moment(expires)} UTC" in argosy("detector", "list").stdout
    assert f"0.0 days old, due since {moment(expires)} UTC" in argosy("detector", "show", "latest").stdout
    (listed,) = json.loads(argosy("rules", "--json").stdout)
    assert (listed["status"], listed["detectors"]) == ("live", [{"id": row.id, "status": "live"}])
    assert 0 <= listed["age_days"] < 1
    assert {"status", "live", "days", "0.0"} <= set(argosy("rules").stdout.split())
    shown = json.loads(argosy("rule", "show", listed["id"], "--json").stdout)
    assert (shown["status"], shown["expires"], shown["detectors"]) == ("live", expires, listed["detectors"])
    page = argosy("rule", "show", listed["id"]).stdout
    assert f"live, 0.0 days old, due to be looked at again at {moment(expires)} UTC" in page
    assert f"in {row.id}, live" in page
    found = {each["part"]: each for each in json.loads(argosy("doctor", "--json").stdout)}
    assert found["detectors"]["health"] == "missing"
    line.store.service.move([StatusChange(row.id, Status.LIVE, Status.RETIRED, "old")], "ann")
    assert "due" not in argosy("detector", "list", "--all").stdout
    assert "retired" in argosy("rules").stdout
