"""`argosy run`, `score`, `doctor` and the rest, through the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.argosy.cli.invoking import Invoke

pytestmark = pytest.mark.slow

RUN = ["--step", "60", "--sandbox", "local", "--rounds", "1", "--candidates", "2"]


@pytest.fixture
def table() -> pd.DataFrame:
    """A noisy series with fifteen drops, and what a crude detector made of it."""
    rng = np.random.default_rng(0)
    values, labels = 100 + rng.normal(0, 1, 2500), np.zeros(2500, dtype=int)
    for number, start in enumerate(np.linspace(100, 2400, 15).astype(int)):
        values[start : start + 8] -= 25 if number % 2 else 9
        labels[start : start + 8] = 1
    mine = (np.abs(values - 100) > 15).astype(int)
    return pd.DataFrame({"index": np.arange(2500), "value": values, "label": labels, "mine": mine})


@pytest.fixture
def file(tmp_path: Path, table: pd.DataFrame) -> Path:
    path = tmp_path / "metric.csv"
    table.to_csv(path, index=False)
    return path


def test_a_file_without_the_column_of_the_base_is_told_what_to_give(
    argosy: Invoke, file: Path, table: pd.DataFrame, tmp_path: Path
) -> None:
    assert argosy("run", file, *RUN, "--base", "mine").exit_code == 0
    bare = tmp_path / "bare.csv"
    table.drop(columns="mine").to_csv(bare, index=False)
    for words in (["score", "latest", bare], ["why", "latest", bare, "--at", "7"]):
        result = argosy(*words, "--step", 60, "--sandbox", "local")
        assert result.exit_code == 2
        assert "give a file with the column 'mine', whose verdicts the detector was made with" in result.stderr


def test_a_rule_that_is_piped_can_be_run_as_it_stands(argosy: Invoke, file: Path) -> None:
    assert argosy("run", file, *RUN, "--base", "mine").exit_code == 0
    rule = json.loads(argosy("rules", "--json").stdout)[0]
    shown = argosy("rule", "show", rule["id"]).stdout
    assert rule["source"].strip("\n") in shown


def test_run_reports_what_it_promises_as_json(argosy: Invoke, file: Path) -> None:
    result = argosy("run", file, *RUN, "--base", "mine", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["series"] == {"id": "metric", "points": 2500, "step_s": 60, "incidents": 15}
    assert report["model"] == "embedded"
    assert report["base"]["name"] == "given"
    assert report["outcome"] == "fused"
    assert report["rules"]
    for rule in report["rules"]:
        assert {"id", "direction", "summary", "params"} <= set(rule)
    for subject in ("base", "fused"):
        for part in ("train", "validation", "lockbox"):
            wanted = {"event_f1_pa", "point_f1", "event_f1_k10", "auc_pr", "incidents", "detected", "false_points"}
            assert wanted <= set(report["scores"][subject][part])
    assert report["usage"]["calls"] > 0
    assert report["usage"]["usd"] == 0
    assert report["scores"]["fused"]["lockbox"]["objective"] > report["scores"]["base"]["lockbox"]["objective"]


def test_a_session_can_be_shown_listed_and_put_to_a_file(argosy: Invoke, file: Path, tmp_path: Path) -> None:
    picture, out = tmp_path / "drawn" / "metric.png", tmp_path / "scores.parquet"
    report = json.loads(argosy("run", file, *RUN, "--base", "mine", "--json", "--picture", picture).stdout)
    assert picture.stat().st_size > 10_000
    assert [each["session"] for each in json.loads(argosy("sessions", "--json").stdout)] == [report["session"]]
    events = json.loads(argosy("show", "latest", "--json").stdout)
    assert {"span_begin", "model", "sandbox", "score", "decision"} <= {event["kind"] for event in events}
    assert report["rules"][0]["id"] in argosy("rules").output
    assert "def detect" in argosy("rule", "show", report["rules"][0]["id"]).output

    result = argosy("score", "latest", file, "--step", 60, "--sandbox", "local", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    frame = pd.read_parquet(out)
    assert list(frame.columns) == ["timestamp", "value", "score", "flag", "fired"]
    assert (frame["flag"] == (frame["score"] >= 1)).all()
    assert int(frame["flag"].sum()) == json.loads(result.stdout)["flagged"]
    lockbox = frame["flag"].to_numpy()[-750:]
    labels = pd.read_csv(file)["label"].to_numpy()[-750:]
    false_points = int((lockbox & (labels == 0)).sum())
    assert false_points == report["scores"]["fused"]["lockbox"]["false_points"]


def test_the_same_seed_gives_the_same_rules_and_another_command_says_so(argosy: Invoke, file: Path) -> None:
    reports = [json.loads(argosy("run", file, *RUN, "--base", "mine", "--seed", 3, "--json").stdout) for _ in range(2)]
    assert reports[0]["rules"] == reports[1]["rules"]
    assert reports[0]["scores"] == reports[1]["scores"]


def test_a_budget_of_no_calls_is_a_named_ending_with_a_usable_detector(argosy: Invoke, file: Path) -> None:
    report = json.loads(argosy("run", file, *RUN, "--base", "mine", "--budget-calls", 0, "--json").stdout)
    assert report["ending"] == "budget_spent"
    assert report["outcome"] == "base_only"
    assert report["usage"]["calls"] == 0
    assert argosy("score", report["detector"], file, "--step", 60, "--sandbox", "local").exit_code == 0


def test_no_incident_in_training_leaves_the_base(argosy: Invoke, table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    table.assign(label=np.where(table["index"] < 1400, 0, table["label"])).to_csv(path, index=False)
    report = json.loads(argosy("run", path, *RUN, "--json").stdout)
    assert report["outcome"] == "no_incidents"
    assert report["scores"]["fused"] == report["scores"]["base"]
    assert report["scores"]["base"]["train"]["event_f1_pa"] is None


BAD: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], list[str], list[str]]] = {
    "no labels": (lambda t: t[["index", "value"]], [], ["label", "--incidents"]),
    "no value column": (lambda t: t.rename(columns={"value": "reading"}), [], ["value", "--value", "reading"]),
    "too few points": (lambda t: t.head(3), [], ["3 points"]),
    "no such base": (lambda t: t, ["--base", "wizard"], ["wizard", "mine"]),
    "no such objective": (lambda t: t, ["--objective", "best"], ["--objective", "event_f1_pa"]),
    "no such model": (lambda t: t, ["--model", "gpt"], ["--model", "PROVIDER:NAME"]),
    "no key": (lambda t: t, ["--model", "openai:gpt-x"], ["OPENAI_API_KEY"]),
    "no training": (lambda t: t, ["--validation", "0.6", "--lockbox", "0.5"], ["--validation"]),
    "infinite": (lambda t: t.assign(value=np.where(t["index"] == 7, np.inf, t["value"])), [], ["row 9", "value"]),
    "unsorted": (lambda t: t.iloc[::-1], [], ["row"]),
    "all missing": (lambda t: t.assign(value=np.nan), [], ["value"]),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_one_line_with_the_mend_and_exit_code_2(
    kind: str, argosy: Invoke, table: pd.DataFrame, tmp_path: Path
) -> None:
    change, options, words = BAD[kind]
    path = tmp_path / "bad.csv"
    change(table).to_csv(path, index=False)
    result = argosy("run", path, *RUN, *options)
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    for word in words:
        assert word in lines[0]


def test_a_missing_file_is_named(argosy: Invoke, tmp_path: Path) -> None:
    result = argosy("run", tmp_path / "nowhere.csv")
    assert result.exit_code == 2
    assert "nowhere.csv" in result.stderr


def test_doctor_tells_what_is_there(argosy: Invoke) -> None:
    result = argosy("doctor", "--json")
    assert result.exit_code == 0, result.output
    found = {each["part"]: each for each in json.loads(result.stdout)}
    assert {"python", "libraries", "store", "docker", "local sandbox", "model", "models"} <= set(found)
    assert all(each["mend"] for each in found.values() if each["health"] != "fine")


def test_every_command_has_an_example(argosy: Invoke) -> None:
    listed = ["run", "demo", "resume", "replay", "fork", "show", "sessions", "rules", "score", "doctor", "graph"]
    for words in ([name] for name in listed), (["rule", "show"], ["sandbox", "build"], ["sandbox", "reap"]):
        for command in words:
            result = argosy(*command, "--help")
            assert result.exit_code == 0
            assert "Example: argosy" in result.output, command
            assert "--json" in result.output, command
