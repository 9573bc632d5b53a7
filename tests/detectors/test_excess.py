import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from argosy.detectors.excess import excess, flagged_outside


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_points_are_counted_as_a_person_would(points: list[tuple[bool, bool]]) -> None:
    flags, labels = (np.array([each[i] for each in points], dtype=np.bool_) for i in (0, 1))
    outside = [flag for flag, label in points if not label]
    assert flagged_outside(flags, labels) == (sum(outside), len(outside))
    assert flagged_outside(flags, None) == (int(flags.sum()), len(points))


@pytest.mark.parametrize(
    ("flagged", "labelled", "points", "said"),
    [
        (0, 0, 1000, ""),
        (30, 0, 1000, ""),
        (31, 0, 1000, "31 of 1,000"),
        (4, 0, 20, ""),
        (500, 600, 1000, ""),
        (500, 100, 1000, "400 of 900"),
        (0, 1000, 1000, ""),
        (725, 0, 730, "725 of 730"),
    ],
)
def test_only_a_share_outside_incidents_is_too_much(flagged: int, labelled: int, points: int, said: str) -> None:
    flags, labels = np.arange(points) < flagged, np.arange(points) < labelled
    found = excess(flags, labels)
    assert bool(found) is bool(said)
    assert said in found
