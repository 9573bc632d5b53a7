"""Alerts where values are missing and that is an anomaly: no detector has an opinion there."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from argosy.signals.incidents import Incident, labels_at
from argosy.signals.scores import Scores
from argosy.signals.series import Series

GAP_ALERT = "gap"
"""The name under which gaps stand among what fired."""


def with_gap_alerts(scores: Scores, series: Series, gaps: Sequence[Incident]) -> Scores:
    """The same scores, at least 1 at the points of these gaps, which have no value.

    >>> series = Series("a", np.array([0, 60, 120]), np.array([1.0, np.nan, 1.0]), 60)
    >>> with_gap_alerts(Scores(np.array([0.2, np.nan, 0.1])), series, [Incident(60, 120)]).flags.tolist()
    [False, True, False]
    """
    if not gaps:
        return scores
    missing = labels_at(gaps, series.seconds) & np.isnan(series.values)
    values = np.where(missing, np.fmax(scores.values, 1.0), scores.values)
    reasons = dict.fromkeys(np.flatnonzero(missing).tolist(), "no value") | dict(scores.reasons)
    return replace(scores, values=values, fired={**scores.fired, GAP_ALERT: missing}, reasons=reasons)
