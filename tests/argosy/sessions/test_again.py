"""Sessions done again: replayed, forked, resumed, answered from a recording. All in this process, with no model."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import argosy.sessions.resume
import argosy.sessions.run
from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import ModelUnavailable
from argosy.eval.metrics import measure
from argosy.graphs.recording.events import Decision, Event, ModelCall, SpanBegin
from argosy.graphs.recording.observer import Observer
from argosy.graphs.refine import Settings
from argosy.graphs.replay.recording import STOPPED
from argosy.graphs.replay.unknown import UnknownCall
from argosy.models.table import Models, find_models
from argosy.sessions.fork import Changes, find_step, fork_session
from argosy.sessions.publish import SessionResult
from argosy.sessions.replay import replay_session
from argosy.sessions.report import Report
from argosy.sessions.request import SessionRequest
from argosy.sessions.resume import resume_session
from argosy.sessions.run import run_session
from argosy.settings import Settings as Surroundings
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput
from argosy.store.store import Store, open_store
from tests.argosy.cli.inprocess import opened
from tests.argosy.sessions.killed import request, table
from tests.argosy.workspaces import workspace_of

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argosy.sessions.run, "open_sandbox", opened)


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path / "home")


@pytest.fixture
def models(surroundings: Surroundings) -> Models:
    return find_models(surroundings)


@pytest.fixture
def kept(surroundings: Surroundings) -> Store:
    return open_store(surroundings)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return table(tmp_path / "metric.csv")


def go(asked: SessionRequest, store: Store, models: Models, **more: Any) -> SessionResult:
    return run_session(asked, workspace_of(store, models), Observer(**more))


def events(store: Store, session: str) -> list[Event]:
    return [row.event for row in store.events.of(session)]


def fusion(report: Report) -> Any:
    plain = report.as_json()
    return [plain[name] for name in ("rules", "scores", "outcome", "ending", "base")]


def test_a_session_is_replayed_without_its_file_and_leaves_no_trace(file: Path, kept: Store, models: Models) -> None:
    done = go(request(file), kept, models)
    file.unlink()
    before = len(events(kept, done.report.session))
    replayed = replay_session("latest", workspace_of(kept))
    assert replayed.same
    assert (replayed.missing, replayed.added, replayed.replies) == (0, 0, done.report.usage.calls)
    assert len(events(kept, done.report.session)) == before
    assert len(kept.sessions.newest()) == 1


def test_a_replay_says_where_it_differs(
    file: Path, kept: Store, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(request(file), kept, models)
    monkeypatch.setattr("argosy.graphs.refine.finish.PRICE_OF_A_RULE", 2.0)
    replayed = replay_session("latest", workspace_of(kept))
    assert not replayed.same
    said = "\n".join(replayed.differences)
    assert "outcome: fused on record, now base_only" in said
    assert "fusion: ['r-" in said
    assert "fused on lockbox, objective: 1.0 on record, now 0." in said
    assert "the first event that did not come again: decision in fuse#1" in said


def test_a_metric_that_came_after_the_record_is_no_difference_and_one_that_went_is(
    file: Path, kept: Store, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    def more(labels: Bools, scores: Floats) -> Mapping[str, float | int]:
        return {"patience": 0.5, **measure(labels, scores)}

    def fewer(labels: Bools, scores: Floats) -> Mapping[str, float | int]:
        return {name: value for name, value in measure(labels, scores).items() if name != "auc_pr"}

    go(request(file), kept, models)
    monkeypatch.setattr("argosy.graphs.refine.context.measure", more)
    replayed = replay_session("latest", workspace_of(kept))
    assert (replayed.differences, replayed.missing, replayed.added) == ((), 0, 0)
    monkeypatch.setattr("argosy.graphs.refine.context.measure", fewer)
    *figures, _parting = replay_session("latest", workspace_of(kept)).differences
    assert [each.split(":")[0] for each in figures] == [
        f"{subject} on {part}, auc_pr" for subject in ("base", "fused") for part in ("train", "validation", "lockbox")
    ]
    assert all(each.endswith("on record, now not measured") for each in figures)


def test_a_replay_that_asks_something_else_shows_the_difference(
    file: Path, kept: Store, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(request(file), kept, models)
    monkeypatch.setattr("argosy.agents.rules.build_evidence.MOST_PAIRS", 3)
    replayed = replay_session("latest", workspace_of(kept))
    assert not replayed.same
    assert "holds no reply for detection c1." in replayed.differences[0]
    assert "\n-" in replayed.diff
    assert "\n+" in replayed.diff


@pytest.mark.parametrize("after", [14, 40, 50])
def test_an_interrupted_session_is_replayed_as_it_was_interrupted(
    after: int, file: Path, kept: Store, models: Models
) -> None:
    seen: list[Event] = []
    done = go(request(file), kept, models, watch=seen.append, interrupted=lambda: len(seen) > after)
    assert done.report.ending == "interrupted"
    assert any(isinstance(event, Decision) and event.verdict == STOPPED for event in seen)
    replayed = replay_session("latest", workspace_of(kept))
    assert (replayed.same, replayed.missing, replayed.added) == (True, 0, 0)


@pytest.mark.parametrize(
    "caps", [Caps(calls=3), Caps(tokens=5_000), Caps(seconds=0.2), Caps(usd=0.0)], ids=lambda caps: str(caps)[5:]
)
def test_a_session_that_a_budget_ended_is_usable_and_replayed_as_it_ended(
    caps: Caps, file: Path, kept: Store, models: Models
) -> None:
    priced = replace(models, catalog=replace(models.catalog, rows=(("embedded", dear()), *models.catalog.rows)))
    settings = Settings(rounds=2, candidates=4, evaluations=6)
    now = count(1_000_000.0, 0.004)  # each look at the clock takes a little, on a fast machine as on a slow one
    done = run_session(request(file, settings=settings, caps=caps), workspace_of(kept, priced, lambda: next(now)))
    usage = done.report.usage
    assert done.report.ending == "budget_spent"
    assert done.report.outcome in ("fused", "base_only")
    assert kept.detectors.find(done.report.session).id == done.report.detector
    assert caps.calls is None or usage.calls <= caps.calls
    assert caps.tokens is None or usage.input_tokens + usage.output_tokens <= caps.tokens
    assert caps.usd is None or usage.usd <= caps.usd
    replayed = replay_session("latest", workspace_of(kept))
    assert (replayed.same, replayed.missing, replayed.added) == (True, 0, 0)


def dear() -> Any:
    from argosy.agents.models.catalog import ModelFacts

    return ModelFacts(input_usd=1.0, output_usd=4.0, max_output_tokens=500)


def test_another_session_answers_from_a_recording(file: Path, kept: Store, models: Models) -> None:
    first = go(request(file), kept, models).report
    again = go(request(file, model=f"replay:{first.session}"), kept, models).report
    assert fusion(again) == fusion(first)
    assert (again.usage.usd, again.usage.calls) == (0.0, 0)
    assert replay_session(again.session, workspace_of(kept)).same
    with pytest.raises(UnknownCall, match=f"replay:{first.session} holds no reply for detection c1.1") as raised:
        go(request(file, model=f"replay:{first.session}", settings=Settings(candidates=3)), kept, models)
    assert '-"candidates":2,' in raised.value.diff


@pytest.mark.parametrize("at", ["profile", "propose#1", "tune", "target#1", "publish"])
def test_a_fork_goes_on_from_any_step(at: str, file: Path, kept: Store, models: Models) -> None:
    first = go(request(file), kept, models).report
    begun = find_step(first.session, events(kept, first.session), at)[1]
    before = [event for event in events(kept, first.session)[:begun] if isinstance(event, ModelCall)]
    fork = fork_session(first.session, at, Changes(), workspace_of(kept, models)).report
    assert fusion(fork) == fusion(first)
    assert fork.usage.calls == first.usage.calls - len(before)
    assert f"forked from {first.session} at" in fork.notes[-2]
    assert "not unseen any more" in fork.notes[-1]
    copied = [event for event in events(kept, fork.session) if isinstance(event, ModelCall) and event.replayed]
    assert len(copied) == len(before)
    assert replay_session(fork.session, workspace_of(kept)).same


def test_a_fork_has_other_settings_from_its_step_on(file: Path, kept: Store, models: Models) -> None:
    first = go(request(file, settings=Settings(rounds=2, candidates=1, evaluations=6)), kept, models).report
    assert any(isinstance(event, SpanBegin) and event.span == "propose#2" for event in events(kept, first.session))
    changes = Changes(settings={"candidates": 4, "rounds": 3}, caps=Caps(calls=7))
    fork = fork_session(first.session, "target#1", changes, workspace_of(kept, models)).report
    calls = [
        event for event in events(kept, fork.session) if isinstance(event, ModelCall) and event.role == "detection"
    ]
    assert Counter(call.round for call in calls if call.replayed) == {1: 1}
    assert sum(call.round == 2 for call in calls) == 4
    assert fork.usage.calls <= 7
    assert replay_session(fork.session, workspace_of(kept)).same
    nested = fork_session(fork.session, "tune#2", Changes(settings={"rounds": 2}), workspace_of(kept, models)).report
    assert replay_session(nested.session, workspace_of(kept)).same


@pytest.mark.parametrize("at", ["dance", "propose#9", "propose#1.2", "", "#1", "propose#1.0"])
def test_a_step_that_was_not_taken_is_refused(at: str, file: Path, kept: Store, models: Models) -> None:
    go(request(file, settings=Settings(rounds=1, candidates=1, evaluations=4)), kept, models)
    with pytest.raises(BadInput, match="has taken no such step; name one of: profile#0, baseline#0"):
        fork_session("latest", at, Changes(), workspace_of(kept, models))


def stopped(store: Store, models: Models, asked: SessionRequest, at: int) -> str:
    """A session that fails at its so manieth event, as if its machine had."""
    numbers = count(1)

    def watch(_event: Event) -> None:
        if next(numbers) == at:
            raise ModelUnavailable("the server is gone")

    with pytest.raises(ModelUnavailable):
        go(asked, store, models, watch=watch)
    return store.sessions.newest()[0].id


def test_a_session_that_failed_is_resumed_and_one_that_ended_gives_its_report(
    file: Path, kept: Store, models: Models
) -> None:
    whole = go(request(file), kept, models).report
    failed = stopped(kept, models, request(file), 40)
    assert kept.sessions.find(failed).outcome == "failed"
    done = resume_session(None, workspace_of(kept, models))
    assert isinstance(done, SessionResult)
    assert done.report.session == failed
    assert fusion(done.report) == fusion(whole)
    assert done.report.usage == whole.usage
    again = resume_session(failed, workspace_of(kept, models))
    assert isinstance(again, Report)
    assert again == done.report
    with pytest.raises(BadInput, match="none is left unfinished"):
        resume_session(None, workspace_of(kept, models))


def test_a_fork_that_was_killed_before_its_step_is_resumed(file: Path, kept: Store, models: Models) -> None:
    first = go(request(file), kept, models).report

    def watch(event: Event) -> None:
        if event.span == "trial#1":
            raise ModelUnavailable("the server is gone")

    with pytest.raises(ModelUnavailable):
        fork_session(first.session, "tune#1", Changes(), workspace_of(kept, models), Observer(watch))
    done = resume_session(None, workspace_of(kept, models))
    assert isinstance(done, SessionResult)
    assert fusion(done.report) == fusion(first)
    assert any("forked from" in note for note in done.report.notes)
    assert done.report.usage.calls < first.usage.calls


def test_seconds_before_a_kill_count_and_those_of_catching_up_do_not(file: Path, kept: Store, models: Models) -> None:
    now = count(1_000_000.0, 0.5)
    with pytest.raises(ModelUnavailable):
        run_session(
            request(file, caps=Caps(seconds=90.0)), workspace_of(kept, models, lambda: next(now)), Observer(failing(60))
        )
    asked = kept.sessions.newest()[0]
    with kept.database.writing() as connection:  # the store's clock is another one than that of the test
        connection.exec_driver_sql("UPDATE sessions SET started = 1000000.0 WHERE id = ?", (asked.id,))
    done = resume_session(asked.id, workspace_of(kept, models, lambda: next(now)))
    assert isinstance(done, SessionResult)
    assert done.report.ending == "nothing_left"
    again = stopped(kept, models, request(file, caps=Caps(seconds=5.0)), 14)
    later = count(2_000_000.0, 0.01)
    with kept.database.writing() as connection:
        connection.exec_driver_sql("UPDATE sessions SET started = started - 6 WHERE id = ?", (again,))
    done = resume_session(again, workspace_of(kept, models, lambda: next(later)))
    assert isinstance(done, SessionResult)
    assert done.report.ending == "budget_spent"


def failing(at: int) -> Callable[[Event], None]:
    numbers = count(1)

    def watch(_event: Event) -> None:
        if next(numbers) == at:
            raise ModelUnavailable("the server is gone")

    return watch


def test_a_session_that_is_being_worked_on_is_left_alone(file: Path, kept: Store, models: Models) -> None:
    failed = stopped(kept, models, request(file), 5)
    with kept.claims.hold(failed):
        with pytest.raises(BadInput, match="being worked on by another process"):
            resume_session(failed, workspace_of(kept, models))
        with pytest.raises(BadInput, match="1 are being worked on"):
            resume_session(None, workspace_of(kept, models))
    with pytest.raises(BadInput, match="has not ended; argosy resume"):
        replay_session(failed, workspace_of(kept))


def test_a_session_of_another_version_is_refused_in_one_line(kept: Store, models: Models) -> None:
    row = kept.sessions.begin("kpi-1", 900, "embedded", "auto", 7, {"rounds": 2})
    with pytest.raises(BadInput, match="another version of Argosy"):
        resume_session(row.id, workspace_of(kept, models))


def test_a_session_without_its_copy_of_the_data_says_so(file: Path, kept: Store, models: Models) -> None:
    done = go(request(file), kept, models).report
    name = str(kept.sessions.find(done.session).settings["data"])
    for path in file.parent.rglob(f"{name}*"):
        path.unlink()
    with pytest.raises(BadInput, match="copy the artefacts folder"):
        replay_session(done.session, workspace_of(kept))


def test_two_sessions_on_one_store_do_not_disturb_each_other(
    tmp_path: Path, file: Path, kept: Store, models: Models, surroundings: Surroundings
) -> None:
    other = request(table(tmp_path / "other.csv", 1_500))
    alone = [fusion(go(asked, kept, models).report) for asked in (request(file), other)]
    stores = [open_store(surroundings), open_store(surroundings)]
    with ThreadPoolExecutor(2) as pool:
        both = list(
            pool.map(lambda pair: go(pair[0], pair[1], models), zip((request(file), other), stores, strict=True))
        )
    assert [fusion(done.report) for done in both] == alone
    assert all(replay_session(done.report.session, workspace_of(kept)).same for done in both)
