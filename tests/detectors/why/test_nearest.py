"""The search for the nearest number that turns a verdict."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from argosy.detectors.rules.rule import Param
from argosy.detectors.why.nearest import nearest_turn, param_axis, value_axis

HERE = st.floats(-1e6, 1e6)


@given(HERE, st.floats(0.01, 1e4), st.booleans(), st.floats(0.5, 1e3))
def test_the_value_found_turns_the_verdict_and_hardly_a_nearer_one_does(here, away, upward, scale):
    border = here + away if upward else here - away
    beyond = (lambda x: x >= border) if upward else (lambda x: x <= border)
    found = nearest_turn(value_axis(here, scale), lambda tried: np.array([beyond(x) for x in tried]))
    assert found is not None
    assert beyond(found)
    assert abs(found - border) <= 0.01 * away + 1e-3 * scale + 1e-9 * abs(here)


@given(st.integers(2, 400), st.integers(2, 400))
def test_a_whole_number_is_found_exactly(here, border):
    param = Param("window", 60, 2, 400)
    found = nearest_turn(
        param_axis(param, here), lambda tried: np.array([(x >= border) != (here >= border) for x in tried])
    )
    if here >= border and border == 2:
        assert found is None
    else:
        assert found == (border if here < border else border - 1)


@given(st.floats(1.0, 100.0), st.floats(1.0, 100.0))
def test_a_number_stays_within_its_range(here, border):
    axis = param_axis(Param("threshold", 6.0, 1.0, 100.0), here)
    found = nearest_turn(axis, lambda tried: np.array([(x > border) != (here > border) for x in tried]))
    assert found is None or (0.99 <= found <= 100.1 and (found > border) != (here > border))


def test_of_two_sides_the_nearer_one_counts_and_of_none_nothing():
    band = nearest_turn(value_axis(0.0, 1.0), lambda tried: np.array([x >= 5 or x <= -3 for x in tried]))
    assert band is not None
    assert -3.01 <= band <= -3
    assert nearest_turn(value_axis(0.0, 1.0), lambda tried: np.zeros(len(tried), dtype=np.bool_)) is None
