"""The explanation of one verdict: what the base said, which rules fired, which clauses decided, what would turn it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.rules.rule import Direction, RuleUnreadable
from argosy.detectors.rules.rule_detector import RuleFailed
from argosy.detectors.why.anatomy import dissect
from argosy.detectors.why.changes import TurningChanges, turning_changes
from argosy.detectors.why.clauses import Clause, assigned_values, clause_of
from argosy.detectors.why.moment import Moment
from argosy.sandbox.protocol import Broke, Ran


class VerdictRole(StrEnum):
    """What a rule did to the verdict at the point."""

    ADDED = "added"
    """A flag rule fired where the base was normal: the alarm is its doing."""
    CLEARED = "cleared"
    """A clear rule fired where the base alarmed: it took the alarm back."""
    AGREED = "agreed"
    """It fired where that changes nothing."""
    SILENT = "silent"
    MUTED = "muted"
    """It fired, but has lately acted more often than it may, and is not listened to."""


@dataclass(frozen=True)
class RuleVerdict:
    """What one rule said. `clause` is its score taken apart, None where that cannot be followed, and `note` says why.

    `values` are the local names that hold one value at the point.
    """

    rule: TunedRule
    score: float
    role: VerdictRole
    clause: Clause | None
    values: Mapping[str, float | bool]
    note: str = ""

    @property
    def fires(self) -> bool:
        return self.score >= 1.0


@dataclass(frozen=True)
class Explanation:
    """Why a point was flagged or not. `base_score` is NaN where the base has no opinion."""

    flagged: bool
    value: float
    base_score: float
    rules: tuple[RuleVerdict, ...]
    turned: TurningChanges

    @property
    def base_alarms(self) -> bool:
        return self.base_score >= 1.0


def explain(moment: Moment) -> Explanation:
    """Explains the verdict on the moment's point. Raises RuleFailed when a rule does not run on it."""
    moment = moment.within_rate_limits()
    base = moment.base_at()
    outcomes = {rule.id: moment.run(rule.rule.source, [rule.params])[0] for rule in moment.rules}
    for outcome in outcomes.values():
        if not isinstance(outcome, Ran):
            raise RuleFailed(outcome)
    scores = {id: outcome.scores for id, outcome in outcomes.items() if isinstance(outcome, Ran)}
    rules = tuple(_ruled(moment, rule, float(scores[rule.id][-1]), bool(base[0] >= 1.0)) for rule in moment.rules)
    flagged = bool(moment.flags(base, scores)[0])
    return Explanation(flagged, moment.value, float(base[0]), rules, turning_changes(moment))


def clause_at(moment: Moment, rule: TunedRule, score: float) -> Clause | None:
    """The rule's score at the moment's point, taken apart; None where its steps cannot be followed."""
    return _taken_apart(moment, rule, score)[0]


def _ruled(moment: Moment, rule: TunedRule, score: float, alarm: bool) -> RuleVerdict:
    clause, values, note = _taken_apart(moment, rule, score)
    role = _role(rule.direction, score >= 1.0, alarm)
    if rule.id in moment.muted and role in (VerdictRole.ADDED, VerdictRole.CLEARED):
        role = VerdictRole.MUTED
    return RuleVerdict(rule, score, role, clause, values, note)


def _role(direction: Direction, fires: bool, alarm: bool) -> VerdictRole:
    if not fires:
        return VerdictRole.SILENT
    match direction:
        case Direction.FLAG:
            return VerdictRole.AGREED if alarm else VerdictRole.ADDED
        case Direction.CLEAR:
            return VerdictRole.CLEARED if alarm else VerdictRole.AGREED


def _taken_apart(
    moment: Moment, rule: TunedRule, score: float
) -> tuple[Clause | None, Mapping[str, float | bool], str]:
    """The score's clauses and the named values, from a copy of the rule that notes them; a sentence where it cannot."""
    try:
        anatomy = dissect(rule.rule.source)
    except RuleUnreadable as unreadable:
        return None, {}, f"its steps cannot be shown: {unreadable}"
    points = len(moment.series)
    outcomes = moment.run(anatomy.source, anatomy.settings(rule.params, points), keep=anatomy.slots)
    slots = [outcome.scores for outcome in outcomes if isinstance(outcome, Ran)]
    if len(slots) < len(outcomes):
        broken = next(outcome for outcome in outcomes if not isinstance(outcome, Ran))
        why = broken.error if isinstance(broken, Broke) else str(broken)
        return None, {}, f"its steps cannot be shown: the copy that notes them failed ({why})"
    noted, readings = anatomy.decode(slots)
    if not np.isclose(noted, score, rtol=1e-9, atol=1e-9, equal_nan=True):
        return None, {}, "its steps cannot be shown: the copy that notes them gives another score"
    clause, values = clause_of(anatomy, readings), assigned_values(anatomy, readings)
    note = "" if clause else "what it returns cannot be followed; the named values are all that is shown"
    return clause, values, note
