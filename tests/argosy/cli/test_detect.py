"""`argosy detect`, through the command line."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.argosy.cli.invoking import Invoke
from tests.argosy.inputs.tables.labelled import POINTS, write_labelled_csv
from tests.places import ROOT


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_labelled_csv(tmp_path_factory.mktemp("detect") / "metric.csv")


def test_patterns_agree_alerts_are_explained_and_everything_is_kept(argosy: Invoke, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "found.parquet"
    ran = argosy(
        "detect", file, "--patterns", "robust_z,direct", "--fuse", "all", "--explain", "--explain-most", 2,
        "--out", out, "--json",
    )  # fmt: skip
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert [each["pattern"] for each in told["patterns"]] == ["robust_z", "direct"]
    assert told["metrics"]["detected"] == told["metrics"]["incidents"] == 8
    assert [alert["explanation"]["standing"] for alert in told["shown"][:2]] == ["verified", "verified"]
    assert told["shown"][2]["explanation"] is None
    assert told["shown"][0]["fired"] == ["robust_z", "direct"]
    assert any("no language model" in note for note in told["notes"])
    table = pd.read_parquet(out)
    assert len(table) == POINTS
    assert int(table["flag"].sum()) == told["flagged"]
    assert {"score:robust_z", "score:direct", "fired", "reason"} <= set(table)
    shown = argosy("show", told["session"], "--json")
    roles = {event["role"] for event in json.loads(shown.stdout) if event["kind"] == "model"}
    assert roles == {"direct", "explanation"}


@pytest.mark.slow
def test_everybodys_alarms_are_drawn(argosy: Invoke, file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "found.png"
    ran = argosy("detect", file, "--patterns", "robust_z,ewma", "--picture", picture)
    assert ran.exit_code == 0, ran.output
    assert picture.stat().st_size > 10_000


@pytest.mark.usefixtures("socket_enabled")
def test_a_server_that_is_away_keeps_one_pattern_from_judging_and_not_the_run(argosy: Invoke, file: Path) -> None:
    away = "http://127.0.0.1:1/v1#m"
    ran = argosy("detect", file, "--patterns", "robust_z,direct", "--explain", "--model", away, "--json")
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    robust_z, direct = told["patterns"]
    assert (robust_z["heard"], direct["heard"]) == (True, False)
    assert "start the server or check the address" in direct["why_not"]
    assert "were not explained, as the model cannot be asked" in told["unexplained"]
    alone = argosy("detect", file, "--patterns", "direct", "--model", away)
    assert alone.exit_code == 2
    assert "start the server or check the address" in alone.stderr


def test_a_budget_ends_one_pattern_and_not_the_run(argosy: Invoke, file: Path) -> None:
    ran = argosy("detect", file, "--patterns", "direct,ewma", "--budget-calls", 0, "--json")
    assert ran.exit_code == 0, ran.output
    direct, ewma = json.loads(ran.stdout)["patterns"]
    assert (direct["heard"], ewma["heard"]) == (False, True)
    assert "cap of 0 calls" in direct["why_not"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--patterns", "nope"], "no pattern of that name"),
        (["--patterns", "logprompt,robust_z"], "no pattern of that name"),
        (["--patterns", "ewma,ewma"], "names ewma twice"),
        (["--patterns", ","], "names none"),
        (["--fuse", "most"], "is not known"),
        (["--weights", "ewma=1"], "only --fuse weighted"),
        (["--fuse", "weighted", "--weights", "ewma=1"], "no weight of a pattern that judges"),
        (["--fuse", "weighted", "--weights", "robust_z=0,seasonal=0"], "no pattern counts"),
        (["--form", "haiku"], "is not known"),
        (["--out", "found.xls"], "no kind of table"),
        (["--patterns", "direct", "--budget-calls", "0"], "none of them could judge (direct: the next model call"),
        (["--signal", "lines", "--picture", "x.png"], "only series are drawn"),
    ],
)
def test_what_cannot_be_done_is_one_line(argosy: Invoke, file: Path, words: list[str], said: str) -> None:
    ran = argosy("detect", file, *words)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.output


def test_logs_and_records_are_judged_by_the_same_command(argosy: Invoke, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"session {i} opened\n" if i != 50 else "FATAL kernel panic\n" for i in range(200)), "utf-8")
    told = json.loads(argosy("detect", log, "--patterns", "logprompt,embeddings", "--json").stdout)
    assert told["lines"].endswith("app.log")
    assert any(alert["start"] == 50 for alert in told["shown"])
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"ms": 20 + i % 7 if i != 9 else 900}) + "\n" for i in range(120)), "utf-8")
    told = json.loads(argosy("detect", rows, "--signal", "records", "--json").stdout)
    assert [alert["start"] for alert in told["shown"]] == [9]


def test_patterns_are_selected_for_the_series(argosy: Invoke, file: Path) -> None:
    told = json.loads(argosy("detect", file, "--select", "--json").stdout)
    assert 1 <= len(told["patterns"]) <= 3


def test_a_person_reads_who_said_what(argosy: Invoke, file: Path) -> None:
    ran = argosy("detect", file, "--patterns", "robust_z,direct", "--fuse", "vote", "--explain")
    assert "fused: vote" in ran.stdout
    assert "robust_z, direct" in ran.stdout
    assert "verified: At 20" in ran.stdout


def test_the_graph_can_be_drawn(argosy: Invoke) -> None:
    assert "score -.-> fuse;" in argosy("graph", "detect").stdout
    assert argosy("graph", "--check", ROOT / "docs" / "concepts" / "graphs.md").exit_code == 0
    assert argosy("graph", "nothing").exit_code == 2
