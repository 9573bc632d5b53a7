"""`argosy sigllm` and its benchmark, through the command line and against a server on loopback."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from argosy.benchmarks.datasets.collection import LabelledSeries
from argosy.benchmarks.studies.sigllm import Row, slice_of, summed
from argosy.cli.app import app
from argosy.patterns.sigllm import measured
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from tests.agents.models.chat_server import serving

Invoke = Callable[..., Result]


@pytest.fixture
def argosy() -> Invoke:
    def invoke(*words: object) -> Result:
        return CliRunner().invoke(app, ["sigllm", *(str(word) for word in words)])

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Five days of hours with a season of a day, and a peak."""
    values = np.round(50 + 10 * np.sin(np.arange(420) * np.pi / 12), 2)
    values[300:304] += 60
    labels = np.zeros(420, dtype=int)
    labels[298:306] = 1
    path = tmp_path / "metric.csv"
    seconds = 1_700_000_400 + 3_600 * np.arange(420)
    pd.DataFrame({"timestamp": seconds, "value": values, "label": labels}).to_csv(path, index=False)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("method", "windows"), [("prompter", 7), ("detector", 280)])
def test_both_methods_find_a_peak_with_the_stand_in_and_say_what_it_is(
    argosy: Invoke, file: Path, tmp_path: Path, method: str, windows: int
) -> None:
    out = tmp_path / "scores.parquet"
    result = argosy(file, "--method", method, "--padding", 3, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["windows"], told["answers"], told["not_asked"]) == (windows, windows, 0)
    assert told["metrics"]["found"] == told["metrics"]["incidents"] == 1
    assert told["anomalies"][0]["reason"]
    assert "no language model was asked" in told["notes"][0]
    frame = pd.read_parquet(out)
    assert list(frame.columns) == ["timestamp", "value", "score", "flag"]
    assert int(frame["flag"].sum()) == told["flagged"]
    shown = CliRunner().invoke(app, ["show", "latest"]).output
    assert told["session"] in shown
    assert "outcome done" in shown


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_a_server_is_asked_within_the_budget_and_the_rest_is_told(argosy: Invoke, file: Path) -> None:
    with serving() as server:
        server.say("[11500, 11866]")
        result = argosy(
            file, "--model", f"{server.url}#m", "--budget-calls", 9, "--samples", 2, "--slice", "0:400", "--json"
        )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["windows"], told["answers"], told["not_asked"]) == (6, 9, 3)
    assert "cap of 9 calls" in told["why_not_asked"]
    bodies = [body for _, _, body in server.requests]
    assert {body["temperature"] for body in bodies} == {1.0}
    assert sorted({body["seed"] for body in bodies}) == [1, 2]
    assert {body["max_tokens"] for body in bodies} < set(range(200, 1_200))
    events = json.loads(CliRunner().invoke(app, ["show", "latest", "--json"]).stdout)
    calls = [event for event in events if event["kind"] == "model"]
    assert {call["parameters"]["temperature"] for call in calls} == {1.0}
    assert len({call["key"] for call in calls}) == 9


def test_a_dry_run_says_how_much_would_be_asked(argosy: Invoke, file: Path) -> None:
    told = json.loads(argosy(file, "--dry-run", "--json", "--model", "openai:gpt-4.1-mini").stdout)
    assert (told["windows"], told["samples"], told["answers"]) == (7, 10, 70)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--method", "guess"], "--method guess: is not known"),
        (["--method", "detector", "--alpha", "0.3"], "--alpha: is an option of the prompter"),
        (["--horizon", "3"], "--horizon: is an option of the detector"),
        (["--slice", "9"], "--slice 9: names none of the 420 points"),
        (["--slice", "500:600"], "--slice 500:600: names none of the 420 points"),
        (["--method", "detector", "--slice", "0:100"], "leave nothing to forecast"),
        (["--step-size", "300"], "--step-size 300: leaves points out"),
        (["--interval", "5"], "makes 301,681 segments of 420 points"),
        (["--digits", "roman"], "--digits roman: is not known"),
        (["--out", "scores.txt"], "is no kind of table"),
    ],
)
def test_what_cannot_be_done_is_one_line(argosy: Invoke, file: Path, words: list[str], problem: str) -> None:
    result = argosy(file, *words)
    assert result.exit_code == 2
    assert problem in result.output
    assert result.output.count("\n") == 1


def test_an_interval_that_touches_an_incident_finds_it() -> None:
    labels = np.array([0, 1, 1, 0, 0, 0, 1, 0], dtype=bool)
    scores = Scores(np.array([1.0, 1.0, 0.2, np.nan, 2.0, 0.0, 0.0, 0.0]))
    assert measured(labels, scores) == {"incidents": 2, "found": 1, "false_intervals": 1, "overlap_f1": 0.5}
    assert measured(np.zeros(8, dtype=bool), scores)["overlap_f1"] is None


def test_a_slice_lies_round_the_first_incident_within_the_series() -> None:
    labels = np.zeros(1_000, dtype=bool)
    labels[900:980] = True
    series = Series("s", np.arange(1_000, dtype=np.int64), np.zeros(1_000), 1)
    assert slice_of(LabelledSeries(series, labels, False), 500) == (500, 1_000)
    assert slice_of(LabelledSeries(series, labels, False), 0) == (0, 1_000)


def test_groups_are_summed_beside_what_was_published() -> None:
    def row(series: str, method: str, found: int, false: int) -> Row:
        return Row("realTraffic", series, method, 0, 500, 125 * found, 2, found, false, 9, 0, 0, 1.0, "s-1")

    table = summed([row("a", "detector", 2, 1), row("b", "detector", 0, 0), row("a", "prompter", 1, 0)])
    detector, prompter = table.loc[("detector", "realTraffic")], table.loc[("prompter", "realTraffic")]
    assert (detector["overlap_f1"], detector["published"], detector["series"]) == (4 / 7, 0.48, 2)
    assert (detector["flagged_share"], prompter["flagged_share"]) == (0.25, 0.25)
    assert np.isnan(prompter["published"])
