"""`argosy why`, through the command line, on a detector that a session made."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.argosy.cli.invoking import Invoke

pytestmark = pytest.mark.slow

READ = ["--step", "60", "--sandbox", "local"]
RUN = [*READ, "--rounds", "1", "--candidates", "2", "--base", "mine", "--json"]


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    values, labels = 100 + rng.normal(0, 1, 1800), np.zeros(1800, dtype=int)
    for number, start in enumerate(np.linspace(100, 1700, 13).astype(int)):
        values[start : start + 6] -= 25 if number % 2 else 9
        labels[start : start + 6] = 1
    mine = (np.abs(values - 100) > 15).astype(int)
    return pd.DataFrame({"index": np.arange(1800), "value": values, "label": labels, "mine": mine})


def test_a_verdict_is_explained_and_its_change_holds_when_it_is_put_to_the_file(
    argosy: Invoke, table: pd.DataFrame, tmp_path: Path
) -> None:
    file, scores = tmp_path / "metric.csv", tmp_path / "scores.parquet"
    table.to_csv(file, index=False)
    report = json.loads(argosy("run", file, *RUN).stdout)
    assert report["rules"]
    assert argosy("score", "latest", file, *READ, "--out", scores).exit_code == 0
    scored = pd.read_parquet(scores)
    added = int(scored.index[scored["fired"] != ""][0])

    for at in (added, added - 3):
        said = argosy("why", "latest", file, "--at", at, *READ, "--json")
        assert said.exit_code == 0, said.output
        found = json.loads(said.stdout)
        assert found["flagged"] is bool(scored["flag"][at])
        assert found["base"]["alarms"] is bool(table["mine"][at])
        assert {rule["id"] for rule in found["rules"] if rule["role"] == "added"} == set(
            filter(None, scored["fired"][at].split(","))
        )
        assert all(rule["decided_by"] and rule["note"] == "" for rule in found["rules"])
        value = next(change for change in found["changes"] if change["what"] == "value")
        changed = table.assign(value=table["value"].where(table["index"] != at, value["to"]))
        changed.to_csv(tmp_path / "changed.csv", index=False)
        assert argosy("score", "latest", tmp_path / "changed.csv", *READ, "--out", scores).exit_code == 0
        assert bool(pd.read_parquet(scores)["flag"][at]) is not found["flagged"]

    words = argosy("why", "latest", file, "--at", added, *READ).stdout
    assert f"flagged by {report['rules'][0]['id']}" in words or "flagged by r-" in words
    assert "would not have fired with value" in words
    assert "decided by" in words


@pytest.mark.parametrize(("at", "problem"), [("99999", "points go from 0 to 1,799"), ("soon", "is no time")])
def test_what_is_no_point_is_one_line(
    argosy: Invoke, table: pd.DataFrame, tmp_path: Path, at: str, problem: str
) -> None:
    file = tmp_path / "metric.csv"
    table.to_csv(file, index=False)
    refused = argosy("why", "latest", file, "--at", at, *READ)
    assert refused.exit_code == 2
    assert "there is none" in refused.output
    assert argosy("run", file, *RUN).exit_code == 0
    refused = argosy("why", "latest", file, "--at", at, *READ)
    assert refused.exit_code == 2
    assert problem in refused.output


def test_a_flagged_point_is_put_into_words_that_hold(argosy: Invoke, table: pd.DataFrame, tmp_path: Path) -> None:
    file, scores = tmp_path / "metric.csv", tmp_path / "scores.parquet"
    table.to_csv(file, index=False)
    assert argosy("run", file, *RUN).exit_code == 0
    assert argosy("score", "latest", file, *READ, "--out", scores).exit_code == 0
    scored = pd.read_parquet(scores)
    added = int(scored.index[scored["fired"] != ""][0])
    said = argosy("why", "latest", file, "--at", added, *READ, "--explain", "--json")
    assert said.exit_code == 0, said.output
    in_words = json.loads(said.stdout)["in_words"]
    assert in_words["standing"] == "verified"
    assert "The clause that decided is" in in_words["text"]
    assert argosy("show", in_words["session"]).exit_code == 0
    quiet = argosy("why", "latest", file, "--at", added - 3, *READ, "--explain")
    assert quiet.exit_code == 2
    assert "nothing was flagged" in quiet.stderr
