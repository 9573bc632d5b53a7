"""Large inputs are made up as they are said to be, and the command line is timed on them."""

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from argosy.benchmarks.studies.bulk import log_lines, main, record_lines


def test_made_up_input_is_the_same_for_a_seed_and_has_a_few_odd_ones() -> None:
    lines, records = list(log_lines(30_000, 1)), list(map(json.loads, record_lines(20_000, 1)))
    assert lines == list(log_lines(30_000, 1)) != list(log_lines(30_000, 2))
    assert sum(" ERROR " in line for line in lines) in range(1, 15)
    assert lines[50].startswith("2026-01-01T00:00:01.000+00:00 node-")
    odd = [each for each in records if each["bytes"] > 1_500]
    assert 0 < len(odd) < 50
    assert len({each["user"] for each in records}) == 200


@pytest.mark.slow
def test_each_command_is_timed_on_a_tenth_and_on_all(tmp_path: Path) -> None:
    out = tmp_path / "bulk.csv"
    app = typer.Typer()
    app.command()(main)
    ran = CliRunner().invoke(app, ["--lines", "2000", "--records", "400", "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    table = pd.read_csv(out)
    assert table[["command", "size"]].to_numpy().tolist() == [
        ["logs", 200],
        ["logs", 2000],
        ["records", 40],
        ["records", 400],
    ]
    assert (table.wall_s > 0).all()
    assert table.most_mib.between(50, 2_000).all()
    assert "templates" in table.found[1]
    assert "flagged" in table.found[3]
