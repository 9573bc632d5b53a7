"""Values made ready for methods that take no missing ones: scaled by training, held where missing, seen in windows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.series import Series

FEWEST_ROWS = 30
_CLIP_SPREADS = 30.0
_CHUNK = 1 << 15


@dataclass(frozen=True)
class Holding:
    """Scales by median and spread of training values, clips extremes, holds the last value where one is missing."""

    level: float
    spread: float

    @staticmethod
    def of(values: Floats, labels: Bools | None) -> "Holding | None":
        """Of the unlabelled values, both shape (n,); None when they show nothing that varies."""
        known = values[quiet(values, labels)]
        if len(known) < FEWEST_ROWS:
            return None
        level = float(np.median(known))
        spread = 1.4826 * float(np.median(np.abs(known - level))) or float(np.std(known))
        return Holding(level, spread) if spread > 0 else None

    def __call__(self, values: Floats) -> Floats:
        scaled: Floats = np.clip((values - self.level) / self.spread, -_CLIP_SPREADS, _CLIP_SPREADS)
        if np.isnan(scaled).any():
            return np.array(pd.Series(scaled).ffill().fillna(0.0), dtype=np.float64)
        return scaled


def windows(values: Floats, width: int) -> Floats:
    """The `width` values that end at each point, shape (n, width), as a view; before the first value it is repeated."""
    seen: Floats = np.lib.stride_tricks.sliding_window_view(np.pad(values, (width - 1, 0), mode="edge"), width)
    return seen


def in_chunks(rows: Floats, score: Callable[[Floats], Floats]) -> Floats:
    """`score` of the rows, some thousand at a time, shape (n,); memory stays bounded however long the series."""
    parts = [np.asarray(score(rows[i : i + _CHUNK]), dtype=np.float64) for i in range(0, len(rows), _CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0)


def without_opinion(series: Series, scores: Floats) -> Floats:
    """NaN where the value is missing."""
    return np.where(np.isnan(series.values), np.nan, scores)


def quiet(values: Floats, labels: Bools | None) -> Bools:
    """Which values are known and unlabelled, shape (n,)."""
    return ~np.isnan(values) if labels is None else ~np.isnan(values) & ~labels


def quiet_rows(series: Series, labels: Bools | None, most: int, seed: int, width: int = 1) -> Ints:
    """Up to `most` points, drawn evenly, that are known, unlabelled, and have `width` points up to them; increasing."""
    wanted = quiet(series.values, labels)
    wanted[: width - 1] = False
    rows = np.flatnonzero(wanted)
    return np.sort(np.random.default_rng(seed).permutation(rows)[:most])
