"""Drift: each statistic fires on its own kind, and none on a series that does not drift, however autocorrelated."""

from collections.abc import Callable

import numpy as np
import pytest

from argosy.detectors.drift import DriftFinding, DriftInput, measure_drift
from argosy.detectors.drift.counts import alert_rate, missed, one_an_incident, outside
from argosy.detectors.drift.onset import onset
from argosy.detectors.drift.population import psi
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

DAY, MADE, SINCE, POINTS = 288, 288 * 24, 288 * 24, 288 * 27


def daily(points: int = POINTS, seed: int = 0, persistence: float = 0.9) -> Floats:
    """A day's wave of height 10 around 100, with noise of spread 1 that remembers itself."""
    rng = np.random.default_rng(seed)
    noise = np.empty(points)
    shocks = rng.normal(0, np.sqrt(1 - persistence**2), points)
    noise[0] = shocks[0]
    for i in range(1, points):
        noise[i] = persistence * noise[i - 1] + shocks[i]
    return 100 + 10 * np.sin(2 * np.pi * np.arange(points) / DAY) + noise


def looked(values: Floats, labels: Bools | None = None, flags: Bools | None = None) -> dict[str, DriftFinding]:
    nothing = np.zeros(len(values), dtype=np.bool_)
    seconds = 300 * np.arange(len(values), dtype=np.int64)
    newer = DriftInput(
        series=Series("s", seconds, values, 300),
        labels=nothing if labels is None else labels,
        flags=nothing if flags is None else flags,
        made_until=MADE,
        since=SINCE,
        reference=slice(0, MADE),
        labelled_since=labels is not None,
    )
    return {each.name: each for each in measure_drift(newer)}


def fired(values: Floats) -> set[str]:
    return {name for name, each in looked(values).items() if each.fired}


