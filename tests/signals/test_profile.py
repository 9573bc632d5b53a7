"""What a profile says of series whose nature is known."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from argosy.signals.periods import FINE_POINTS, seasons
from argosy.signals.profile import profile
from argosy.signals.series import Series

RNG = np.random.default_rng(7)
_FRESH = RNG.bit_generator.state


@pytest.fixture(autouse=True)
def same_numbers() -> None:
    """Every test draws from the start, whichever ran before it."""
    RNG.bit_generator.state = _FRESH


def series(values: np.ndarray, step_s: int = 60) -> Series:
    return Series("a", step_s * np.arange(len(values), dtype=np.int64), values.astype(np.float64), step_s)


def day(points: int, per_day: int = 288) -> np.ndarray:
    phase = 2 * np.pi * np.arange(points) / per_day
    return 10 * np.sin(phase) + 4 * np.sin(3 * phase + 1)


def test_plain_numbers_that_json_can_hold() -> None:
    found = profile(series(day(3000), 300), RNG.random(3000) < 0.01)
    text = json.loads(json.dumps(asdict(found)))
    assert text["points"] == 3000
    assert text["periods"] == [288]
    assert text["span_s"] == 2999 * 300


def test_level_spread_and_noise_of_a_normal_series() -> None:
    found = profile(series(RNG.normal(50, 4, 20_000)))
    assert found.level == pytest.approx(50, abs=0.2)
    assert found.spread == pytest.approx(4, rel=0.05)
    assert found.noise == pytest.approx(4 * np.sqrt(2), rel=0.05)
    assert found.quantiles["p95"] == pytest.approx(50 + 1.645 * 4, rel=0.02)
    assert found.periods == ()
    assert found.seasonality == 0.0
    assert found.distinct == 1.0
    assert not found.whole


def test_a_day_is_found_and_its_harmonics_are_not() -> None:
    found = profile(series(day(288 * 20) + RNG.normal(0, 2, 288 * 20), 300))
    assert found.periods == (288,)
    assert found.seasonality > 0.8


def test_a_week_on_top_of_a_day_is_two_periods() -> None:
    points = 288 * 7 * 6
    weekend = (np.arange(points) // 288) % 7 >= 5
    found = profile(series(day(points) * np.where(weekend, 0.3, 1.0) + RNG.normal(0, 1, points), 300))
    assert set(found.periods) == {288, 2016}


@pytest.mark.parametrize("period", [7, 50, 131, 700])
def test_a_period_that_is_no_calendar_unit_is_found(period: int) -> None:
    shape = np.convolve(RNG.normal(size=period), np.ones(5), mode="same")
    found = profile(series(np.tile(shape, 12) + RNG.normal(0, 0.5, 12 * period), 13))
    assert found.periods[0] == period


def test_daily_spikes_are_a_season() -> None:
    values = RNG.normal(0, 1, 288 * 15)
    values[np.arange(len(values)) % 288 < 6] += 9
    assert profile(series(values, 300)).periods == (288,)


@pytest.mark.parametrize("seed", range(8))
def test_noise_and_random_walks_have_no_period(seed: int) -> None:
    steps = np.random.default_rng(seed).normal(size=6000)
    assert profile(series(steps)).periods == ()
    assert profile(series(np.cumsum(steps))).periods == ()


def test_long_periods_of_long_series_are_found_on_averages() -> None:
    per_week = 7 * 1440
    points = 20 * per_week
    assert points > 3 * FINE_POINTS
    time = np.arange(points)
    values = 5 * np.sin(2 * np.pi * time / 1440) + 8 * np.sin(2 * np.pi * time / per_week) + RNG.normal(0, 1, points)
    assert set(profile(series(values, 60)).periods) == {1440, per_week}


def test_labelled_points_do_not_hide_a_season() -> None:
    values = day(288 * 12) + RNG.normal(0, 1, 288 * 12)
    labels = np.zeros(len(values), dtype=np.bool_)
    labels[700:1400] = True
    values[labels] = RNG.normal(300, 60, labels.sum())
    found = profile(series(values, 300), labels)
    assert found.periods == (288,)
    assert (found.incidents, found.incident_points) == (1, (700,))


def test_gaps_do_not_shift_the_season() -> None:
    values, seconds = day(288 * 12), 300 * np.arange(288 * 12, dtype=np.int64)
    keep = RNG.random(len(values)) > 0.2
    found = profile(Series("a", seconds[keep], values[keep], 300))
    assert found.periods == (288,)
    assert found.even
    assert found.missing_share == pytest.approx(0.2, abs=0.02)


def test_a_straight_line_is_trend() -> None:
    line = np.linspace(0, 10, 2000)
    assert profile(series(line + RNG.normal(0, 0.1, 2000))).trend > 0.98
    assert profile(series(RNG.normal(0, 1, 2000))).trend < 0.2


def test_counts_are_whole_and_repeat() -> None:
    found = profile(series(RNG.poisson(3, 5000)))
    assert found.whole
    assert found.distinct < 0.01


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0], [5.0] * 500, [np.nan] * 100, [0.0] * 99 + [1.0]])
def test_poor_series_have_a_profile_too(values: list[float]) -> None:
    found = profile(series(np.array(values)), np.zeros(len(values), dtype=np.bool_))
    assert found.points == len(values)
    assert found.periods == ()
    assert found.scale > 0


@pytest.mark.parametrize("size", [1e-12, 1e140])
def test_the_unit_does_not_matter(size: float) -> None:
    values = day(288 * 10) + RNG.normal(0, 1, 2880)
    small, other = profile(series(values, 300)), profile(series(values * size, 300))
    assert other.periods == small.periods
    assert other.seasonality == pytest.approx(small.seasonality)
    assert other.trend == pytest.approx(small.trend)
    assert other.spread == pytest.approx(small.spread * size)


def test_labels_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="3 labels for 4 points"):
        profile(series(np.zeros(4)), np.zeros(3, dtype=np.bool_))


def test_seasons_come_strongest_first() -> None:
    points = np.arange(5000)
    values = np.sin(2 * np.pi * points / 250) + 3 * np.sin(2 * np.pi * points / 40) + RNG.normal(0, 0.2, 5000)
    first, second = (season.points for season in seasons(values, 1))
    assert first == 40
    assert abs(second - 250) <= 2  # the noise may move the weaker one by a point
