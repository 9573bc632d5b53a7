"""What a profile says of tables whose nature is known, and how often a level moves."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from argosy.signals.levels import level_moves
from argosy.signals.table_profile import MOST_COLUMNS, MOST_ROWS, table_profile


def test_independent_normal_columns() -> None:
    found = table_profile(np.random.default_rng(0).normal(size=(2_000, 5)))
    assert (found.rows, found.columns, found.constant_columns) == (2_000, 5, 0)
    assert found.skew < 0.2
    assert abs(found.kurtosis) < 0.4
    assert found.correlation < 0.1
    assert found.directions > 0.95
    assert found.coded == found.whole == found.duplicates == 0.0


def test_copies_of_one_leaning_column_with_codes_holes_and_repeated_rows() -> None:
    one = np.random.default_rng(0).exponential(size=400)
    values = np.column_stack([one, 2 * one, np.round(one), np.full(400, 7.0), one > 1])
    values[:4, 0] = np.nan
    found = table_profile(np.vstack([values, values[100:140]]))
    assert found.constant_columns == 1
    assert found.missing_share == pytest.approx(4 / (440 * 5))
    assert found.skew > 1
    assert found.correlation > 0.6
    assert found.directions < 0.5
    assert found.coded == pytest.approx(0.5)
    assert found.whole == pytest.approx(0.5)
    assert found.duplicates == pytest.approx(40 / 440, abs=0.02)


def test_of_a_large_table_evenly_spread_rows_and_columns_are_looked_at() -> None:
    tall = table_profile(np.arange(2.0 * (MOST_ROWS + 5)).reshape(-1, 2))
    wide = table_profile(np.random.default_rng(0).normal(size=(20, MOST_COLUMNS + 7)))
    assert (tall.rows, wide.columns) == (MOST_ROWS + 5, MOST_COLUMNS + 7)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="rows and columns"):
        table_profile(np.zeros(3))


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=12),
        elements=st.floats(-1e150, 1e150) | st.just(np.nan),
    )
)
def test_whatever_the_table_its_profile_is_plain_numbers(values: np.ndarray) -> None:
    found = json.loads(json.dumps(asdict(table_profile(values)), allow_nan=False))
    assert 0 <= found["directions"] <= 1 + 1e-9
    assert 0 <= found["correlation"] <= 1 + 1e-9


def test_levels_that_move_and_stay_are_counted() -> None:
    draw = np.random.default_rng(0)
    quiet = draw.normal(size=4_000)
    assert level_moves(quiet) == 0
    once, twice = quiet.copy(), quiet.copy()
    once[2_000:] += 8
    twice[1_000:2_500] += 8
    assert (level_moves(once), level_moves(twice)) == (1, 2)
    spike = quiet.copy()
    spike[2_000:2_020] += 50
    assert level_moves(spike) == 0


def test_a_season_is_no_move_and_missing_values_do_no_harm() -> None:
    values = 10 * np.sin(np.arange(6_000) * 2 * np.pi / 300) + np.random.default_rng(0).normal(size=6_000)
    assert level_moves(values, period=300) == 0
    values[1_000:3_000] = np.nan
    assert level_moves(values, period=300) == 0
    assert level_moves(np.full(500, np.nan)) == level_moves(np.zeros(0)) == level_moves(np.full(500, 3.0)) == 0
