"""The benchmark of log readers on a small labelled log of its own."""

from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from argosy.benchmarks.studies.log_sets import open_log_sets
from argosy.benchmarks.studies.logs import TABLE, main
from argosy.signals.errors import BadInput


def labelled(folder: Path) -> None:
    """200 lines in two windows, the second with a bad one, and six sessions of which one is bad."""
    texts = [f"job {at} done in {at} ms" for at in range(200)]
    labels = [0] * 200
    for at in (5, 150):
        texts[at], labels[at] = "disk 3 failed with error 5", 1
    table = {"content": texts, "level": ["FATAL" if label else "INFO" for label in labels], "label": labels}
    pd.DataFrame(table).to_parquet(folder / "lines.parquet")
    sessions = [("stored\nverified", 0)] * 5 + [("stored\nERROR write failed", 1)]
    rows = [(f"b{at}", text, label) for at, (text, label) in enumerate(sessions)]
    pd.DataFrame(rows, columns=["session", "templates", "label"]).to_parquet(folder / "blocks.parquet")
    pd.DataFrame({"other": [1]}).to_parquet(folder / "other.parquet")


def test_strategies_are_measured_after_the_sample(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    labelled(data)
    app = typer.Typer()
    app.command()(main)
    words = [str(data), "--strategies", "simple,in-context", "--sample", "0.1", "--out", str(out)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "blocks, in-context: left out" in result.output
    table = pd.read_csv(out / TABLE).set_index(["log", "strategy", "level"])
    assert table.loc[("lines", "simple", "line"), ["units", "abnormal", "f1", "false"]].tolist() == [100, 1, 1.0, 0]
    assert table.loc[("lines", "in-context", "template"), "f1"] == 1.0
    assert table.loc[("blocks", "simple", "session"), ["units", "abnormal", "f1"]].tolist() == [5, 1, 1.0]
    assert table.loc[("lines", "everything", "line"), "false"] == 99
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 0
    asked_again = pd.read_csv(out / TABLE).set_index(["log", "strategy", "level"])
    assert asked_again.f1.equals(table.f1)  # the embedded author keeps no verdicts, and says the same again


def test_what_holds_no_labelled_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no labelled log"):
        open_log_sets(tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"no table")
    with pytest.raises(BadInput, match="cannot be read as Parquet"):
        open_log_sets(tmp_path)
