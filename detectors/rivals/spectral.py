"""Spectral residual (Ren et al., KDD 2019) in its causal form: each point judged as the newest of its window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.baselines.swept import Side, Statistic
from argosy.detectors.rivals.windows import Holding, in_chunks, windows, without_opinion
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

WINDOW = 59
ESTIMATED = 5
"""Points estimated beyond the newest, which the transform would else see only at its edge; with them a power of two."""

_SMOOTHED = 3
_SMALLEST = 1e-8


@dataclass(frozen=True)
class Saliency:
    """How far the newest point's saliency exceeds the mean of its window."""

    holding: Holding
    sides: tuple[Side, ...] = (Side.UP,)

    def __call__(self, series: Series) -> Floats:
        if not len(series):
            return np.zeros(0)
        return without_opinion(series, in_chunks(windows(self.holding(series.values), WINDOW), _newest))


def spectral_residual(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """One saliency map, on windows of 59 points and 5 estimated ones."""
    holding = Holding.of(series.values, labels)
    return (Saliency(holding),) if holding else ()


def _newest(rows: Floats) -> Floats:
    spectrum = np.fft.rfft(_extended(rows), axis=1)
    size = np.abs(spectrum) + _SMALLEST
    logs = np.log(size)
    padded = np.concatenate((logs[:, 1:2], logs, logs[:, -2:-1]), axis=1)
    smooth = sum(padded[:, i : i + logs.shape[1]] for i in range(_SMOOTHED)) / _SMOOTHED
    saliency = np.abs(np.fft.irfft(spectrum / size * np.exp(logs - smooth), WINDOW + ESTIMATED, axis=1))
    usual = saliency.mean(axis=1)
    newest: Floats = (saliency[:, WINDOW - 1] - usual) / np.maximum(usual, _SMALLEST)
    return newest


def _extended(rows: Floats) -> Floats:
    """Each window with its newest point continued by the mean slope of the lines to it from the five before."""
    steps = np.arange(1, ESTIMATED + 1)
    slope = np.mean((rows[:, -1:] - rows[:, -1 - steps]) / steps, axis=1, keepdims=True)
    estimate = rows[:, -ESTIMATED:][:, :1] + slope * ESTIMATED
    return np.concatenate((rows, np.repeat(estimate, ESTIMATED, axis=1)), axis=1)
