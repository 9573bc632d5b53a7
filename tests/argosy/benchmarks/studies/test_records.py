"""The benchmark of records: cases out of a folder, and figures that say what they should."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from argosy.benchmarks.studies.records import TABLE, main


def bench(*words: object) -> Result:
    app = Typer()
    app.command()(main)
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    draw = np.random.default_rng(0)
    rows, labels = draw.normal(size=(120, 4)), np.zeros(120)
    rows[:6] += 8
    labels[:6] = 1
    folder = tmp_path / "data"
    folder.mkdir()
    np.savez(folder / "plain.npz", X=rows, y=labels)
    np.savez(folder / "wide.npz", X=draw.normal(size=(60, 30)), y=labels[:60])
    np.savez(folder / "other.npz", Z=rows)
    lines = [f"INFO request {i} served" for i in range(90)] + ["FATAL disk failed", "FATAL disk failed again"]
    labels_ = ["-"] * 90 + ["ALERT"] * 2
    pd.DataFrame({"content": lines, "label": labels_}).to_parquet(folder / "log.parquet")
    return folder


def test_every_case_has_its_figures(data: Path, tmp_path: Path) -> None:
    result = bench(data, "--methods", "pca-t2,ecod", "--fields", "10", "--rows", "100", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "out" / TABLE)
    assert set(zip(table["case"], table["method"], strict=True)) == {
        (case, method) for case in ("plain", "log") for method in ("pca-t2", "ecod")
    }
    plain = table[table["case"] == "plain"]
    assert (plain["records"] == 100).all()
    assert (plain["roc_auc"] > 0.95).all()
    assert "wide: left out, 30 fields" in result.stderr


def test_a_folder_without_cases_and_an_unknown_method_are_one_line(tmp_path: Path, data: Path) -> None:
    (tmp_path / "none").mkdir()
    for words in ([tmp_path / "none"], [data, "--methods", "magic"]):
        result = bench(*words, "--out", tmp_path / "out")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
