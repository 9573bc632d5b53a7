"""Where the distance between points changes for good, such as from 60 to 15 s."""

from itertools import pairwise

import numpy as np
import pandas as pd

from argosy.inputs.time_text import iso
from argosy.signals.arrays import Bools, Floats, Ints

WINDOW = 21
"""Distances whose median is the step of the one in their midst: gaps and single late points change no median."""

FEWEST = 20
"""A step that fewer points in a row have is no step."""

UNLIKE = 1.5
"""Steps are unlike whose ratio is so large: months are not, whose days differ."""


def step_change_note(seconds: Ints, known: bool) -> str | None:
    """What to say of a series, shape (n,), whose step changes; None where it has one step, or none."""
    if len(seconds) < 2 * FEWEST:
        return None
    distances = np.diff(seconds).astype(np.float64)
    local = pd.Series(distances).rolling(WINDOW, center=True, min_periods=1).median().to_numpy()
    regular = np.abs(distances - local) <= 0.1 * local
    pieces = _pieces(local, regular)
    if len(pieces) < 2:
        return None
    (_, before), (start, after) = pieces[:2]
    changes = len(pieces) - 1
    more = f", and {changes - 1} more {'time' if changes == 2 else 'times'}" if changes > 1 else ""
    at = iso(int(seconds[start])) if known else f"point {start:,}"
    return f"the step changes from {before:g} s to {after:g} s at {at}{more}: bring all points to one step"


def _pieces(local: Floats, regular: Bools) -> list[tuple[int, float]]:
    """Where stretches of one step begin, and their steps; short or uneven ones are no stretches."""
    edges = np.flatnonzero(np.maximum(local[1:] / local[:-1], local[:-1] / local[1:]) >= UNLIKE) + 1
    bounds = [0, *edges.tolist(), len(local)]
    found: list[tuple[int, float]] = []
    for start, stop in pairwise(bounds):
        if stop - start < FEWEST or regular[start:stop].mean() < 0.8:
            continue
        step = float(np.median(local[start:stop]))
        if not found or max(step / found[-1][1], found[-1][1] / step) >= UNLIKE:
            found.append((start, step))
    return found
