"""The fuse in the fusion: a rule is not listened to while it acts far more often than when it was accepted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.rules.rule import Direction
from argosy.signals.arrays import Bools

FLAGS = hnp.arrays(np.bool_, st.integers(0, 200))


@given(FLAGS, st.integers(1, 30), st.integers(0, 10))
def test_it_counts_what_a_loop_counts(changed: Bools, window: int, most: int) -> None:
    slowly = [
        bool(changed[i]) and int(changed[max(0, i - window + 1) : i + 1].sum()) <= most for i in range(len(changed))
    ]
    assert RateLimit(window, most).within(changed).tolist() == slowly


@given(FLAGS)
def test_it_never_binds_on_the_data_it_was_taken_from(changed: Bools) -> None:
    assert np.array_equal(RateLimit.of(changed).within(changed), changed)


@given(FLAGS, st.integers(0, 200))
def test_what_comes_later_changes_nothing(changed: Bools, cut: int) -> None:
    rate_limit = RateLimit(20, 3)
    assert np.array_equal(rate_limit.within(changed)[:cut], rate_limit.within(changed[:cut]))


def test_a_rule_that_fires_everywhere_after_a_drift_raises_a_bounded_number_of_alarms() -> None:
    known = np.zeros(10_000, dtype=np.bool_)
    known[5_000:5_008] = True
    drifted = np.concatenate([np.zeros(5_000), np.full(5_000, 3.0)])
    base = np.zeros(10_000)
    fused = fuse(base, [Member("r", Direction.FLAG, drifted, rate_limit=RateLimit.of(known))])
    assert fused.flags.sum() == 2 * 8 + 5
    assert fuse(base, [Member("r", Direction.FLAG, drifted)]).flags.sum() == 5_000


def test_a_clear_rule_is_bounded_alike() -> None:
    base, clear = np.full(1_000, 2.0), np.full(1_000, 1.5)
    fused = fuse(base, [Member("r", Direction.CLEAR, clear, rate_limit=RateLimit(1_000, 40))])
    assert fused.flags.sum() == 960
