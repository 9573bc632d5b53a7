"""A series: one metric over time."""

from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Series:
    """One metric.

    `seconds`: int64 Unix seconds, strictly increasing, shape (n,). `values`: float64, NaN = missing, never infinite,
    shape (n,). `step_s`: the usual distance of two points, in seconds. Raises ValueError when these do not hold.

    >>> series = Series("web-1", np.array([0, 60, 180]), np.array([1.0, np.nan, 3.0]), step_s=60)
    >>> len(series), series.part(1, 3).seconds.tolist()
    (3, [60, 180])
    """

    id: str
    seconds: Ints
    values: Floats
    step_s: int

    def __post_init__(self) -> None:
        if self.seconds.dtype != np.int64 or self.values.dtype != np.float64:
            raise ValueError(
                f"a series is int64 seconds and float64 values, not {self.seconds.dtype} and {self.values.dtype}"
            )
        if self.seconds.ndim != 1 or self.seconds.shape != self.values.shape:
            raise ValueError(f"seconds and values differ in shape: {self.seconds.shape} and {self.values.shape}")
        if np.isinf(self.values).any():
            raise ValueError("a series holds no infinite values; a missing one is NaN")
        if (np.diff(self.seconds) <= 0).any():
            raise ValueError("the seconds of a series increase strictly")
        if self.step_s < 1:
            raise ValueError(f"a step is at least one second, not {self.step_s}")

    def __len__(self) -> int:
        return len(self.values)

    def part(self, start: int, stop: int) -> "Series":
        """The points start ≤ i < stop, as views."""
        return Series(self.id, self.seconds[start:stop], self.values[start:stop], self.step_s)
