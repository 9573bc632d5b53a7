"""Rules carried from one series to another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.embedded.grammar import compose
from argosy.agents.embedded.recipe import Clause, ClauseSide, Quantity, Recipe, read_recipe
from argosy.detectors.rules.rule import RuleUnreadable, read_rule
from argosy.detectors.rules.transfer import Unit, transfer_rule, unit_of
from argosy.signals.profile import profile
from argosy.signals.series import Series

HERE = Unit(2.0, 60)
SEASONAL = compose(Recipe((Clause(Quantity.SEASON, ClauseSide.DOWN, period=1440, size=2.0),)))
SUDDEN = compose(Recipe((Clause(Quantity.CHANGE, ClauseSide.DOWN, size=2.0),)))


def scores(source: str, values: np.ndarray) -> np.ndarray:
    """What a rule of this test's own says, at its defaults."""
    space: dict[str, object] = {}
    exec(compile(source, "rule.py", "exec"), space)
    detect = space["detect"]
    assert callable(detect)
    return np.asarray(detect(values, 60 * np.arange(len(values)), **read_rule(source).defaults))


@given(st.floats(1e-6, 1e6), st.floats(2.0, 300.0))
def test_a_carried_rule_says_of_a_scaled_series_what_it_said_of_its_own(factor, threshold):
    values = 100 + np.random.default_rng(0).normal(0, 2, 200)
    there = transfer_rule(SUDDEN, {"lag": 3, "threshold": threshold}, None, HERE)
    here = transfer_rule(SUDDEN, {"lag": 3, "threshold": threshold}, HERE, Unit(2.0 * factor, 60))
    assert read_rule(here).defaults == {"lag": 3, "threshold": threshold}
    close = 0.26 if 0.8 <= factor <= 1.25 else 0.006
    np.testing.assert_allclose(scores(here, values * factor), scores(there, values), rtol=close, atol=1e-9)


def test_where_units_are_alike_only_the_defaults_change_and_the_recipe_stays():
    same = transfer_rule(SUDDEN, {"lag": 2, "threshold": 9.0}, HERE, Unit(2.2, 60))
    assert "UNIT" not in same
    assert read_recipe(same) == read_recipe(SUDDEN)
    assert read_rule(same).defaults == {"lag": 2, "threshold": 9.0}


def test_a_recipe_of_another_unit_does_not_come_along():
    assert read_recipe(transfer_rule(SUDDEN, {}, HERE, Unit(40.0, 60))) is None


@pytest.mark.parametrize(
    ("here", "period"),
    [(Unit(2.0, 300), 288), (Unit(2.0, 300, (288,)), 288), (Unit(2.0, 60, (700, 90)), 700), (Unit(2.0, 60), 1440)],
)
def test_a_season_stays_as_long_in_time_or_becomes_one_of_this_series(here, period):
    assert f"PERIOD = {period}\n" in transfer_rule(SEASONAL, {}, Unit(2.0, 60, (1440,)), here)


def test_a_rule_that_is_carried_twice_has_one_factor():
    once = transfer_rule(SUDDEN, {}, HERE, Unit(20.0, 60))
    twice = transfer_rule(once, {}, Unit(20.0, 60), Unit(2000.0, 60))
    assert twice.count("UNIT = ") == 1
    assert "UNIT = 0.001\n" in twice
    assert twice.count("values = values * UNIT") == 1


def test_numbers_outside_their_ranges_are_brought_to_their_ends():
    assert read_rule(transfer_rule(SUDDEN, {"lag": 99, "threshold": 1e9}, None, HERE)).defaults["lag"] == 10


def test_a_source_that_leaves_no_place_for_a_unit_comes_as_it_is():
    source = '"""Flags."""\nPARAMS = {"a": (1.0, 0.1, 9.0)}\n\n\ndef detect(values, seconds, *, a): return values / a\n'
    assert transfer_rule(source, {"a": 2.0}, HERE, Unit(99.0, 60)) == source
    with pytest.raises(RuleUnreadable):
        transfer_rule("not a rule", {}, HERE, HERE)


def test_the_unit_of_a_series_is_its_noise():
    values = 50 + np.random.default_rng(0).normal(0, 3, 4000)
    series = Series("s", 60 * np.arange(4000, dtype=np.int64), values, 60)
    assert unit_of(profile(series), 60).size == pytest.approx(3 * np.sqrt(2), rel=0.1)
    flat = Series("s", 60 * np.arange(4000, dtype=np.int64), np.full(4000, 7.0), 60)
    assert unit_of(profile(flat), 60).size > 0
