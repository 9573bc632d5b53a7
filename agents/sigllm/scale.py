"""Scaling and quantising: values as whole numbers from 0, and whole numbers as values again."""

from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Floats, Ints
from argosy.signals.errors import BadInput

MOST_DIGITS = 15
"""Longer numbers are no longer exact as floats, and no model keeps them apart."""

_WHOLE = 1e-8
"""What is as close as this to a whole number is taken as one: 0.29 times 100 is 28.999999999999996."""


@dataclass(frozen=True)
class Scale:
    """How values became whole numbers: (value - minimum) · 10^decimals, cut. Negative `decimals` drop digits."""

    minimum: float
    decimals: int

    @staticmethod
    def of(values: Floats, decimals: int) -> "Scale":
        """The scale of which the smallest value is 0. Raises BadInput where the largest would have too many digits."""
        scale = Scale(float(values.min()), decimals)
        span = float(values.max()) - scale.minimum
        if not span * 10.0**decimals < 10.0**MOST_DIGITS:
            problem = f"makes numbers of more than {MOST_DIGITS} digits of values that span {span:g}"
            raise BadInput(f"--decimals {decimals}", problem, "give fewer, also below 0")
        return scale

    def quantised(self, values: Floats) -> Ints:
        """Whole numbers from 0, shape (n,)."""
        scaled = (values - self.minimum) * 10.0**self.decimals
        whole = np.rint(scaled)
        return np.where(np.abs(scaled - whole) < _WHOLE, whole, np.floor(scaled)).astype(np.int64)

    def restored(self, numbers: Floats) -> Floats:
        """Values in the unit of the series, of any shape; NaN stays."""
        return numbers * 10.0**-self.decimals + self.minimum
