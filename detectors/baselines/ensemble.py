"""Several baselines as one: what they say together is steadier over time than what any one of them says.

The combinations are those of Aggarwal and Sathe (SIGKDD Explorations 2015): the average, which lowers variance, and the
maximum, which finds what only one of them sees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from argosy.detectors.baselines.swept import Family, Side, Statistic, SweptDetector
from argosy.detectors.fusion.blend import Blend, blend
from argosy.eval.objective import Objective
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series


@dataclass(frozen=True, eq=False)
class Combined:
    """The scores of fitted members as one statistic; each already counts departures to the side that it chose."""

    members: Mapping[str, SweptDetector]
    how: Blend
    sides: tuple[Side, ...] = (Side.UP,)
    weights: Mapping[str, float] | None = None

    def __call__(self, series: Series) -> Floats:
        said = {name: member.score(series) for name, member in self.members.items()}
        return blend(self.how, said, self.weights).values


def ensemble(
    members: Mapping[str, Family], objective: Objective, ways: Sequence[Blend] = (Blend.MEAN, Blend.ANY)
) -> Family:
    """The family of what these say together; without two members that have something to say, there is none."""

    def together(series: Series, labels: Bools | None) -> Sequence[Statistic]:
        fitted = {name: SweptDetector(name, family, objective).fit(series, labels) for name, family in members.items()}
        heard = {name: member for name, member in fitted.items() if member.chosen is not None}
        return [Combined(heard, how) for how in ways] if len(heard) > 1 else []

    return together
