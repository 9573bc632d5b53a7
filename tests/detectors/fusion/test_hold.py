"""Peak hold: order without flags, against the plain loop."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.fusion.hold import HOLDS_POINTS, LOUDEST, choose_hold, peak_hold
from argosy.detectors.rules.rule import Direction
from argosy.eval.volume import vus_pr

scores = st.lists(
    st.floats(0.0, 300.0) | st.sampled_from([math.nan, math.inf, 0.0, 1.0, 0.5, -3.0]), min_size=1, max_size=60
).map(np.array)
holds = st.sampled_from([points for points in HOLDS_POINTS if points])


def by_loop(values: np.ndarray, points: float) -> list[float]:
    held, out = 0.0, []
    for value in values.tolist():
        held *= math.exp(-1.0 / points)
        if not math.isnan(value):
            held = max(held, min(value, LOUDEST))
        now = max(held, value) if value < 0.0 and held == 0.0 else held
        quiet = now if now <= 0.5 else 1.0 - 0.25 / now
        out.append(value if math.isnan(value) or value >= 1.0 else quiet)
    return out


@given(scores, holds)
def test_it_is_the_plain_loop(values: np.ndarray, points: float) -> None:
    negative_stays = np.where(values < 0.0, np.maximum(values, 0.0), values)
    np.testing.assert_allclose(peak_hold(negative_stays, points), by_loop(negative_stays, points), rtol=1e-9)


@given(scores, holds)
def test_no_flag_changes_and_what_is_missing_stays_missing(values: np.ndarray, points: float) -> None:
    held = peak_hold(values, points)
    flags = values >= 1.0
    assert ((held >= 1.0) == flags).all()
    assert (held[flags] == values[flags]).all()
    assert (np.isnan(held) == np.isnan(values)).all()


@given(scores, holds, st.integers(0, 60))
def test_what_comes_later_changes_nothing(values: np.ndarray, points: float, cut: int) -> None:
    np.testing.assert_array_equal(peak_hold(values[:cut], points), peak_hold(values, points)[:cut])


@pytest.mark.parametrize("values", [[], [math.nan], [0.0, 0.0]])
def test_where_nothing_is_there_is_nothing_to_hold(values: list[float]) -> None:
    np.testing.assert_array_equal(peak_hold(np.array(values), 20.0), values)


def test_the_choice_ranks_lasting_incidents_better_and_is_none_without_labels() -> None:
    rng = np.random.default_rng(0)
    labels, values = np.zeros(2_000, dtype=bool), rng.uniform(0.0, 0.9, 2_000)
    for start in range(100, 2_000, 300):
        labels[start : start + 40] = True
        values[start] = 3.0
    points = choose_hold(labels, values)
    assert points > 0.0
    assert vus_pr(labels, peak_hold(values, points)) > 1.3 * vus_pr(labels, values)
    assert choose_hold(np.zeros(2_000, dtype=bool), values) == 0.0


def test_momentary_incidents_are_held_no_longer_than_helps() -> None:
    labels, values = np.zeros(500, dtype=bool), np.linspace(0.0, 0.4, 500)
    labels[[50, 200, 400]] = True
    values[[50, 200, 400]] = 2.0
    points = choose_hold(labels, values)
    assert vus_pr(labels, peak_hold(values, points)) >= vus_pr(labels, values)


def test_a_fusion_is_held_after_its_rules_have_spoken() -> None:
    flagging = Member("r", Direction.FLAG, np.array([0.0, 5.0, 0.0, 0.0]))
    base = np.array([0.1, 0.1, 0.1, 0.1])
    plain, held = fuse(base, [flagging]), fuse(base, [flagging], 20.0)
    assert (plain.flags == held.flags).all()
    assert (plain.fired["r"] == held.fired["r"]).all()
    assert 1.0 > held.values[2] > held.values[3] > plain.values[3]
