"""The detector that the user already runs, known by the scores or alarms in a column of the file."""

from typing import Self

import numpy as np

from argosy.detectors.calibration import calibrate
from argosy.eval.objective import Objective
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.scores import Scores
from argosy.signals.series import Series


class UserBase:
    """Looks its verdicts up by time.

    `values`, shape (n,), are alarms (bool) or raw scores (float64) at `seconds`. Alarms score 1 and 0; the threshold of
    raw scores is found on training data and divided out.
    """

    name = "given"

    def __init__(self, seconds: Ints, values: Bools | Floats, objective: Objective, divisor: float = 1.0) -> None:
        self._seconds = seconds
        self._values = values
        self._objective = objective
        self._divisor = divisor

    @property
    def alarms(self) -> bool:
        """Whether the column holds alarms rather than scores."""
        return self._values.dtype == np.bool_

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Finds the threshold of raw scores."""
        if not self.alarms:
            self._divisor = calibrate(self.raw(series), series, labels, self._objective)
        return self

    def with_column(self, seconds: Ints, values: Bools | Floats) -> "UserBase":
        """The same threshold for another stretch of the column."""
        return UserBase(seconds, values, self._objective, self._divisor)

    def score(self, series: Series) -> Scores:
        """The verdicts at the points of the series; NaN at times that the column does not cover."""
        return Scores(self.raw(series) / self._divisor)

    def raw(self, series: Series) -> Floats:
        """What the column holds at the points of the series, alarms as 1 and 0; NaN where it does not reach."""
        values = self._values.astype(np.float64)
        where = np.searchsorted(self._seconds, series.seconds).clip(0, len(self._seconds) - 1)
        return np.where(self._seconds[where] == series.seconds, values[where], np.nan)
