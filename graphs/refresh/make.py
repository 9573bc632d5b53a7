"""The nodes that make a challenger: new numbers by search, or new rules by a session."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from argosy.detectors.fusion.fusion import Member, choose
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.rules.rule import Number, Rule, RuleUnreadable, read_rule
from argosy.detectors.rules.search import tune
from argosy.detectors.rules.transfer import transfer_rule, unit_of
from argosy.detectors.rules.yardstick import Yardstick
from argosy.graphs.refine.finish import PRICE_OF_A_RULE
from argosy.graphs.refresh.context import RefreshNodeContext, RetunedFusion
from argosy.graphs.refresh.outcomes import Cost, Decision
from argosy.graphs.refresh.state import State
from argosy.sandbox.protocol import Ran
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none
from argosy.signals.profile import profile
from argosy.signals.series import Series

_Tuned = tuple[TunedRule, Floats]
"""A rule with new numbers, by the id of the one that it comes from, and its scores on the newest points."""


def retune(_state: State, node: RefreshNodeContext) -> State:
    """Fits the base and searches the numbers of the champion's rules on the newest points; no model is asked.

    There is no challenger where nothing found there does better on these points than the champion does.
    """
    began = node.context.clock()
    data, window = node.data, node.data.window
    part, labels = data.series.part(window.start, window.stop), data.labels[window]
    base = node.makers.refit(part, labels)
    base_scores = base.score(data.series).values[window]
    tuned = [each for rule in data.champion.rules if (each := _retuned(rule, part, labels, base_scores, node))]
    members = [Member(f"m{i}", rule.direction, scores) for i, (rule, scores) in enumerate(tuned)]
    judge = node.context.objective
    chosen = choose(base_scores, members, lambda flags: judge(labels, flags), PRICE_OF_A_RULE)
    before = judge(labels, data.flags(data.champion)[window])
    facts = {"champion_objective": finite_or_none(before, 6), "challenger_objective": finite_or_none(chosen.value, 6)}
    spent: dict[str, float | None] = asdict(Cost(seconds=node.context.clock() - began))
    if not chosen.value > before:
        why = "no base and numbers were found that do better on the newest points than the champion as it is"
        node.decide("challenger", "none", why, **facts)
        return {"challenger": None, "how": Decision.RETUNE.value, "why": why, "cost": spent}
    alarm = base_scores >= 1.0
    kept = [(member, each) for member, each in zip(members, tuned, strict=True) if member.id in chosen.ids]
    rules = tuple(replace(rule, rate_limit=RateLimit.of(member.changes(alarm))) for member, (rule, _) in kept)
    challenger = node.makers.keep(RetunedFusion(window, rules), base)
    data.challenger = challenger
    held = len(data.champion.rules)
    why = f"rules with new numbers: {len(rules)} of {held}, and the base fitted on {len(part):,} points"
    node.decide(challenger.id, "challenger", why, **facts)
    return {"challenger": challenger.id, "how": Decision.RETUNE.value, "cost": spent}


def _retuned(served: TunedRule, part: Series, labels: Bools, base: Floats, node: RefreshNodeContext) -> _Tuned | None:
    """The rule in the unit of the newest points, with numbers searched there; None where it does not run."""
    rule = _in_unit(served, part, labels, node)
    judge = Yardstick.of(labels, base, served.direction, node.context.objective)
    settings = node.context.policy.settings

    def evaluate(batch: Sequence[Mapping[str, Number]]) -> Sequence[Floats | None]:
        outcomes = node.call(f"tune {served.id}", rule.source, part, [dict(each) for each in batch])
        return [outcome.scores if isinstance(outcome, Ran) else None for outcome in outcomes]

    found = tune(rule, evaluate, judge, settings.evaluations, settings.seed)
    (outcome,) = node.call(f"score {served.id}", rule.source, part, [found.params])
    if not isinstance(outcome, Ran):
        node.decide(served.id, "dropped", f"it does not run on the newest points: {outcome}")
        return None
    why = f"{found.evaluations} evaluations on the newest points"
    node.decide(served.id, "retuned", why, **{f"param_{name}": value for name, value in found.params.items()})
    return TunedRule(served.id, rule, dict(found.params), served.direction), outcome.scores


def _in_unit(served: TunedRule, part: Series, labels: Bools, node: RefreshNodeContext) -> Rule:
    here = unit_of(profile(part, labels), part.step_s)
    try:
        return read_rule(transfer_rule(served.rule.source, served.params, served.unit, here))
    except RuleUnreadable as unreadable:
        node.decide(served.id, "unit kept", str(unreadable))
        return served.rule


def search(_state: State, node: RefreshNodeContext) -> State:
    """Has a session look for rules on the newest points, beginning with the champion's."""
    challenger, spent = node.makers.search(node.data.window)
    node.data.challenger = challenger
    why = f"rules that a session left it with: {len(challenger.rules)}"
    node.decide(challenger.id, "challenger", why)
    return {"challenger": challenger.id, "how": Decision.SEARCH_AGAIN.value, "cost": asdict(spent)}
