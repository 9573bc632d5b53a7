"""Playing curves forward: drifts are planted where they should be, and a run is taken up where it ended."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.benchmarks.studies import playforward
from argosy.benchmarks.studies.drifts import PLANTED, shuffled, undrifted
from tests.argosy.cli.inprocess import opened
from tests.argosy.service.line import curve


@pytest.mark.parametrize("drift", PLANTED)
def test_a_planted_drift_leaves_what_comes_before_alone(drift: str) -> None:
    values = 50 + np.random.default_rng(0).normal(0, 1, 500)
    planted = PLANTED[drift](values, 300, 50)
    assert (planted[:300] == values[:300]).all()
    assert (planted[300:] != values[300:]).any()
    assert len(planted) == 500


@given(st.integers(1, 40), st.integers(0, 39), st.integers(1, 200), st.integers(0, 9))
def test_what_does_not_drift_is_made_of_the_known_points_in_step(block: int, odd: int, after: int, seed: int) -> None:
    start = 3 * block + odd % block
    values = np.arange(start + after, dtype=np.float64)
    labels = values % 7 == 0
    made, told = undrifted(values, labels, start, block, seed)
    assert len(made) == len(told) == start + after
    assert (made[:start] == values[:start]).all()
    assert made.max() < start
    assert (made % block == np.arange(len(made)) % block).all()
    assert (told == (made % 7 == 0)).all()


@given(st.integers(1, 30), st.integers(1, 9), st.integers(0, 29), st.integers(0, 9))
def test_shuffled_days_are_the_same_days_in_step(day: int, days: int, odd: int, seed: int) -> None:
    values = np.arange(day * days + odd % day, dtype=np.float64)
    made, told = shuffled(values, values % 7 == 0, day, seed)
    assert sorted(made) == values.tolist()
    assert (made % day == values % day).all()
    assert (told == (made % 7 == 0)).all()


def test_known_points_without_a_whole_block_are_refused() -> None:
    with pytest.raises(ValueError, match="hold no block"):
        undrifted(np.zeros(10), np.zeros(10, dtype=np.bool_), 5, 6, 0)


@pytest.mark.slow
def test_a_run_is_taken_up_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("argosy.sessions.run", "argosy.service.refresh", "argosy.benchmarks.studies.playforward_curve"):
        monkeypatch.setattr(f"{place}.open_sandbox", opened)
    values, labels = curve(4_000)
    file, out = tmp_path / "metric.csv", tmp_path / "out"
    seconds = 1_700_000_000 + 60 * np.arange(len(values))
    pd.DataFrame({"timestamp": seconds, "value": values, "label": labels.astype(int)}).to_csv(file, index=False)
    asked = {"series": None, "every_days": 0.4, "look_days": 0.4, "train": 0.5, "shadow_days": 0.2, "rounds": 1}
    asked |= {"candidates": 2, "limit": None, "step": None, "seed": 0, "out": out}
    playforward.main(file, **asked)  # type: ignore[arg-type]
    table, kept = pd.read_csv(out / playforward.TABLE), (out / playforward.FINISHED).read_text()
    assert table.arm.tolist() == ["without", "retune", "search"]
    assert (table.event_f1_k10 > 0.9).all()
    assert table.refreshes.tolist() == [0, 3, 3]
    drifts = pd.read_csv(out / playforward.DRIFTS).set_index("drift")
    assert drifts.found_after["level"] == drifts.found_after["scale"] == 576
    assert drifts.fired["none"] == drifts.fired["shuffled"] == 0
    playforward.main(file, **asked)  # type: ignore[arg-type]
    assert (out / playforward.FINISHED).read_text() == kept


@pytest.mark.slow
def test_without_looks_only_the_ways_of_refreshing_are_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("argosy.sessions.run", "argosy.service.refresh", "argosy.benchmarks.studies.playforward_curve"):
        monkeypatch.setattr(f"{place}.open_sandbox", opened)
    values, labels = curve(3_000)
    file, out = tmp_path / "metric.csv", tmp_path / "out"
    pd.DataFrame({"value": values, "label": labels.astype(int)}).to_csv(file, index=False)
    asked = {"series": None, "every_days": 0.4, "look_days": 0.4, "train": 0.5, "shadow_days": 0.2, "rounds": 1}
    asked |= {"candidates": 1, "limit": None, "step": 60, "seed": 0, "out": out, "looks": False}
    playforward.main(file, **asked)  # type: ignore[arg-type]
    assert pd.read_csv(out / playforward.TABLE).arm.tolist() == ["without", "retune", "search"]
    assert len(pd.read_csv(out / playforward.DRIFTS)) == 0
