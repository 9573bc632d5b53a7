"""Numbers as JSON can hold them: NaN, which says that there was nothing to measure by, is written as null."""

import math


def finite_or_none(value: float, digits: int | None = None) -> float | None:
    """The value, rounded where `digits` are given; None where it is NaN or infinite.

    >>> finite_or_none(0.1234567, 6), finite_or_none(float("nan"))
    (0.123457, None)
    """
    if not math.isfinite(value):
        return None
    return value if digits is None else round(float(value), digits)
