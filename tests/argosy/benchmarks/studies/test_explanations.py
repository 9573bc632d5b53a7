"""The benchmark of explanations: what is counted, by kind, and what it refuses."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from argosy.benchmarks.datasets.collection import Columns
from argosy.benchmarks.datasets.layouts import open_collection
from argosy.benchmarks.studies import explanations
from argosy.benchmarks.studies.explanations import by_kind, explained, kind_of, scenes
from tests.argosy.inputs.tables.labelled import write_labelled_csv
from tests.scripted import ScriptedModel, scripted_speaker

app = typer.Typer()
app.command()(explanations.main)


def test_kinds_are_those_of_the_data_set() -> None:
    assert kind_of("ecg-platform", "gutentag") == "platform"
    assert kind_of("sine-pattern-shift", "gutentag") == "pattern-shift"
    assert (kind_of("3", "tods"), kind_of("0123", "tods")) == ("seasonal", None)
    assert kind_of("anything", "table") == "all"


def test_shares_are_counted_by_kind(tmp_path: Path) -> None:
    data = open_collection(write_labelled_csv(tmp_path / "a.csv"), None, Columns()).entries[0].read()
    chosen = [("a", kind, scene) for kind, scene in zip("xxy", scenes(data, "labels", 3), strict=True)]
    answers = ['{"sentences": ["It fell."]}', '{"sentences": ["It fell.", "It rose at 09:99."]}', *["It rose."] * 2]
    rows = list(explained(scripted_speaker(ScriptedModel(answers=answers)), chosen))
    table = by_kind(rows)
    assert table.loc["x", ["explanations", "verified", "trimmed", "unverified"]].tolist() == [2, 0.5, 0.5, 0.0]
    assert table.loc["y", "unverified"] == 1.0
    assert table.loc["y", "directions"] == 0.0
    assert np.isnan(table.loc["y", "numbers"])
    assert table.loc["all together", "explanations"] == 3


@pytest.mark.parametrize("verdicts", ["labels", "robust_z"])
def test_it_runs_from_the_command_line(tmp_path: Path, verdicts: str) -> None:
    file, out = write_labelled_csv(tmp_path / "a.csv"), tmp_path / "rows.csv"
    ran = CliRunner().invoke(app, [str(file), "--verdicts", verdicts, "--most", "2", "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    assert pd.read_csv(out)["standing"].tolist() == ["verified"] * 2
    refused = CliRunner().invoke(app, [str(file), "--verdicts", "nobody"])
    assert refused.exit_code == 2
    assert "is not known" in refused.stderr
