"""`argosy score` tells its alerts, with times that `argosy why` takes, and what a file is too short for."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.argosy.cli.inprocess import opened
from tests.argosy.cli.invoking import invoke

pytestmark = pytest.mark.slow

POINTS = 1_800
STARTS = (100, 233, 366, 500, 633, 766, 897, 1033, 1166, 1300, 1433, 1566, 1700)
"""Where incidents begin; the one at 897 goes on past the end of training, at 900."""


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules run in this process: what they say is the same, and nothing starts."""
    for place in (
        "argosy.sessions.run.open_sandbox",
        "argosy.service.score.open_sandbox",
        "argosy.service.explain.open_sandbox",
    ):
        monkeypatch.setattr(place, opened)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A noisy series whose labelled incidents begin two points before anything is to be seen."""
    rng = np.random.default_rng(0)
    calm = 100 + 40 * np.sin(np.arange(POINTS) / 60)  # so that a low value alone tells nothing
    values, labels = calm + rng.normal(0, 1, POINTS), np.zeros(POINTS, dtype=int)
    for number, start in enumerate(STARTS):
        values[start + 2 : start + 8] -= 25 if number % 2 else 9
        labels[start : start + 8] = 1
    times = pd.date_range("2024-05-01", periods=POINTS, freq="min", tz="UTC").strftime("%Y-%m-%dT%H:%M:%SZ")
    path = tmp_path / "metric.csv"
    mine = (np.abs(values - calm) > 15).astype(int)
    pd.DataFrame({"timestamp": times, "value": values, "label": labels, "mine": mine}).to_csv(path, index=False)
    return path


@pytest.fixture
def report(file: Path) -> dict[str, object]:
    ran = invoke("run", file, "--base", "mine", "--rounds", 1, "--candidates", 2, "--json")
    assert ran.exit_code == 0, ran.output
    found: dict[str, object] = json.loads(ran.stdout)
    assert found["rules"]
    return found


def test_alerts_have_times_and_name_who_raised_them(file: Path, report: dict[str, object]) -> None:
    ran = invoke("score", "latest", file, "--json")
    assert not ran.exception, (ran.output, ran.exception)
    told = json.loads(ran.stdout)
    assert told["alerts"] == len(told["shown"]) > 5
    flagged = sum(each["stop"] - each["start"] for each in told["shown"])
    assert flagged == told["flagged"]
    names = {"base", *told["fired"]}
    assert all(each["fired"] and set(each["fired"]) <= names for each in told["shown"])
    assert all(each["ends"] - each["begins"] == 60 * (each["stop"] - each["start"]) for each in told["shown"])
    first = told["shown"][0]
    page = invoke("score", "latest", file).stdout
    assert f"alert {first['start']}:{first['stop']} (2024-05-01T0" in page
    assert page.count("\nalert ") == min(15, told["alerts"])
    assert re.search(r"alert \d+:\d+ \(\S+Z to \S+Z, \d+ points?\) highest score \d\S* by ", page)


def test_failing_on_an_alert_has_an_exit_code_of_its_own(file: Path, report: dict[str, object], tmp_path: Path) -> None:
    assert invoke("score", "latest", file, "--fail-on-alert").exit_code == 3
    assert invoke("score", "latest", file, "--fail-on-alert", "--json").exit_code == 3
    assert invoke("score", "latest", file).exit_code == 0
    quiet = tmp_path / "quiet.csv"
    pd.read_csv(file).iloc[:90].to_csv(quiet, index=False)
    assert invoke("score", "latest", quiet, "--fail-on-alert").exit_code == 0
    assert invoke("score", "latest", tmp_path / "none.csv", "--fail-on-alert").exit_code == 2


def test_the_time_of_an_event_is_the_alarms_and_why_finds_it(file: Path, report: dict[str, object]) -> None:
    page = invoke("show", report["session"]).stdout
    times = re.findall(r"gained \((\d[^,)]*Z)", page)
    assert times
    for at in times:
        said = json.loads(invoke("why", "latest", file, "--at", at, "--json").stdout)
        assert said["flagged"] is True
        assert "added" in {rule["role"] for rule in said["rules"]}


def test_an_incident_across_a_split_is_counted_once_and_said(report: dict[str, object]) -> None:
    splits, series = report["splits"], report["series"]
    assert isinstance(splits, dict)
    assert isinstance(series, dict)
    assert splits["train"]["stop"] == 900
    assert [splits[part]["incidents"] for part in ("train", "validation", "lockbox")] == [7, 2, 4]
    assert series["incidents"] == len(STARTS)
    assert "goes on from train into validation" in " ".join(map(str, report["notes"]))  # type: ignore[call-overload]


def test_too_little_history_for_a_rule_is_said(file: Path, report: dict[str, object], tmp_path: Path) -> None:
    short = tmp_path / "metric" / "metric.csv"
    short.parent.mkdir()
    pd.read_csv(file).iloc[:2].to_csv(short, index=False)
    said = json.loads(invoke("score", "latest", short, "--json").stdout)["notes"]
    rules = [each for each in said if "too little history for r-" in each]
    assert rules
    assert all("here are 2" in each for each in rules)
    first = invoke("why", "latest", short, "--at", 1).stdout
    assert "too little history for r-" in first
    assert "history" not in invoke("why", "latest", file, "--at", 1700).stdout
    whole = json.loads(invoke("score", "latest", file, "--json").stdout)["notes"]
    assert not [each for each in whole if "history" in each]
