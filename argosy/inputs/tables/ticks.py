"""Times as numbers of some unit, before they are seconds of a series."""

from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Ints
from argosy.signals.errors import BadInput

MEND = "write ISO 8601 such as 2024-05-01T13:00:00Z, Unix seconds, or an index with --step"
ONE_FORMAT = "write all times in one format"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


class OutOfOrder(BadInput):
    """Times that repeat or go back; `seconds` are all of them as they stand, shape (n,)."""

    def __init__(self, place: str, problem: str, mend: str, seconds: Ints) -> None:
        super().__init__(place, problem, mend)
        self.seconds = seconds


@dataclass(frozen=True, eq=False)
class Ticks:
    """Times as whole or fractional numbers, `per_second` of them a second; `naive` when no row gave an offset.

    Not `known` when they are only steps from zero, or may be.
    """

    values: Ints | np.ndarray
    per_second: int
    known: bool = True
    naive: bool = False
    notes: tuple[str, ...] = ()
