"""Peak hold: what was suspicious a moment ago still ranks above what never was. It changes the order, never a flag.

An alarm is a moment, and an incident lasts. A score that is back at nothing one point after its alarm ranks the rest of
the incident among ordinary points, which is what AUC-PR and VUS-PR measure, and what a person who sorts points sees.
"""

import numpy as np

from argosy.eval.volume import vus_pr
from argosy.signals.arrays import Bools, Floats

HOLDS_POINTS = (0.0, 5.0, 20.0, 60.0, 150.0)
"""Time constants to choose among; 0 leaves the scores as they are."""

LOUDEST = 100.0
"""What is held of a score; one absurd value must not shine for days."""

NEWEST_POINTS = 200_000
"""The choice is made on so many of the newest points at most."""

AS_IT_IS = 0.5
JUST_BELOW = float(np.nextafter(1.0, 0.0))


def peak_hold(values: Floats, points: float) -> Floats:
    """Scores, shape (n,), in which a peak fades by a factor e in so many points. Causal; NaN and flags (≥ 1) stay.

    Where there is no flag, the held value up to 0.5 stands as it is, and one above is drawn in below 1, in order:
    1 - 1 / (4 held). With 0 points the scores are given back.

    >>> peak_hold(np.array([0.1, 4.0, 0.2, 0.2]), 1.0).round(3).tolist()
    [0.1, 4.0, 0.83, 0.538]
    """
    if points == 0.0:
        return values
    faded = np.arange(len(values)) / points
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.clip(values, 0.0, LOUDEST))
        held = np.exp(np.fmax.accumulate(logs + faded) - faded) if len(values) else values
        held = np.fmax(held, values)
        quiet = np.where(held <= AS_IT_IS, held, 1.0 - AS_IT_IS**2 / np.maximum(held, AS_IT_IS))
        asis = (values >= 1.0) | np.isnan(values)
    return np.asarray(np.where(asis, values, np.minimum(quiet, JUST_BELOW)), dtype=np.float64)


def choose_hold(labels: Bools, values: Floats) -> float:
    """The time constant with the best VUS-PR on these points, the shortest among equals; 0 where nothing is labelled.

    Both arrays have shape (n,).
    """
    labels, values = labels[-NEWEST_POINTS:], values[-NEWEST_POINTS:]
    if not labels.any():
        return 0.0
    return max(HOLDS_POINTS, key=lambda points: (round(vus_pr(labels, peak_hold(values, points)), 6), -points))
