"""A base and rules in service as one detector."""

from collections.abc import Mapping
from typing import Self

from detectors.fusion import Member, fuse
from detectors.rule_detector import RuleDetector
from signals.arrays import Bools
from signals.scores import Scores
from signals.series import Series
from signals.shapes import Detector


class FusedDetector:
    """Scores with the base and every rule, then fuses. `rules` by id, in the order in which they are listed."""

    name = "fused"

    def __init__(self, base: Detector, rules: Mapping[str, RuleDetector]) -> None:
        self._base = base
        self._rules = dict(rules)

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Fits the base; the rules' numbers were settled when they were accepted and stay."""
        self._base.fit(series, labels)
        return self

    def score(self, series: Series) -> Scores:
        """The fused scores; `fired` tells for each rule where it changed the verdict. Raises RuleFailed."""
        members = [Member(rule_id, rule.direction, rule.score(series).values) for rule_id, rule in self._rules.items()]
        return fuse(self._base.score(series).values, members)
