"""Whether values can be of the series that others are of: at the same level, and spread as widely."""

import math
from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools, Floats

OTHER_SCALE = 30.0
"""A series whose values are spread, and move from point to point, so many times as widely is another, or has another
unit. Quiet hours differ less from busy ones."""

_FEWEST = 2
_WORDS = {1e1: "ten", 1e2: "a hundred", 1e3: "a thousand", 1e6: "a million", 1e9: "a billion"}
_ROUND = 1.25


@dataclass(frozen=True)
class ValueRange:
    """Where values lie: the median, how widely all but the outermost 2 % are spread, lowest and highest, and `noise`,
    which nine of ten differences of neighbours stay within."""

    points: int
    level: float
    spread: float
    low: float
    high: float
    noise: float


def value_range(values: Floats, labels: Bools | None = None) -> ValueRange | None:
    """The range of values, shape (n,), less those that are labelled; None where fewer than two are there."""
    usual = values if labels is None else np.where(labels, np.nan, values)
    known = usual[np.isfinite(usual)]
    if len(known) < _FEWEST:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        low, p1, level, p99, high = (float(each) for each in np.quantile(known, [0, 0.01, 0.5, 0.99, 1]))
        return ValueRange(len(known), level, p99 - p1, low, high, float(np.quantile(np.abs(np.diff(known)), 0.9)))


def unlike(known: ValueRange, given: ValueRange) -> str:
    """Why values cannot be of the series that others are known of, in words; empty where they can.

    A series that stands still says nothing by its spread: what is measured may have broken down.

    >>> hundred = value_range(100 + np.sin(np.arange(200.0)))
    >>> unlike(hundred, value_range(0.1 + np.sin(np.arange(200.0)) / 1000))
    'values are about a thousand times smaller: around 0.1, and 100 were known'
    >>> unlike(hundred, value_range(99 + np.sin(np.arange(200.0))))
    ''
    """
    spreads, noises = _ratio(given.spread, known.spread), _ratio(given.noise, known.noise)
    rescaled = min(spreads, noises) >= OTHER_SCALE or max(spreads, noises) <= 1 / OTHER_SCALE
    width = known.high - known.low
    away = not known.low - width <= given.level <= known.high + width
    if not (rescaled or away):
        return ""
    levels = f"around {given.level:.4g}, and {known.level:.4g} were known"
    factor = _common_factor(known, given, spreads)
    if factor is not None:
        return f"values are about {_times(factor)}: {levels}"
    if away:
        return f"values are {levels}, between {known.low:.4g} and {known.high:.4g}"
    return f"values are spread over {given.spread:.3g}, and {known.spread:.3g} was known"


def _ratio(one: float, other: float) -> float:
    """How many times the other, 1 where either says nothing."""
    ratio = one / other if one and other else 1.0
    return ratio if math.isfinite(ratio) and ratio > 0 else 1.0


def _common_factor(known: ValueRange, given: ValueRange, spreads: float) -> float | None:
    """By what level and spread both differ, if by the same; by the spread alone where both lie around 0."""
    around_zero = [abs(each.level) <= each.spread for each in (known, given)]
    levels = spreads if all(around_zero) else 1.0 if any(around_zero) else _ratio(given.level, known.level)
    return levels if 0.5 < levels / spreads < 2 and not 0.5 < levels < 2 else None


def _times(factor: float) -> str:
    size, word = (factor, "larger") if factor > 1 else (1 / factor, "smaller")
    tens = 10.0 ** round(math.log10(size))
    if tens in _WORDS and max(size / tens, tens / size) < _ROUND:
        return f"{_WORDS[tens]} times {word}"
    return f"{float(f'{size:.2g}'):,g} times {word}"
