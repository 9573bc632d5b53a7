"""Whether a detector flags more than anybody looks at: a share of the points that nobody labelled an incident."""

import numpy as np

from argosy.signals.arrays import Bools

MOST_SHARE = 0.03
"""What flags a larger share of the points outside labelled incidents is of no use, whatever it finds."""

FEWEST_FLAGS = 5
"""Fewer flags say nothing of a share."""


def flagged_outside(flags: Bools, labels: Bools | None) -> tuple[int, int]:
    """How many points outside labelled incidents are flagged, and how many there are. Shapes (n,)."""
    outside = np.ones(len(flags), dtype=np.bool_) if labels is None else ~labels
    return int((flags & outside).sum()), int(outside.sum())


def excess(flags: Bools, labels: Bools | None) -> str:
    """What to say of flags, shape (n,), that are too many; empty where they are not.

    >>> excess(np.arange(100) < 50, np.arange(100) < 20)
    'flags 30 of 80 points outside labelled incidents (38%), more than anybody looks at'
    """
    flagged, points = flagged_outside(flags, labels)
    if flagged < FEWEST_FLAGS or flagged <= MOST_SHARE * points:
        return ""
    share = f"{flagged / points:.0%}"
    return f"flags {flagged:,} of {points:,} points outside labelled incidents ({share}), more than anybody looks at"
