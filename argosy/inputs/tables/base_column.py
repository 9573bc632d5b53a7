"""What the detector that the user already runs said of each point, as a column of the file holds it."""

from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.errors import BadInput


@dataclass(frozen=True, eq=False)
class BaseColumn:
    """A verdict per point, shape (n,): alarms (bool), or scores (float64) whose threshold is unknown.

    A NaN score is no opinion.
    """

    column: str
    verdicts: Bools | Floats

    @property
    def alarms(self) -> bool:
        """Whether the column holds alarms rather than scores."""
        return self.verdicts.dtype == np.bool_

    def part(self, part: slice) -> "BaseColumn":
        """The verdicts on a stretch of the points."""
        return BaseColumn(self.column, self.verdicts[part])

    def spread(self, positions: Ints, points: int) -> "BaseColumn":
        """The verdicts on a grid of so many points, on which these stand at `positions`, shape (n,).

        Elsewhere there is no alarm, and no opinion.
        """
        if self.alarms:
            verdicts: Bools | Floats = np.zeros(points, dtype=np.bool_)
        else:
            verdicts = np.full(points, np.nan)
        verdicts[positions] = self.verdicts
        return BaseColumn(self.column, verdicts)

    def followed_by(self, later: "BaseColumn") -> "BaseColumn":
        """The verdicts on earlier points and on later ones, under this name. Raises BadInput for two kinds of them."""
        if self.alarms != later.alarms:
            mend = "give the same detector's column"
            raise BadInput(f"column {self.column!r}", "holds scores here and alarms there", mend)
        if self.alarms:
            return BaseColumn(self.column, np.concatenate((self.verdicts, later.verdicts)).astype(np.bool_))
        return BaseColumn(self.column, np.concatenate((self.verdicts, later.verdicts)).astype(np.float64))
