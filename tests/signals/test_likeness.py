import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from argosy.signals.arrays import Floats
from argosy.signals.likeness import unlike, value_range


def days(points: int = 2_000, seed: int = 0) -> Floats:
    """A level of 100 with a daily cycle and noise."""
    return 100 + 10 * np.sin(np.arange(points) * 2 * np.pi / 288) + np.random.default_rng(seed).normal(0, 1, points)


def said(known: Floats, values: Floats) -> str:
    one, other = value_range(known), value_range(values)
    assert one is not None
    assert other is not None
    return unlike(one, other)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1e-3, "a thousand times smaller"),
        (1e3, "a thousand times larger"),
        (1e-2, "a hundred times smaller"),
        (1e6, "a million times larger"),
        (60.0, "60 times larger"),
        (1 / 1024, "a thousand times smaller"),
    ],
)
def test_another_unit_is_said_as_a_factor(factor: float, words: str) -> None:
    assert words in said(days(), days(seed=1) * factor)


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 50.0, 1e3])
def test_around_zero_the_spread_alone_tells(factor: float) -> None:
    found = said(days() - 100, (days(seed=1) - 100) * factor)
    assert ("times larger" if factor > 1 else "times smaller") in found


@pytest.mark.parametrize(
    "values",
    [
        days(seed=1),
        days(seed=1)[:50],
        days(seed=1) * 1.1,
        days(seed=1) + 15,
        np.full(300, 101.0),
        np.where(np.arange(2_000) < 1_500, days(seed=1), 0.0),
        100 + np.random.default_rng(2).normal(0, 0.2, 500),
    ],
    ids=["the same", "a short while", "a tenth more", "shifted", "standing still", "an outage", "a quiet night"],
)
def test_what_one_series_may_do_is_not_unlike_it(values: Floats) -> None:
    assert said(days(), values) == ""


@pytest.mark.parametrize(
    "values",
    [days(seed=1) + 400, -days(seed=1), np.full(300, 0.0), np.random.default_rng(1).normal(100, 3_000, 500)],
    ids=["another level", "below zero", "nothing at all", "spread more widely"],
)
def test_other_values_are_said_with_both(values: Floats) -> None:
    assert "values are" in said(days(), values)


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30),
)
def test_any_numbers_have_a_range_or_none_and_are_compared(one: list[float], other: list[float]) -> None:
    known, values = value_range(np.array(one, dtype=float)), value_range(np.array(other, dtype=float))
    assert (known is None) is (sum(map(math.isfinite, one)) < 2)
    if known and values:
        assert isinstance(unlike(known, values), str)
        assert unlike(known, known) == ""


def test_incidents_are_no_part_of_what_is_usual() -> None:
    values, labels = days(), np.arange(2_000) < 100
    values[labels] = 1e6
    found = value_range(values, labels)
    assert found is not None
    assert found.high < 200
    assert value_range(values, labels | True) is None
