"""A base and rules in service as one detector."""

from collections.abc import Sequence
from typing import Self

from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.sandbox.protocol import Sandbox
from argosy.signals.arrays import Bools
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Detector


class FusedDetector:
    """Scores with the base and every rule, in the sandbox, then fuses.

    Peaks of scores fade over `hold_points`, not at all where it is 0. With `once` alarms ring once an alert
    (`argosy.detectors.fusion.alert_once`). Raises ValueError for rules without a sandbox.
    """

    name = "fused"

    def __init__(
        self,
        base: Detector,
        rules: Sequence[TunedRule],
        sandbox: Sandbox | None,
        hold_points: float = 0.0,
        *,
        once: bool = False,
    ) -> None:
        if rules and sandbox is None:
            raise ValueError("rules run in a sandbox, and none is open")
        self._base = base
        self._rules = tuple(rules)
        self._detectors = () if sandbox is None else tuple(each.detector(sandbox) for each in rules)
        self._hold_points = hold_points
        self._once = once

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Fits the base; the rules' numbers were settled when they were accepted and stay."""
        self._base.fit(series, labels)
        return self

    def score(self, series: Series) -> Scores:
        """The fused scores; `fired` tells for each rule where it changed the verdict. Raises RuleFailed."""
        members = [
            Member(each.id, each.direction, detector.score(series).values, rate_limit=each.rate_limit)
            for each, detector in zip(self._rules, self._detectors, strict=True)
        ]
        return fuse(self._base.score(series).values, members, self._hold_points, once=self._once)
