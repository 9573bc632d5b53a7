"""A base and rules in service as one detector."""

from collections.abc import Mapping
from typing import Self

from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.rules.rule_detector import RuleDetector
from argosy.signals.arrays import Bools
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Detector


class FusedDetector:
    """Scores with the base and every rule, then fuses. `rules` by id, in the order in which they are listed.

    `quotas` by rule id bound how often a rule may act; a rule without one is not bounded. Scores are held for
    `hold_points`, none where it is 0. With `once` alarms ring once an alert (`argosy.detectors.fusion.alert_once`).
    """

    name = "fused"

    def __init__(
        self,
        base: Detector,
        rules: Mapping[str, RuleDetector],
        quotas: Mapping[str, RateLimit] | None = None,
        hold_points: float = 0.0,
        *,
        once: bool = False,
    ) -> None:
        self._base = base
        self._rules = dict(rules)
        self._quotas = dict(quotas or {})
        self._hold_points = hold_points
        self._once = once

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Fits the base; the rules' numbers were settled when they were accepted and stay."""
        self._base.fit(series, labels)
        return self

    def score(self, series: Series) -> Scores:
        """The fused scores; `fired` tells for each rule where it changed the verdict. Raises RuleFailed."""
        members = [
            Member(rule_id, rule.direction, rule.score(series).values, quota=self._quotas.get(rule_id))
            for rule_id, rule in self._rules.items()
        ]
        return fuse(self._base.score(series).values, members, self._hold_points, once=self._once)
