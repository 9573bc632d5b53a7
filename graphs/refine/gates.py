"""The gates: what the figures of a candidate must show before it can be accepted."""

from collections.abc import Callable

import numpy as np

from argosy.detectors.rules.rule import Direction
from argosy.graphs.refine.state import Candidate

LEAST_TRAINING_GAIN = 0.002
LEAST_GAIN_UNSEEN = 0.02
"""The least gain: on training data, and on training and validation together where validation holds no incident."""

Gate = Callable[[Candidate], str | None]
"""Why a candidate is refused, or None."""


def merit(candidate: Candidate) -> float:
    """What candidates are ranked by: the gain on training and on validation; −inf before it is measured."""
    assessed = candidate.assessment
    return assessed.gain + assessed.train - assessed.train_before if assessed else -np.inf


def refusal(candidate: Candidate) -> str | None:
    """Why the gates refuse a candidate, or None. Gates are code: no opinion overrules them."""
    assessed = candidate.assessment
    if assessed is None:
        return "it was not assessed"
    if assessed.train - assessed.train_before < LEAST_TRAINING_GAIN:
        return "it gains too little on training data"
    if assessed.validation < assessed.validation_before:
        return "it loses on validation"
    if assessed.validation != assessed.validation and assessed.known - assessed.known_before < LEAST_GAIN_UNSEEN:
        return "validation holds no incident, and with the false points there it gains too little to go without"
    if assessed.falling:
        return f"the mean gains, but it loses {' and '.join(assessed.falling)}"
    if candidate.direction is Direction.CLEAR and assessed.events_lost:
        return f"it clears {assessed.events_lost} true incidents"
    return None
