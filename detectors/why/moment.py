"""One point of a series with what is known up to it, and what base and rules say of it, as it is or changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.rules.rule import Number
from argosy.detectors.why.anatomy import unused_prefix
from argosy.sandbox.parsing import parse
from argosy.sandbox.protocol import Evaluation, Input, Job, Limits, Outcome, Ran, Sandbox
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

TAILS = (2_000, 5_000, 12_000, 30_000)
"""History lengths, in points, that a search is tried on before the whole one."""

SAME = 1e-9

_CHANGED = """

{p}rule = detect


def detect(values, seconds, *, {p}value, **numbers):
    if len(values):
        values[-1] = {p}value
    return {p}rule(values, seconds, **numbers)
"""


@dataclass(frozen=True, eq=False)
class Moment:
    """The last point of `series`, seen by a fitted base and by rules that run in the sandbox.

    `base_at` and `rule_at` give NaN where a detector has no opinion, and where a rule fails on changed input. `muted`
    names the rules that have used up their rate_limit before the point, so that they are not listened to at it.
    """

    series: Series
    base: Detector
    rules: tuple[TunedRule, ...]
    sandbox: Sandbox
    limits: Limits
    muted: frozenset[str] = frozenset()

    @property
    def value(self) -> float:
        return float(self.series.values[-1])

    def with_value(self, value: float) -> "Moment":
        """The same history with another value at the point."""
        values = self.series.values.copy()
        values[-1] = value
        return self._on(Series(self.series.id, self.series.seconds, values, self.series.step_s))

    def base_at(self, values: Sequence[float] | None = None) -> Floats:
        """The base's score at the point as it is, or for each of these values there, shape (k,)."""
        if values is None:
            return self.base.score(self.series).values[-1:]
        return np.array([self.with_value(value).base_at()[0] for value in values], dtype=np.float64)

    def rule_at(self, rule: TunedRule, settings: Sequence[Mapping[str, Number]] | None = None) -> Floats:
        """The rule's score at the point with its own numbers, or with each of these, shape (k,)."""
        return scores_of(self.run(rule.rule.source, settings if settings is not None else [rule.params]))

    def rule_with_values(self, rule: TunedRule, values: Sequence[float]) -> Floats:
        """The rule's score for each of these values at the point, shape (k,)."""
        prefix = unused_prefix(parse(rule.rule.source))
        source = rule.rule.source + _CHANGED.format(p=prefix)
        return scores_of(self.run(source, [{**rule.params, f"{prefix}value": value} for value in values]))

    def run(self, source: str, settings: Sequence[Mapping[str, Number]], keep: int = 1) -> tuple[Outcome, ...]:
        """One evaluation of a source on the history for each setting; the last `keep` scores of each come back."""
        keep_from = max(0, len(self.series) - keep)
        evaluations = tuple(Evaluation(dict(each), keep_from=keep_from) for each in settings)
        return self.sandbox.run(
            Job(source, (Input(self.series.values, self.series.seconds),), evaluations, self.limits)
        )

    def shortened(self) -> "Moment":
        """The same point with as little history as gives the same scores of base and rules, for searching."""
        mine = self._all_scores()
        for points in TAILS:
            if points < len(self.series):
                shorter = self._on(self.series.part(len(self.series) - points, len(self.series)))
                if np.allclose(shorter._all_scores(), mine, rtol=SAME, atol=SAME, equal_nan=True):
                    return shorter
        return self

    def _all_scores(self) -> Floats:
        return np.concatenate([self.base_at(), *(self.rule_at(rule) for rule in self.rules)])

    def _on(self, series: Series) -> "Moment":
        return replace(self, series=series)

    def within_rate_limits(
        self, changed: Mapping[str, Mapping[str, Number]] | None = None, divisor: float = 1.0
    ) -> "Moment":
        """The same moment with the rules muted that have used up their rate_limit before it.

        `changed` are other numbers for rules, by id; `divisor` is another threshold of the base.
        """
        bounded = [rule for rule in self.rules if rule.rate_limit]
        alarm = self.base.score(self.series).values / divisor >= 1.0 if bounded else np.zeros(0, dtype=np.bool_)
        muted = [rule.id for rule in bounded if self._spent(rule, (changed or {}).get(rule.id, rule.params), alarm)]
        return replace(self, muted=frozenset(muted))

    def _spent(self, rule: TunedRule, params: Mapping[str, Number], alarm: Bools) -> bool:
        if rule.rate_limit is None:
            return False
        (outcome,) = self.run(rule.rule.source, [params], keep=rule.rate_limit.window)
        if not isinstance(outcome, Ran):
            return False
        acted = Member(rule.id, rule.direction, outcome.scores).changes(alarm[-len(outcome.scores) :])
        return int(acted[:-1].sum()) >= rule.rate_limit.most

    def flags(self, base: Floats, scores: Mapping[str, Floats]) -> Bools:
        """The fused verdict for each of k variants: `base` and each rule's scores have shape (k,)."""
        listened = [rule for rule in self.rules if rule.id not in self.muted]
        members = [Member(rule.id, rule.direction, scores[rule.id]) for rule in listened]
        return fuse(base, members).flags


def scores_of(outcomes: Sequence[Outcome]) -> Floats:
    """The last score of each outcome; NaN where it did not run cleanly or kept nothing."""
    last = [each.scores[-1] if isinstance(each, Ran) and len(each.scores) else np.nan for each in outcomes]
    return np.array(last, dtype=np.float64)
