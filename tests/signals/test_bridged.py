"""Gap policies, where they matter most: in series that are mostly absent, and in long outages."""

import numpy as np
import pytest

from argosy.inputs.tables.loaded_series import MOST_SESSION_POINTS
from argosy.signals.arrays import Ints
from argosy.signals.bridged import MOST_ABSENT, bridged
from argosy.signals.errors import BadInput
from argosy.signals.gap_policy import GapPolicy
from argosy.signals.gaps import regular
from argosy.signals.series import Series

EXPLICIT = [each for each in GapPolicy if each is not GapPolicy.IGNORE]


def series(slots: Ints, step_s: int = 60) -> Series:
    """A point on each of these slots of a minute; `step_s` is what its reader takes for the step."""
    return Series("a", 60 * slots.astype(np.int64), np.arange(1.0, len(slots) + 1), step_s)


def sparse(points: int = 3_000, of: int = 10_000) -> Ints:
    inner = np.random.default_rng(0).choice(np.arange(1, of - 1), points - 2, replace=False)
    return np.sort(np.concatenate(([0], inner, [of - 1])))


@pytest.mark.parametrize("step_s", [60, 120])
@pytest.mark.parametrize("policy", EXPLICIT)
def test_a_series_that_is_mostly_absent_is_filled_as_its_policy_says(policy: GapPolicy, step_s: int) -> None:
    slots = sparse()
    found = bridged(series(slots, step_s), policy)
    assert (len(found.series), found.series.step_s, int(found.missing.sum())) == (10_000, 60, 7_000)
    assert found.series.seconds.tolist() == list(range(0, 600_000, 60))
    assert found.positions.tolist() == slots.tolist()
    assert found.note == f"7,000 missing points, policy {policy.value}"
    filled = found.series.values[found.missing]
    match policy:
        case GapPolicy.ZERO:
            assert (filled == 0).all()
        case GapPolicy.HOLD:
            before = np.searchsorted(slots, np.flatnonzero(found.missing))
            assert filled.tolist() == before.tolist()
        case GapPolicy.ANOMALY:
            assert np.isnan(filled).all()


def test_an_outage_longer_than_the_series_is_an_anomaly() -> None:
    found = bridged(series(np.concatenate((np.arange(1_000), np.arange(5_000, 6_000)))), GapPolicy.ANOMALY)
    assert found.anomalous
    assert np.flatnonzero(found.missing).tolist() == list(range(1_000, 5_000))


@pytest.mark.parametrize("policy", EXPLICIT)
def test_a_policy_that_cannot_be_kept_is_refused(policy: GapPolicy) -> None:
    far = series(np.array([0, 1, 2, MOST_ABSENT + 4]))
    with pytest.raises(BadInput, match=f"policy {policy.value}: 1000001 points are absent .* choose --gaps ignore"):
        bridged(far, policy)
    events = np.cumsum(np.random.default_rng(0).exponential(100, 500).astype(np.int64) + 1)
    with pytest.raises(BadInput, match="no multiple of the 60 s step"):
        bridged(Series("a", events, np.ones(500), 60), policy)
    assert len(bridged(far, GapPolicy.IGNORE).series) == 4


def test_as_many_may_be_absent_as_a_session_looks_at_and_without_a_policy_no_more_than_before() -> None:
    assert MOST_ABSENT == MOST_SESSION_POINTS
    far = series(np.array([0, 1, 2, MOST_ABSENT + 3]))
    assert int(bridged(far, GapPolicy.ZERO).missing.sum()) == MOST_ABSENT
    assert not regular(far).regular
    assert not regular(series(sparse())).regular
