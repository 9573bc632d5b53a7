"""A stretch of the series as it is shown: a few scaled values, and how unusual it is by each statistic."""

import numpy as np

from argosy.agents.rules.evidence import Exhibit
from argosy.agents.rules.statistic_bank import StatisticBank, short
from argosy.signals.arrays import Floats

SHOWN_BEFORE, SHOWN_WITHIN = 8, 8


def exhibit(bank: StatisticBank, id: str, start: int, stop: int) -> Exhibit:
    """The points [start, stop) as a model is shown them, with a few that come before."""
    at = int(bank.series.seconds[start])
    values = bank.series.values
    before = values[max(0, start - 4 * SHOWN_BEFORE) : start]
    measures = {s.name: short(s.measure(start, stop)) for s in bank.statistics}
    return Exhibit(
        id=id,
        points=stop - start,
        hour=round(at % 86_400 / 3600, 1) if bank.timed else None,
        weekday=(at // 86_400 + 3) % 7 if bank.timed else None,
        before=bank.scaled(before[-SHOWN_BEFORE:]),
        values=bank.scaled(_thinned(values[start:stop], SHOWN_WITHIN)),
        measures={name: value for name, value in measures.items() if abs(value) >= 0.5},
    )


def _thinned(values: Floats, most: int) -> Floats:
    if len(values) <= most:
        return values
    return values[np.linspace(0, len(values) - 1, most).astype(np.int64)]
