"""How values are written in prompts: with as many digits as tell them apart, and no more."""

import math
from collections.abc import Sequence

import numpy as np

from argosy.signals.arrays import Floats

MISSING = "-"
A_ROW = 10
_STEPS_A_SPREAD = 200


def decimals_for(values: Floats) -> int:
    """How many decimals tell values apart that differ by a two-hundredth of their usual spread; negative for tens."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0
    low, high = np.quantile(known, [0.1, 0.9])
    spread = float(high - low) or float(np.ptp(known)) or abs(float(known[0])) or 1.0
    return int(np.clip(math.ceil(math.log10(_STEPS_A_SPREAD) - math.log10(spread)), -12, 12))


def format_value(value: float, decimals: int) -> str:
    """A value with so many decimals, without idle zeros.

    >>> format_value(12.3401, 2), format_value(1234.0, -1), format_value(float("nan"), 0)
    ('12.34', '1230', '-')
    """
    if value != value:
        return MISSING
    text = f"{round(float(value), decimals):.{max(0, decimals)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def format_rows(values: Floats) -> str:
    """The values in rows of ten, each begun with the index of its first."""
    decimals = decimals_for(values)
    words = [format_value(value, decimals) for value in values.tolist()]
    return "\n".join(f"{at}: {' '.join(words[at : at + A_ROW])}" for at in range(0, len(words), A_ROW))


def read_rows(text: str) -> Sequence[float]:
    """The values of such rows; NaN where one is missing. What is no row is passed over."""
    found: list[float] = []
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        if colon and head.strip().isdigit():
            found.extend(_number(word) for word in rest.split())
    return found


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan
