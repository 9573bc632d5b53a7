import math
from pathlib import Path

import numpy as np
import pytest

from argosy.eval.bench.cell import OK, WHOLE, Cell, CellResult, MetricRow, past_changed, rows_of, slug
from argosy.eval.bench.folder import ResultsFolder
from argosy.eval.bench.intervals import bootstrap
from argosy.eval.bench.method import DetectorRunner, FitOn, MethodAnswer, SeriesCase
from argosy.eval.bench.summary import Summary, per_cell, summarise
from argosy.eval.bench.table import COLUMNS, long_form, write_table
from argosy.eval.objective import DEFAULT
from argosy.eval.splits import Lockbox, split
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.scores import Scores
from argosy.signals.series import Series

_HEADS = ("event_f1_pa", "point_f1", "objective")


class _Level:
    """Flags values above 2; `peeks` divides by the last value it is given."""

    name = "level"

    def __init__(self, peeks: bool = False) -> None:
        self.fitted = 0
        self._peeks = peeks

    def fit(self, series: Series, labels: Bools | None) -> "_Level":
        assert labels is not None
        assert len(labels) == len(series)
        self.fitted = len(series)
        return self

    def score(self, series: Series) -> Scores:
        return Scores(series.values / (2.0 + (series.values[-1] if self._peeks else 0.0)))


def _series(n: int = 200) -> tuple[Series, Bools]:
    values, labels = np.zeros(n), np.zeros(n, dtype=np.bool_)
    for start in (30, 110, 170):
        values[start : start + 5] = 5.0
        labels[start : start + 5] = True
    values[-1] = 1.0
    return Series("s", np.arange(n, dtype=np.int64) * 60, values, 60), labels


def _case(fit_on: FitOn = FitOn.TRAIN) -> tuple[SeriesCase, Bools]:
    series, labels = _series()
    splits = split(len(series))
    stop = splits.validation_stop
    return SeriesCase(series.part(0, stop), labels[:stop], splits, Lockbox(series), DEFAULT, 0, fit_on), labels


def _rows(detector: _Level) -> dict[tuple[str, str], float]:
    case, labels = _case()
    answer = DetectorRunner("level", lambda _case: detector)(case)
    return {(row.split, row.metric): row.value for row in rows_of(answer, labels, case.splits, "level", 60)}


def test_a_detector_sees_its_part_and_the_lockbox_opens_once() -> None:
    detector = _Level()
    rows = _rows(detector)
    assert detector.fitted == 100
    assert rows["lockbox", "event_f1_pa"] == 1.0
    assert rows[WHOLE, "lockbox_openings"] == 1
    assert rows[WHOLE, "past_changed_points"] == 0
    case, _ = _case(FitOn.KNOWN)
    DetectorRunner("level", lambda _case: detector)(case)
    assert detector.fitted == 140


def test_a_method_that_looks_ahead_is_caught() -> None:
    assert _rows(_Level(peeks=True))[WHOLE, "past_changed_points"] > 0
    assert past_changed(np.array([1.0, np.nan]), np.array([1.0 - 1e-12, np.nan])) == 0
    assert past_changed(np.array([0.5, np.nan]), np.array([0.6, 0.0])) == 2


def test_scores_of_another_length_are_refused() -> None:
    case, labels = _case()
    with pytest.raises(ValueError, match="shape"):
        rows_of(MethodAnswer({"x": np.zeros(3)}, 1), labels, case.splits, "x", 60)


def _result(
    series: str, method: str, value: float, seed: int = 0, incidents: int = 1, rules: float = 0.0
) -> CellResult:
    names = (*_HEADS, "event_f1_k10", "auc_pr", "range_f1", "affiliation_f1")
    rows = [MetricRow(method, "lockbox", metric, value, incidents) for metric in names]
    rows.append(MetricRow(method, WHOLE, "lockbox_openings", 1, incidents))
    if method == "session":
        rows.append(MetricRow(method, WHOLE, "rules", rules, incidents))
    return CellResult(Cell(series, method, seed), OK, tuple(rows), wall_s=1.0)


def _summary(*results: CellResult) -> Summary:
    guards = [_result("a", "sentinel", 1.0), _result("a", "random", 0.1)]
    order = ("sentinel", "random", "base", "session")
    return summarise(long_form([*guards, *results]), order, [("session", "base")], _HEADS)


