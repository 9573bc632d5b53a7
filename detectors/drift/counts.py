"""Alerts and missed incidents against what was promised, with exact bounds."""

import numpy as np
from scipy import stats

from argosy.detectors.drift.form import DriftFinding, unmeasured
from argosy.signals.arrays import Bools, Ints
from argosy.signals.incidents import runs

LEVEL = 0.001
"""The chance of more alerts than the bound, were the rate what was promised."""

FEEDBACK_LEVEL = 0.05
FEWEST_ALERTS = 3
TIMES = 2.0
"""Alerts must be so many times more frequent than promised before anything is made of it."""

ROOM = 1.25
"""And more frequent by this than in the busiest stretch of that length in which the promise was made."""

FEWEST_MISSED = 2


def alert_rate(name: str, promised: Bools, newer: Bools) -> DriftFinding:
    """Alerts among the newer points against those in the stretch in which the rate was promised.

    Both are bools per point, shapes (n,) and (m,); an alert is a flagged run. Given their sum, alerts divide between
    two stretches of one Poisson rate as a binomial: exact, however few they are (Przyborowski and Wilenski 1940). They
    come in bursts, so no more is made of them than the busiest stretch of `m` points shows.
    """
    if not len(newer) or not len(promised):
        return unmeasured(name, "no point to count alerts on")
    starts = runs(promised)[:, 0]
    before, now = len(starts), len(runs(newer))
    bound = max(_bound(before, len(promised), len(newer)), FEWEST_ALERTS - 1)
    busiest = _busiest(starts, len(newer)) if len(newer) <= len(promised) else before
    usual = before * len(newer) / len(promised)
    threshold = max(float(bound), TIMES * usual, ROOM * busiest)
    why = (
        f"alerts in {len(newer):,} points: {now}; promised were {before} in {len(promised):,}, so {usual:.1f} expected"
    )
    return DriftFinding(name, float(now), threshold, why)


def _bound(before: int, points: int, newer_points: int) -> int:
    """The most alerts that the rate still explains: the largest k with P(at least k) ≥ LEVEL, given k + `before`."""
    share = newer_points / (points + newer_points)
    k = 0
    while stats.binom.sf(k, k + 1 + before, share) >= LEVEL:
        k += 1
    return k


def _busiest(starts: Ints, points: int) -> int:
    """The most alerts that begin within any stretch of so many points."""
    inside = np.searchsorted(starts, starts + points) - np.arange(len(starts))
    return int(inside.max(initial=0))


def missed(promised: tuple[int, int], newer: tuple[int, int]) -> DriftFinding:
    """Incidents missed since, of how many, against those missed where the promise was made: Fisher's exact test.

    Each pair is (missed, incidents).
    """
    name = "missed"
    if not newer[1]:
        return unmeasured(name, "no labelled incident since")
    if not promised[1]:
        promised = (0, 1)  # nobody promised anything: what is missed must stand out by itself
    held = newer[1] + promised[1]
    bound = FEWEST_MISSED - 1
    for k in range(FEWEST_MISSED, newer[1] + 1):
        if stats.hypergeom.sf(k - 1, held, k + promised[0], newer[1]) < FEEDBACK_LEVEL:
            break
        bound = k
    why = f"{newer[0]} of {newer[1]} incidents missed since; {promised[0]} of {promised[1]} where it was made"
    return DriftFinding(name, float(newer[0]), float(bound), why)


def missed_in(labels: Bools, flags: Bools) -> tuple[int, int]:
    """How many incidents hold no flag, of how many; both arrays of shape (n,)."""
    spans = runs(labels)
    return sum(not flags[start:stop].any() for start, stop in spans), len(spans)


def outside(labels: Bools, flags: Bools) -> Bools:
    """The flags of alerts that share no point with an incident, shape (n,)."""
    alone = np.zeros(len(flags), dtype=np.bool_)
    for start, stop in runs(flags):
        alone[start:stop] = not labels[start:stop].any()
    return alone


def one_an_incident(labels: Bools, flags: Bools) -> Bools:
    """The flags, with all alerts of one incident made one, shape (n,): a long incident is no rise of the rate."""
    joined = flags.copy()
    for start, stop in runs(labels):
        joined[start:stop] = flags[start:stop].any()
    return joined