CHANGES: dict[str, Callable[[Floats], Floats]] = {
    "level": lambda new: new + 4,
    "scale": lambda new: 100 + 2.5 * (new - 100),
    "residual_spread": lambda new: new + np.random.default_rng(1).normal(0, 3, len(new)),
    "seasonality": lambda new: np.roll(new, DAY // 2),
    "population": lambda new: np.where(np.arange(len(new)) % 3 == 0, 140.0, new),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_statistic_finds_its_own_kind_of_drift(name: str) -> None:
    values = daily()
    values[SINCE:] = CHANGES[name](values[SINCE:])
    assert name in fired(values)


@pytest.mark.parametrize("persistence", [0.0, 0.9, 0.99])
def test_what_does_not_drift_fires_nothing(persistence: float) -> None:
    false = [name for seed in range(4) for name in fired(daily(seed=seed, persistence=persistence))]
    assert len(false) <= 1  # of 20 looks at values


@pytest.mark.parametrize("name", ["level", "residual_spread"])
def test_the_beginning_of_a_drift_is_found(name: str) -> None:
    values, began = daily(), SINCE + DAY
    values[began:] = CHANGES[name](values[began:])
    nothing = np.zeros(POINTS, dtype=np.bool_)
    series = Series("s", 300 * np.arange(POINTS, dtype=np.int64), values, 300)
    found = onset(DriftInput(series, nothing, nothing, MADE, SINCE, slice(0, MADE), True))
    assert abs(found - began) <= 20


def test_a_single_incident_is_no_drift() -> None:
    values = daily()
    values[SINCE + 100 : SINCE + 140] -= 60
    assert fired(values) == set()


def test_labelled_points_and_gaps_are_left_out() -> None:
    values, labels = daily(), np.zeros(POINTS, dtype=np.bool_)
    values[SINCE:][::2] = np.nan
    labels[SINCE : SINCE + DAY] = True
    values[SINCE : SINCE + DAY] += 500
    assert not any(each.fired for name, each in looked(values, labels).items() if name != "missed")


def test_too_few_new_points_are_said_to_be_too_few() -> None:
    found = looked(daily(SINCE + 10))
    assert found["level"].value is None
    assert "too few" in found["level"].why
    assert not any(each.fired for each in found.values())


def test_values_that_never_vary_are_not_measured_by_their_spread() -> None:
    assert fired(np.full(POINTS, 7.0)) == set()


def flags_at(points: int, *starts: int) -> Bools:
    flags = np.zeros(points, dtype=np.bool_)
    for start in starts:
        flags[start : start + 3] = True
    return flags


def test_alerts_fire_only_beyond_what_their_promise_explains() -> None:
    promised = flags_at(10_000, *range(0, 10_000, 1_000))
    assert not alert_rate("alert_rate", promised, flags_at(1_000, 100, 300)).fired
    many = alert_rate("alert_rate", promised, flags_at(1_000, *range(0, 1_000, 60)))
    assert many.fired
    assert many.value == 17
    assert "10 in 10,000" in many.why


def test_a_burst_as_busy_as_one_before_is_no_drift() -> None:
    promised = flags_at(10_000, *range(5_000, 5_500, 25))
    assert not alert_rate("alert_rate", promised, flags_at(600, *range(0, 500, 25))).fired


def test_the_chance_of_a_false_alarm_about_alerts_is_bounded() -> None:
    rng, fires = np.random.default_rng(0), 0
    for _ in range(150):
        promised, newer = (np.asarray(rng.random(n) < 0.004) for n in (5_000, 1_000))
        fires += alert_rate("alert_rate", promised, newer).fired
    assert fires <= 1


@pytest.mark.parametrize(
    ("promised", "newer", "fires"),
    [((0, 20), (4, 6), True), ((0, 20), (1, 6), False), ((10, 20), (4, 6), False), ((0, 0), (3, 3), False)],
)
def test_missed_incidents_fire_when_chance_does_not_explain_them(
    promised: tuple[int, int], newer: tuple[int, int], fires: bool
) -> None:
    assert missed(promised, newer).fired is fires


def test_alerts_that_touch_an_incident_are_not_outside() -> None:
    labels, flags = flags_at(20, 5), flags_at(20, 3, 12)
    assert np.flatnonzero(outside(labels, flags)).tolist() == [12, 13, 14]


def test_alerts_within_one_incident_are_one() -> None:
    labels, flags = np.zeros(30, dtype=np.bool_), flags_at(30, 2, 11, 16, 25)
    labels[10:20] = True
    assert np.flatnonzero(one_an_incident(labels, flags)).tolist() == [2, 3, 4, *range(10, 20), 25, 26, 27]
    labels[21:24] = True
    assert not one_an_incident(labels, flags)[21:24].any()


def test_a_long_incident_of_many_alerts_does_not_raise_the_rate_of_alerts() -> None:
    labels, flags = np.zeros(POINTS, dtype=np.bool_), flags_at(POINTS, 1_000, 3_000)
    labels[SINCE + 10 : SINCE + 210] = True
    flags[SINCE + 10 : SINCE + 210 : 5] = True
    assert looked(daily(), labels, flags)["alert_rate"].value == 1
    assert looked(daily(), None, flags)["alert_rate"].fired


def test_feedback_is_measured_where_labels_are_new_and_its_points_promise_nothing() -> None:
    labels, flags = (
        flags_at(POINTS, 1_000, 3_000, 5_000, SINCE - 200, SINCE - 100),
        flags_at(POINTS, 1_000, 3_000, 5_000),
    )
    flags[SINCE - 50] = True
    series = Series("s", 300 * np.arange(POINTS, dtype=np.int64), daily(), 300)
    newer = DriftInput(series, labels, flags, MADE - 300, SINCE, slice(0, SINCE), True, slice(SINCE - 250, SINCE))
    found = {each.name: each for each in measure_drift(newer)}
    assert found["missed"].why == "2 of 2 incidents missed since; 0 of 3 where it was made"
    assert found["false_alerts"].value == 1
    assert "in 864 points" in found["alert_rate"].why


def test_a_season_that_was_never_steady_is_not_measured_rather_than_never_fired() -> None:
    values = daily()
    values[: MADE // 4] = 200 - values[: MADE // 4]
    found = looked(values)["seasonality"]
    assert (found.value, found.fired) == (None, False)
    assert "too unlike each other" in found.why


def test_psi_is_zero_for_equal_shares_and_grows_with_difference() -> None:
    same, other = np.array([10, 10]), np.array([18, 2])
    assert psi(same, 3 * same) == 0
    assert psi(same, other) == pytest.approx((0.9 - 0.5) * np.log(1.8) + (0.1 - 0.5) * np.log(0.2))