def test_means_are_of_judged_series_by_seed_and_failures_count_as_nothing() -> None:
    found = _summary(
        _result("a", "base", 0.5),
        _result("c", "base", 0.7),
        _result("b", "base", math.nan, incidents=0),
        _result("a", "session", 0.8, rules=2.0),
        _result("a", "session", 0.6, seed=1),
        _result("c", "session", 0.4),
        CellResult(Cell("c", "session", 1), "timed out after 9 s", wall_s=9.0),
    )
    assert found.judged == ("a", "c")
    assert found.unjudged == ("b",)
    session = found.standings[-1]
    assert session.figures["objective"].mean == pytest.approx((0.6 + 0.3) / 2)
    assert session.figures["objective"].spread == pytest.approx(np.std([0.6, 0.3], ddof=1))
    assert session.failures == 1
    assert found.failures == (("c", "session", 1, "timed out after 9 s"),)
    (gain,) = found.gains
    assert (gain.cells, gain.better, gain.worse, gain.worst_series) == (4, 2, 2, "c")
    assert gain.worst == pytest.approx(-0.7)
    assert found.with_rules == {"session": pytest.approx(1 / 3)}
    assert found.void == ()


def test_gains_are_counted_in_what_the_run_was_to_make_large() -> None:
    rows = [MetricRow("base", "lockbox", "objective", 0.5, 1), MetricRow("base", "lockbox", "event_f1_pa", 0.5, 1)]
    mine = [
        MetricRow("session", "lockbox", "objective", 0.4, 1),
        MetricRow("session", "lockbox", "event_f1_pa", 0.9, 1),
    ]
    cells = [CellResult(Cell("a", "base", 0), OK, tuple(rows)), CellResult(Cell("a", "session", 0), OK, tuple(mine))]
    found = summarise(long_form(cells), ("base", "session"), [("session", "base")], _HEADS, aim="event_f1_pa")
    (gain,) = found.gains
    assert (gain.metric, gain.mean) == ("event_f1_pa", pytest.approx(0.4))


def test_failing_does_not_pay_where_less_is_better() -> None:
    late = CellResult(Cell("a", "base", 0), OK, (MetricRow("base", "lockbox", "delay_points", 9.0, 1),))
    frame = long_form([late, CellResult(Cell("b", "base", 0), "boom")])
    assert per_cell(frame, "base", "delay_points", ["a", "b"]).mean(axis=0).tolist() == [9.0]
    assert per_cell(frame, "base", "objective", ["a", "b"]).mean(axis=0).tolist() == [0.0]


def test_a_run_whose_guards_fail_is_void() -> None:
    leaky = summarise(long_form([_result("a", "sentinel", 0.9), _result("a", "random", 1.0)]), ("random",), (), _HEADS)
    assert any("true labels" in reason for reason in leaky.void)
    assert any("random" in reason for reason in leaky.void)
    assert summarise(long_form([_result("a", "base", 0.9)]), ("base",), (), _HEADS).void


def test_a_run_that_never_tried_the_true_labels_is_void() -> None:
    broken = CellResult(Cell("a", "sentinel", 0), "boom")
    quiet = [_result("b", method, math.nan, incidents=0) for method in ("sentinel", "random")]
    for results in ([broken], quiet, [broken, *quiet]):
        found = summarise(long_form(results), ("sentinel", "random"), (), _HEADS)
        assert found.judged == ()
        assert any("never tried" in reason for reason in found.void)


def test_a_cell_survives_its_file_and_broken_files_count_for_nothing(tmp_path: Path) -> None:
    folder = ResultsFolder.open(tmp_path / "out", {"format": 1})
    kept = _result("a/b c", "base", math.nan)
    folder.write(kept)
    (folder.cells / "broken.json").write_text('{"cell": {"series"')
    (folder.cells / "foreign.json").write_text('{"cell": {}, "status": 3, "rows": []}')
    (found,) = ResultsFolder.open(tmp_path / "out", {"format": 1}).finished()
    assert found.cell == kept.cell
    assert math.isnan(found.rows[0].value)
    assert slug("a/b") != slug("a_b")


def test_a_folder_of_other_settings_is_refused_by_name(tmp_path: Path) -> None:
    ResultsFolder.open(tmp_path, {"argosy": "1", "lockbox": 0.3})
    with pytest.raises(BadInput, match=r"lockbox \(0.3 there, 0.4 here\).*--out"):
        ResultsFolder.open(tmp_path, {"argosy": "1", "lockbox": 0.4})


def test_the_table_has_its_columns_and_comes_back(tmp_path: Path) -> None:
    import pandas as pd

    frame = long_form([_result("a", "base", 0.5), CellResult(Cell("b", "base", 0), "boom")])
    assert tuple(frame.columns) == COLUMNS
    write_table(frame, tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "t.parquet"), frame, check_dtype=False)
    assert set(frame[frame.series == "b"].status) == {"boom"}


def test_the_bootstrap_holds_the_mean_and_narrows() -> None:
    values = np.random.default_rng(1).normal(0.5, 0.2, 400)
    few, many = bootstrap(values[:20]), bootstrap(values)
    assert many.low < many.mean < many.high
    assert many.high - many.low < few.high - few.low
    assert bootstrap(np.array([np.nan])).values == 0
