import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from argosy.eval.splits import Lockbox, LockboxSpent, Part, Splits, split
from argosy.signals.errors import BadInput


@given(st.integers(1, 1000), st.floats(0, 0.49), st.floats(0, 0.49))
def test_the_parts_cover_every_point_once_in_the_order_of_time(points: int, validation: float, lockbox: float) -> None:
    try:
        splits = split(points, validation, lockbox)
    except BadInput:
        assert round(points * lockbox) + round(points * validation) >= points
        return
    covered = np.concatenate([np.arange(points)[splits.of(part)] for part in Part])
    np.testing.assert_array_equal(covered, np.arange(points))
    assert abs(len(range(points)[splits.lockbox]) - points * lockbox) <= 0.5
    assert abs(len(range(points)[splits.validation]) - points * validation) <= 0.5


def test_the_usual_shares() -> None:
    assert split(1000) == Splits(500, 700, 1000)
    assert split(3) == Splits(1, 2, 3)


@pytest.mark.parametrize(
    ("points", "validation", "lockbox"), [(100, -0.1, 0.3), (100, 0.2, 1.0), (100, 0.6, 0.5), (0, 0.2, 0.3)]
)
def test_shares_that_leave_no_training_are_refused(points: int, validation: float, lockbox: float) -> None:
    with pytest.raises(BadInput, match="give"):
        split(points, validation, lockbox)


def test_the_lockbox_opens_once() -> None:
    box = Lockbox([1, 2])
    assert box.openings == 0
    assert box.open() == [1, 2]
    with pytest.raises(LockboxSpent):
        box.open()
    assert box.openings == 2
