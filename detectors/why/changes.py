"""The smallest changes that would have turned a verdict, each searched and then run again on the whole history."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.fusion.user_base import UserBase
from argosy.detectors.rules.rule import Number, Param
from argosy.detectors.why.moment import Moment, scores_of
from argosy.detectors.why.nearest import Axis, nearest_turn, param_axis, value_axis
from argosy.sandbox.protocol import Ran
from argosy.signals.arrays import Bools, Floats


class ChangeKind(StrEnum):
    """What a change touches."""

    VALUE = "value"
    PARAMETER = "parameter"
    BASE_THRESHOLD = "base_threshold"


@dataclass(frozen=True)
class TurningChange:
    """One number, all else as it was, that turns the verdict: `to` instead of `now`, found nearest to it.

    `rule` names the rule of a parameter. `seen` says of a value whether the history before the point reaches as far.
    """

    what: ChangeKind
    name: str
    now: float
    to: float
    rule: str | None = None
    seen: bool = True

    @property
    def sign(self) -> str:
        """On which side of `to` the verdict turns."""
        return "≥" if self.to > self.now or self.now != self.now else "≤"


@dataclass(frozen=True)
class TurningChanges:
    """The changes that were found and held when they were run again, and how many did not hold."""

    changes: tuple[TurningChange, ...]
    refuted: int


@dataclass(frozen=True, eq=False)
class _Standing:
    """What base and rules say of the point as it is."""

    flagged: bool
    base: Floats
    scores: Mapping[str, Floats]

    @staticmethod
    def of(moment: Moment) -> "_Standing":
        base = moment.base_at()
        scores = {rule.id: moment.rule_at(rule) for rule in moment.rules}
        return _Standing(bool(moment.flags(base, scores)[0]), base, scores)

    def turned(self, moment: Moment, base: Floats, scores: Mapping[str, Floats]) -> Bools:
        """Which of k variants have another verdict; what is not given of a rule is as it is."""
        all_scores = {rule.id: scores.get(rule.id, np.repeat(self.scores[rule.id], len(base))) for rule in moment.rules}
        other: Bools = moment.flags(base, all_scores) != self.flagged
        return other


def turning_changes(moment: Moment) -> TurningChanges:
    """The nearest value at the point, number of each rule, and threshold of the base that turn the fused verdict.

    The search looks at no more history than it needs; what it finds is run again on all of it, with every rule as it
    is, and dropped where the verdict does not turn.
    """
    short = moment.shortened()
    standing = _Standing.of(short)
    found = [*_value_change(short, standing), *_param_changes(short, standing), *_base_change(short, standing)]
    before = moment.series.values[:-1]
    known = before[~np.isnan(before)]
    whole = _Standing.of(moment)
    held = [change for change in found if _holds(change, moment, whole)]
    return TurningChanges(tuple(_seen(change, known) for change in held), len(found) - len(held))


def _value_change(moment: Moment, standing: _Standing) -> Iterator[TurningChange]:
    def turns(values: Sequence[Number]) -> Bools:
        scores = {rule.id: moment.rule_with_values(rule, values) for rule in moment.rules}
        return standing.turned(moment, moment.base_at(values), scores)

    here, scale = _anchor(moment)
    if moment.value != moment.value and turns([here])[0]:
        to: float | None = here
    else:
        to = nearest_turn(value_axis(here, scale), turns)
    if to is not None:
        yield TurningChange(ChangeKind.VALUE, "value", moment.value, to)


def _anchor(moment: Moment) -> tuple[float, float]:
    """Where a search begins, the last known value where the point has none, and a usual size of change there."""
    recent = moment.series.values[-1_000:]
    known = recent[~np.isnan(recent)]
    if not len(known):
        return 0.0, 1.0
    here = moment.value if moment.value == moment.value else float(known[-1])
    steps = np.abs(np.diff(known))
    sizes = (float(np.median(steps)) if len(steps) else 0.0, float(np.std(known)), abs(here) / 100, 1.0)
    return here, next(size for size in sizes if size > 0 and math.isfinite(size))


def _param_changes(moment: Moment, standing: _Standing) -> Iterator[TurningChange]:
    """For each rule that could turn the verdict alone, the nearest setting of each of its numbers that does."""
    for rule in moment.rules:
        for param in rule.rule.params:
            axis = param_axis(param, rule.params[param.name])

            def turns(numbers: Sequence[Number], rule: TunedRule = rule, param: Param = param) -> Bools:
                settings = [{**rule.params, param.name: _typed(param, number)} for number in numbers]
                scores = {rule.id: moment.rule_at(rule, settings)}
                return standing.turned(moment, np.repeat(standing.base, len(settings)), scores)

            to = nearest_turn(axis, turns) if _could_turn(moment, standing, rule) else None
            if to is not None:
                yield TurningChange(ChangeKind.PARAMETER, param.name, axis.here, to, rule.id)


def _could_turn(moment: Moment, standing: _Standing, rule: TunedRule) -> bool:
    """Whether some score of this rule would turn the verdict."""
    extremes = np.array([-np.inf, np.inf])
    return bool(standing.turned(moment, np.repeat(standing.base, 2), {rule.id: extremes}).any())


def _typed(param: Param, number: Number) -> Number:
    return round(number) if param.whole else float(number)


def _base_change(moment: Moment, standing: _Standing) -> Iterator[TurningChange]:
    """The base's score over its threshold alarms at 1: the threshold that the score just meets, or just misses."""
    score = float(standing.base[0])
    alarms_only = isinstance(moment.base, UserBase) and moment.base.alarms
    if alarms_only or not (score > 0 and math.isfinite(score)):
        return

    def turns(thresholds: Sequence[Number]) -> Bools:
        return standing.turned(moment, score / np.array(thresholds, dtype=np.float64), {})

    below, above = ((score,), ()) if score < 1 else ((), (score * 1.001,))
    to = nearest_turn(Axis(1.0, below, above, logarithmic=True), turns)
    if to is not None:
        yield TurningChange(ChangeKind.BASE_THRESHOLD, "threshold", 1.0, to)


def _holds(change: TurningChange, moment: Moment, standing: _Standing) -> bool:
    """Runs the change on the whole history, every rule from its own source; a rule that fails refutes it."""
    if change.what is ChangeKind.BASE_THRESHOLD:
        return bool(standing.turned(moment.within_rate_limits(divisor=change.to), standing.base / change.to, {})[0])
    other = moment.with_value(change.to) if change.what is ChangeKind.VALUE else moment
    if change.rule:
        other = other.within_rate_limits({rule.id: _changed_params(rule, change) for rule in moment.rules})
    outcomes = {rule.id: other.run(rule.rule.source, [_changed_params(rule, change)]) for rule in moment.rules}
    if not all(isinstance(outcome, Ran) for (outcome,) in outcomes.values()):
        return False
    scores = {id: scores_of(outcome) for id, outcome in outcomes.items()}
    return bool(standing.turned(other, other.base_at(), scores)[0])


def _changed_params(rule: TunedRule, change: TurningChange) -> Mapping[str, Number]:
    if rule.id != change.rule:
        return rule.params
    param = next(each for each in rule.rule.params if each.name == change.name)
    return {**rule.params, param.name: _typed(param, change.to)}


def _seen(change: TurningChange, known: Floats) -> TurningChange:
    """Notes whether a value lies where the series has been."""
    if change.what is not ChangeKind.VALUE or not len(known):
        return change
    seen = bool(known.min() <= change.to <= known.max())
    return TurningChange(change.what, change.name, change.now, change.to, change.rule, seen)
