"""Line, session and template rates against their definitions."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from argosy.eval.log_rates import all_rates, line_rates, session_rates, template_rates, windows

LINES = st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.booleans()), min_size=1, max_size=40)


def naive(groups: dict[int, list[tuple[bool, bool]]], share: float) -> tuple[int, int, int]:
    """TP, FP, FN of groups that are marked where at least a share (or any, for 0) of their lines is."""
    counts = [0, 0, 0]
    for lines in groups.values():
        label, flag = (
            (sum(marks) >= share * len(lines)) if share else any(marks) for marks in zip(*lines, strict=True)
        )
        counts[0] += label and flag
        counts[1] += flag and not label
        counts[2] += label and not flag
    return counts[0], counts[1], counts[2]


@given(LINES)
def test_they_are_what_they_say(lines: list[tuple[int, bool, bool]]) -> None:
    names = [name for name, _, _ in lines]
    labels, flags = (np.array([each[at] for each in lines]) for at in (1, 2))
    groups: dict[int, list[tuple[bool, bool]]] = {}
    for name, label, flag in lines:
        groups.setdefault(name, []).append((label, flag))
    found = all_rates(labels, flags, names, names)
    assert (found["session"].tp, found["session"].fp, found["session"].fn) == naive(groups, 0)
    assert (found["template"].tp, found["template"].fp, found["template"].fn) == naive(groups, 0.5)
    alone = {at: [(label, flag)] for at, (_, label, flag) in enumerate(lines)}
    assert (found["line"].tp, found["line"].fp, found["line"].fn) == naive(alone, 0)


def test_without_labels_rates_are_no_numbers() -> None:
    nothing = np.zeros(3, dtype=np.bool_)
    assert math.isnan(line_rates(nothing, nothing).f1)
    assert math.isnan(session_rates([1, 1, 2], nothing, ~nothing).f1)
    assert template_rates(["a", "a", "b"], nothing, ~nothing).fp == 2


def test_windows_are_of_one_size_but_the_last() -> None:
    assert windows(5, 2) == [0, 0, 1, 1, 2]
