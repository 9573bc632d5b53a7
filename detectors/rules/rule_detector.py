"""A rule as a detector: its score is one job in a sandbox, its fit the numeric search."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from argosy.detectors.rules.rule import Direction, Number, Rule, rule_id
from argosy.detectors.rules.search import BUDGET, tune
from argosy.detectors.rules.yardstick import Yardstick
from argosy.eval.objective import DEFAULT, Objective
from argosy.sandbox.protocol import Evaluation, Input, Job, Limits, Outcome, Ran, Sandbox
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores
from argosy.signals.series import Series


class RuleFailed(Exception):
    """The rule did not run cleanly; `outcome` says what happened."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"the rule did not run cleanly: {outcome}")
        self.outcome = outcome


class RuleDetector:
    """A rule with its numbers; runs only in the sandbox it is given.

    `fit` searches the numbers for the rule alone, without a base. `score` raises RuleFailed.
    """

    def __init__(
        self,
        rule: Rule,
        params: Mapping[str, Number],
        sandbox: Sandbox,
        direction: Direction = Direction.FLAG,
        limits: Limits | None = None,
        objective: Objective = DEFAULT,
        budget: int = BUDGET,
    ) -> None:
        self.rule = rule
        self.params = dict(params)
        self.direction = direction
        self._sandbox = sandbox
        self._limits = limits or Limits()
        self._objective = objective
        self._budget = budget

    @property
    def name(self) -> str:
        return rule_id(self.rule.source, self.params, self.direction)

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Searches the numbers on a training part; leaves them alone when nothing is labelled."""
        if labels is None or not labels.any():
            return self
        base = np.full(len(series), np.nan if self.direction is Direction.FLAG else 1.0)
        judge = Yardstick.of(labels, base, self.direction, self._objective)

        def evaluate(batch: Sequence[Mapping[str, Number]]) -> Sequence[Floats | None]:
            return [each.scores if isinstance(each, Ran) else None for each in self._run(series, batch)]

        self.params = tune(self.rule, evaluate, judge, self._budget).params
        return self

    def score(self, series: Series) -> Scores:
        """The rule's own scores on a series; ≥ 1 flags, or clears, a point."""
        (outcome,) = self._run(series, [self.params])
        if not isinstance(outcome, Ran):
            raise RuleFailed(outcome)
        with np.errstate(invalid="ignore"):
            return Scores(outcome.scores, {self.name: outcome.scores >= 1.0})

    def _run(self, series: Series, batch: Sequence[Mapping[str, Number]]) -> tuple[Outcome, ...]:
        evaluations = tuple(Evaluation(params) for params in batch)
        return self._sandbox.run(
            Job(self.rule.source, (Input(series.values, series.seconds),), evaluations, self._limits)
        )
