"""A pattern's run is kept like any other session: what was asked, what was found, and what stopped it."""

from pathlib import Path

import pytest

from argosy.agents.models.speaker import Pattern
from argosy.patterns.pattern_run import PatternRequest, open_pattern_run
from argosy.settings import Settings
from argosy.signals.errors import BadInput
from argosy.store.store import Store, open_store
from tests.argosy.workspaces import workspace_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(Settings(tmp_path))


def test_a_run_is_kept_with_its_report(store: Store) -> None:
    with open_pattern_run(PatternRequest("quiet", "a log", 3), workspace_of(store)) as run:
        with run.step("read") as node:
            node.decide("line 1", "normal")
        run.report["lines"] = 3
    row = store.sessions.find(run.session)
    assert (row.outcome, row.report, row.base) == ("done", {"lines": 3}, "quiet")
    assert [each.event.kind for each in store.events.of(run.session)] == ["span_begin", "decision", "span_end"]


def test_what_stops_a_run_is_kept_and_raised_and_it_is_no_work_for_resume(store: Store) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        open_pattern_run(PatternRequest("quiet", "a log", 3), workspace_of(store)) as run,
    ):
        raise ZeroDivisionError("by hand")
    row = store.sessions.find(run.session)
    assert row.outcome == "failed"
    assert row.report == {"error": "ZeroDivisionError: by hand"}
    assert store.sessions.unfinished() == ()


def test_the_embedded_author_is_refused_where_it_has_no_stand_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("argosy.patterns.pattern_run.STANDINS", {})
    request = PatternRequest("sigllm", "a series", 3, patterns=[Pattern.PROMPTER])
    with (
        pytest.raises(BadInput, match="cannot stand in for prompter"),
        open_pattern_run(request, workspace_of(store)),
    ):
        pass
    assert store.sessions.newest() == ()
