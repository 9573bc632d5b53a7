"""Sessions whose alerts are explained: nothing else changes, and they can be resumed and replayed like any other."""

from dataclasses import replace
from pathlib import Path

import pytest

import argosy.sessions.resume
import argosy.sessions.run
from argosy.agents.models.budget import Caps
from argosy.cli.report_output import explanation_lines
from argosy.graphs.recording.events import Decision, Event, ModelCall, SpanBegin
from argosy.graphs.recording.observer import Observer
from argosy.models.table import find_models
from argosy.sessions.replay import replay_session
from argosy.sessions.report import Report
from argosy.sessions.resume import resume_session
from argosy.sessions.run import run_session
from argosy.settings import Settings as Surroundings
from argosy.store.store import Store, open_store
from tests.argosy.cli.inprocess import opened
from tests.argosy.sessions.killed import SMALL, request, table
from tests.argosy.workspaces import workspace_of

pytestmark = pytest.mark.slow

EXPLAINING = replace(SMALL, explain=2)


class Killed(BaseException):
    """Ends a session as a kill would: nothing in it catches this."""


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argosy.sessions.run, "open_sandbox", opened)


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path / "home")


@pytest.fixture
def kept(surroundings: Surroundings) -> Store:
    return open_store(surroundings)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return table(tmp_path / "metric.csv")


def explanations(report: Report) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (report.model_extra or {})["explanations"]
    return found


def calls(store: Store, session: str) -> list[ModelCall]:
    events = [row.event for row in store.events.of(session)]
    return [event for event in events if isinstance(event, ModelCall) and event.role == "explanation"]


def test_alerts_of_the_lockbox_are_explained_and_nothing_else_changes(
    file: Path, kept: Store, surroundings: Surroundings
) -> None:
    models = find_models(surroundings)
    plain = run_session(request(file), workspace_of(kept, models)).report
    told = run_session(request(file, settings=EXPLAINING), workspace_of(kept, models)).report
    assert explanations(plain) == []
    assert len(explanations(told)) == 2
    assert all(each["standing"] in ("verified", "trimmed") for each in explanations(told))
    assert all(each["start"] >= told.splits["lockbox"].start for each in explanations(told))  # type: ignore[operator]
    assert len(list(explanation_lines(told))) == 2
    for name in ("rules", "scores", "outcome", "ending"):
        assert plain.as_json()[name] == told.as_json()[name]
    assert len(calls(kept, told.session)) == 2


def test_an_alert_of_a_rule_is_told_with_the_clause_that_decided(
    file: Path, kept: Store, surroundings: Surroundings
) -> None:
    asked = request(file, settings=replace(EXPLAINING, explain=10))
    told = run_session(asked, workspace_of(kept, find_models(surroundings))).report
    by_rules = [each for each in explanations(told) if each["by"][0].startswith("r-")]  # type: ignore[index]
    assert by_rules
    assert any("The clause that decided is" in str(each["text"]) for each in by_rules)


def test_it_is_replayed_as_it_was(file: Path, kept: Store, surroundings: Surroundings) -> None:
    run_session(request(file, settings=EXPLAINING), workspace_of(kept, find_models(surroundings)))
    replayed = replay_session("latest", workspace_of(kept))
    assert replayed.same
    assert (replayed.missing, replayed.added) == (0, 0)


def test_it_is_resumed_in_the_middle_of_explaining(file: Path, kept: Store, surroundings: Surroundings) -> None:
    models, seen = find_models(surroundings), list[Event]()

    def watch(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Decision) and event.subject == "alert 1":
            raise Killed

    with pytest.raises(Killed):
        run_session(request(file, settings=EXPLAINING), workspace_of(kept, models), Observer(watch))
    resumed = resume_session(None, workspace_of(kept, models))
    report = resumed if isinstance(resumed, Report) else resumed.report
    assert len(explanations(report)) == 2
    assert len(calls(kept, report.session)) == 2


def test_a_budget_that_ends_early_leaves_the_session_whole(file: Path, kept: Store, surroundings: Surroundings) -> None:
    models = find_models(surroundings)
    whole = run_session(request(file, settings=EXPLAINING), workspace_of(kept, models)).report
    asked = request(file, settings=EXPLAINING, caps=Caps(calls=whole.usage.calls - 1))
    short = run_session(asked, workspace_of(kept, models)).report
    assert len(explanations(short)) == 1
    assert short.as_json()["rules"] == whole.as_json()["rules"]


def test_it_is_off_unless_it_is_asked_for(file: Path, kept: Store, surroundings: Surroundings) -> None:
    session = run_session(request(file), workspace_of(kept, find_models(surroundings))).report.session
    begun = [row.event for row in kept.events.of(session)]
    assert "explain" not in {event.node for event in begun if isinstance(event, SpanBegin)}
