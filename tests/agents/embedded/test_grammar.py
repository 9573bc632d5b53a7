"""What the embedded author composes: readable, causal, and unshaken by awkward series."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.embedded.grammar import compose, summary
from argosy.agents.embedded.recipe import (
    MARK,
    Clause,
    ClauseSide,
    ClauseUnit,
    Join,
    Quantity,
    Recipe,
    Timing,
    read_recipe,
)
from argosy.detectors.rules.rule import read_rule
from argosy.sandbox.vetting import vet

SECOND = Clause(Quantity.CHANGE, ClauseSide.DOWN, size=0.5)
SINGLE = [
    Recipe((Clause(kind, side, over, 30, 24, 0.5, 1.0),), clears=clears)
    for kind in Quantity
    for side in ClauseSide
    for over in ClauseUnit
    for clears in (False, True)
]
COMBINED = [
    Recipe((Clause(kind, ClauseSide.BOTH, period=24, smooth=smooth), SECOND), join, timing, hours=hours)
    for kind in (Quantity.DEVIATION, Quantity.SEASON, Quantity.SHAPE)
    for smooth, hours in ((1, None), (5, (22.0, 3.0)))
    for join in Join
    for timing in Timing
]
AWKWARD = [
    np.empty(0),
    np.ones(1),
    np.array([1.0, np.nan, 2.0]),
    np.full(60, np.nan),
    np.ones(240),
    np.where(np.arange(300) % 2, 1e300, -1e300),
]


def wave(points: int = 400) -> np.ndarray:
    rng = np.random.default_rng(3)
    values = np.sin(np.arange(points) * 2 * np.pi / 24) + rng.normal(0, 0.1, points)
    values[150:160] -= 4
    values[300:303] = np.nan
    return values


@lru_cache(maxsize=1)
def composed(recipe: Recipe) -> Callable[..., np.ndarray]:
    """The rule of a recipe with its default numbers."""
    source = compose(recipe)
    scope: dict[str, object] = {}
    exec(source, scope)
    return partial(scope["detect"], **read_rule(source).defaults)


def detect(recipe: Recipe, values: np.ndarray) -> np.ndarray:
    seconds = 3600 * np.arange(len(values), dtype=np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return composed(recipe)(values, seconds)


@pytest.mark.parametrize("recipe", SINGLE + COMBINED, ids=lambda recipe: summary(recipe))
def test_every_rule_keeps_the_contract_and_is_causal(recipe):
    source = compose(recipe)
    assert not vet(source)
    assert read_rule(source).summary == summary(recipe)
    assert sum(bool(line.strip()) for line in source.splitlines()) <= 25
    for values in AWKWARD:
        scores = detect(recipe, values)
        assert (scores.dtype, scores.shape) == (np.float64, values.shape)
    whole = detect(recipe, wave())
    for stop in (1, 150, 333):
        np.testing.assert_allclose(detect(recipe, wave()[:stop]), whole[:stop], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("recipe", SINGLE + COMBINED, ids=lambda recipe: summary(recipe))
def test_a_recipe_can_be_read_back_from_its_source(recipe):
    assert read_recipe(compose(recipe)) == recipe


@given(st.text())
def test_any_text_after_the_mark_is_a_recipe_or_none(text):
    found = read_recipe(MARK + text)
    assert found is None or isinstance(found, Recipe)


def test_a_rule_holds_no_more_than_it_needs():
    source = compose(Recipe((Clause(Quantity.CHANGE, ClauseSide.UP),)))
    assert "PERIOD" not in source
    assert "import numpy" not in source
    assert [param.name for param in read_rule(source).params] == ["lag", "threshold"]


def test_a_flag_rule_finds_the_drop_and_a_clear_rule_of_the_same_clause_spares_it():
    drop = Recipe((Clause(Quantity.CHANGE, ClauseSide.DOWN),))
    flags, cleared = detect(drop, wave()) >= 1, detect(replace(drop, clears=True), wave()) >= 1
    assert flags[150]
    assert not cleared[150]
    assert not (flags & cleared).any()
    assert cleared[100:140].all()


def test_both_sides_have_one_threshold_and_a_skew():
    scope: dict[str, object] = {}
    exec(compose(Recipe((Clause(Quantity.CHANGE, ClauseSide.BOTH),))), scope)
    up_and_down = np.array([0.0, 4.0, 0.0])
    scores = scope["detect"](up_and_down, np.arange(3), skew=0.5, lag=1, threshold=4.0)
    assert scores[1:].tolist() == [0.5, 1.0]


def test_hours_keep_a_rule_to_a_time_of_day():
    recipe = Recipe((Clause(Quantity.CHANGE, ClauseSide.BOTH),), hours=(22.0, 3.0))
    opinion = np.flatnonzero(~np.isnan(detect(recipe, wave())))
    assert set(opinion % 24) == {22, 23, 0}
