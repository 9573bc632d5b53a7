"""A store that version 0.1.0 wrote: it opens, and all that it holds is as it was then."""

import json
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from argosy.graphs.recording.events import Event, ModelCall
from argosy.graphs.recording.observer import Observer
from argosy.sessions.replay import replay_session
from argosy.settings import Settings
from argosy.store.store import Store, open_store
from tests.argosy.cli.invoking import invoke
from tests.argosy.workspaces import workspace_of

ARCHIVE = Path(__file__).parent / "store_0_1" / "store.tar.xz"
OF_THE_DAY = {"age_days", "seconds", "wall_s", "growth", "out"}
"""What is other whenever somebody asks."""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("version-0.1")
    with tarfile.open(ARCHIVE) as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def recorded(unpacked: Path) -> dict[str, Any]:
    """`ids` of what is in the store, and `answers` of version 0.1.0 by the words of its commands."""
    answers: dict[str, Any] = json.loads((unpacked / "answers.json").read_text())
    return answers


@pytest.fixture
def ids(recorded: dict[str, Any]) -> dict[str, str]:
    names: dict[str, str] = recorded["ids"]
    return names


@pytest.fixture(autouse=True)
def home(unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the store, which commands use, in a folder with the files that they are given."""
    copy = tmp_path / "copy"
    shutil.copytree(unpacked, copy)
    monkeypatch.setenv("ARGOSY_HOME", str(copy / "home"))
    monkeypatch.chdir(copy)
    return copy / "home"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(Settings(home))
    yield opened
    opened.close()


def now(*words: str) -> Any:
    """What a command says today."""
    done = invoke(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def lasting(said: Any) -> Any:
    """An answer without what depends on the day."""
    match said:
        case Mapping():
            return {name: lasting(value) for name, value in said.items() if name not in OF_THE_DAY}
        case list():
            return [lasting(each) for each in said]
        case float():
            return pytest.approx(said)
        case _:
            return said


def said_then(today: Any, then: Any) -> Any:
    """Today's answer without the fields that no version said before."""
    match today, then:
        case Mapping(), Mapping():
            return {name: said_then(value, then[name]) for name, value in today.items() if name in then}
        case list(), list() if len(today) == len(then):
            return [said_then(*pair) for pair in zip(today, then, strict=True)]
        case _:
            return today


def asked(recorded: dict[str, Any], *beginning: str) -> list[str]:
    """The commands whose answers are kept, by their first words."""
    return [words for words in recorded["answers"] if words.startswith(" ".join(beginning))]


@pytest.mark.parametrize(
    "command",
    [
        "sessions",
        "rules",
        "show",
        "rule show",
        "detector list",
        "detector show",
        "approvals",
        "schedule list",
        "schedule history",
    ],
)
def test_what_was_kept_is_shown_as_it_was(command: str, recorded: dict[str, Any]) -> None:
    commands = asked(recorded, command)
    assert commands
    for words in commands:
        then = recorded["answers"][words]
        assert lasting(said_then(now(*words.split()), then)) == lasting(then)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["rule verify", "score", "why"])
def test_rules_and_detectors_do_what_they_did(command: str, recorded: dict[str, Any]) -> None:
    (words,) = asked(recorded, command)
    then = recorded["answers"][words]
    assert lasting(said_then(now(*words.split()), then)) == lasting(then)


@pytest.mark.slow
def test_every_score_is_the_same(ids: dict[str, str]) -> None:
    now("score", ids["detector"], "later.csv", "--sandbox", "local", "--out", "today.csv")
    then, today = pd.read_csv("scores.csv"), pd.read_csv("today.csv")
    assert list(today.columns) == list(then.columns)
    assert today["flag"].equals(then["flag"])
    np.testing.assert_allclose(today["score"], then["score"], rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fused", "base_only", "fork"])
def test_sessions_are_replayed_and_call_keys_are_the_same_strings(
    name: str, ids: dict[str, str], store: Store, recorded: dict[str, Any]
) -> None:
    came: list[Event] = []
    replayed = replay_session(ids[name], workspace_of(store), Observer(came.append))
    then = recorded["answers"][f"replay {ids[name]}"]
    assert (replayed.differences, replayed.missing, replayed.added) == ((), 0, 0)
    assert (replayed.replies, replayed.events) == (then["replies"], then["events"])
    kept = {(call.span, call.key) for call in calls(store, ids[name])}
    assert {(each.span, each.key) for each in came if isinstance(each, ModelCall)} == kept
    assert bool(kept) is (name != "base_only")
    assert invoke("replay", ids[name]).exit_code == 0


def calls(store: Store, session: str) -> list[ModelCall]:
    return [kept.event for kept in store.events.of(session) if isinstance(kept.event, ModelCall)]


@pytest.mark.slow
def test_the_session_that_was_killed_goes_on_and_asks_nothing_twice(
    ids: dict[str, str], store: Store, recorded: dict[str, Any]
) -> None:
    before = calls(store, ids["killed"])
    assert before
    report = now("resume", ids["killed"])
    then = recorded["answers"][f"resume {ids['killed']}"]
    for name in ("outcome", "ending", "rules", "scores", "splits", "base", "objective"):
        assert lasting(said_then(report[name], then[name])) == lasting(then[name])
    after = calls(store, ids["killed"])
    assert after[: len(before)] == before
    assert len({call.key for call in after}) == len(after) == report["usage"]["calls"] == then["usage"]["calls"]
    assert now("replay", ids["killed"])["same"] is True


@pytest.mark.slow
def test_a_fork_goes_on_from_an_old_session(ids: dict[str, str]) -> None:
    fork = now("fork", ids["fused"], "--at", "tune", "--rounds", "1")
    assert (fork["outcome"], fork["usage"]["calls"]) == ("fused", 2)


@pytest.mark.slow
def test_the_challenger_that_waits_is_approved(ids: dict[str, str], recorded: dict[str, Any]) -> None:
    then = recorded["answers"][f"approve {ids['waiting']}"]
    done = now("approve", ids["waiting"])
    assert done["state"] == then["state"] == "promoted"
    for name in ("challenger", "champion", "live", "decision", "facts", "expires"):
        assert lasting(done[name]) == lasting(then[name])
    assert now("approvals") == []
    assert now("detector", "show", ids["detector"])["live"] == then["live"]


def test_a_log_judged_by_the_embedded_author_gets_the_same_verdicts() -> None:
    report = now("logs", "app.log")
    assert report["recalled"] == 0  # what depends on the whole log is judged anew
    assert [each["verdict"] for each in report["verdicts"]] == ["normal", "abnormal"]


@pytest.mark.slow
def test_a_schedule_goes_on(ids: dict[str, str]) -> None:
    assert now("schedule", "resume", ids["schedule"])["state"] == "active"
    now("schedule", "run-now", ids["schedule"])
    assert now("schedule", "history", ids["schedule"])[0]["state"] == "waiting"
