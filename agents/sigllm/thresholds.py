"""Errors of forecasts, smoothed, and the intervals in which they are large: windowed thresholds with pruning."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from argosy.agents.sigllm.votes import padded
from argosy.signals.arrays import Floats
from argosy.signals.incidents import runs

_ROUNDING = 1e-9
"""Errors that are all the same are not above their own mean."""

_NOTHING = 1e-300
"""Errors below this are none: their mean is no longer told from 0."""


@dataclass(frozen=True)
class Thresholding:
    """Anomalies are errors above mean + `deviations`·σ of a window, with `padding` errors on both sides.

    Windows have a share `portion` of all errors and are `stride` of their own size apart. `least_drop` is by what share
    the peak of the last interval kept must exceed the next lower one.
    """

    deviations: float = 4.0
    portion: float = 0.3
    stride: float = 0.1
    least_drop: float = 0.1
    padding: int = 50


@dataclass(frozen=True)
class Anomaly:
    """The errors [start, stop); `severity` is by how much the peak passes the threshold, in mean + σ of the window."""

    start: int
    stop: int
    severity: float


def smoothed(errors: Floats, share: float) -> Floats:
    """An exponentially weighted mean of span `share` of the length, at least 1, shape (n,)."""
    span = max(1, int(len(errors) * share))
    return pd.Series(errors).ewm(span=span).mean().to_numpy(dtype=np.float64)


def windows(points: int, how: Thresholding) -> Iterator[tuple[int, int]]:
    """The windows [start, stop), until one reaches the end."""
    size = math.ceil(points * how.portion)
    step = max(1, math.ceil(size * how.stride))
    start = stop = 0
    while stop < points:
        stop = start + size
        yield start, min(stop, points)
        start += step


def threshold(errors: Floats, deviations: float) -> float:
    """mean + deviations·σ of a window's errors."""
    return float(errors.mean() + deviations * errors.std())


def find_anomalies(errors: Floats, how: Thresholding) -> tuple[Anomaly, ...]:
    """The intervals of large errors in all windows, merged where they touch; `errors` without NaN, shape (n,)."""
    found = [each for start, stop in windows(len(errors), how) for each in _of_window(errors[start:stop], start, how)]
    return _merged(sorted(found, key=lambda each: each.start))


def lowest_thresholds(errors: Floats, how: Thresholding) -> Floats:
    """For each error the lowest threshold of the windows that it lies in, shape (n,)."""
    lowest = np.full(len(errors), np.inf)
    for start, stop in windows(len(errors), how):
        lowest[start:stop] = np.minimum(lowest[start:stop], threshold(errors[start:stop], how.deviations))
    return lowest


def _of_window(errors: Floats, offset: int, how: Thresholding) -> list[Anomaly]:
    limit = threshold(errors, how.deviations)
    above = errors > max(limit * (1 + _ROUNDING), _NOTHING)
    if not above.any():
        return []
    wide = padded(above, how.padding)
    usual = float(errors[~wide].max()) if not wide.all() else 0.0
    spans = [(float(errors[start:stop].max()), start, stop) for start, stop in runs(wide).tolist()]
    unit = float(errors.mean() + errors.std())
    kept = _pruned(sorted(spans, reverse=True), usual, how.least_drop)
    return [Anomaly(start + offset, stop + offset, (peak - limit) / unit) for peak, start, stop in kept]


def _pruned(spans: Sequence[tuple[float, int, int]], usual: float, least: float) -> Sequence[tuple[float, int, int]]:
    """The spans by falling peak, up to the last from which it falls clearly to the next, or to the usual errors."""
    peaks = [*(peak for peak, _, _ in spans), usual]
    clear = [at for at in range(len(spans)) if (peaks[at] - peaks[at + 1]) / peaks[at] >= least]
    return spans[: clear[-1] + 1] if clear else ()


def _merged(ordered: Sequence[Anomaly]) -> tuple[Anomaly, ...]:
    """Anomalies by their start, with those that touch as one; its severity is their mean by length."""
    groups: list[list[Anomaly]] = []
    stop = -1
    for each in ordered:
        if groups and each.start <= stop:
            groups[-1].append(each)
        else:
            groups.append([each])
        stop = max(stop, each.stop) if len(groups[-1]) > 1 else each.stop
    return tuple(_joined(group) for group in groups)


def _joined(group: Sequence[Anomaly]) -> Anomaly:
    lengths = [each.stop - each.start - 1 for each in group]
    severities = [each.severity for each in group]
    mean = float(np.average(severities, weights=lengths if any(lengths) else None))
    return Anomaly(group[0].start, max(each.stop for each in group), mean)
