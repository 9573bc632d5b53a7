"""The plain difference: one line, one number, and hard to beat where incidents are jumps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.baselines.past import FEWEST_KNOWN
from argosy.detectors.baselines.swept import Side, Statistic
from argosy.detectors.wild import tame
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

QUANTILE = 0.99


@dataclass(frozen=True)
class Step:
    """The difference to the value before, over a high quantile of its size in training."""

    size: float
    sides: tuple[Side, ...] = (Side.BOTH, Side.UP, Side.DOWN)

    def __call__(self, series: Series) -> Floats:
        return np.diff(series.values, prepend=np.nan) / self.size


def difference(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """|diff| over a quantile (the one-liner of Wu and Keogh, TKDE 2021)."""
    sizes = np.abs(np.diff(series.values, prepend=np.nan))
    known = ~np.isnan(sizes) if labels is None else ~np.isnan(sizes) & ~labels
    sizes = tame(sizes[known])
    if len(sizes) < FEWEST_KNOWN:
        return ()
    size = float(np.quantile(sizes, QUANTILE)) or float(sizes.max())
    if not size > 0:
        size = 0.01 * abs(float(np.nanmedian(series.values))) or 1.0
    return (Step(size),)
