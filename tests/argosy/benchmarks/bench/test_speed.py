from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from argosy.benchmarks.bench.speed import generated_series, paces, time_cell
from argosy.eval.bench.cell import OK, Cell
from argosy.eval.bench.table import long_form
from argosy.eval.report.growth import write_growth

pytestmark = pytest.mark.slow


def test_a_method_is_timed_apart_from_its_fit(tmp_path: Path) -> None:
    results = [time_cell(Cell(str(size), "ols_ar", 0)) for size in (1_000, 20_000)]
    assert all(each.status == OK for each in results)
    table = long_form(results)
    (pace,) = paces(table)
    assert (pace.method, pace.points) == ("ols_ar", 20_000)
    assert pace.points / pace.score_s > 4e6
    write_growth(table, tmp_path / "speed.html")
    page = (tmp_path / "speed.html").read_text()
    assert "ols_ar" in page
    assert "polyline" in page
    write_growth(pd.DataFrame(columns=list(table.columns)), tmp_path / "none.html")
    assert "Nothing was scored" in (tmp_path / "none.html").read_text()


def test_the_made_up_series_has_incidents_at_any_length() -> None:
    series, labels = generated_series(1_000)
    assert len(series) == 1_000
    assert np.flatnonzero(np.diff(labels.astype(int)) == 1).tolist() == [299, 799]
