"""The last nodes: choose the fusion, open the lockbox once, assemble the certificate, hand everything over."""

import math

from argosy.detectors.fusion.alert_once import LabelledStretch, choose_alert_once
from argosy.detectors.fusion.attribution import attribute
from argosy.detectors.fusion.delivery import EVERY_POINT, AlertOnce
from argosy.detectors.fusion.fusion import Member, choose, fuse
from argosy.detectors.fusion.hold import choose_hold
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.rules.rule import read_rule
from argosy.eval.splits import Part
from argosy.graphs.refine.assess import falling
from argosy.graphs.refine.certify import certificates, memorisation_refusal
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.publication import CertifiedRule, FinalScores, Metrics, Publication
from argosy.graphs.refine.state import Ending, Outcome, Stage, State
from argosy.sandbox.protocol import Ran
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none


def fuse_accepted(state: State, node: RefineNodeContext) -> State:
    """Chooses among all subsets of the accepted rules, the empty one included.

    None may lose on validation, nor let a single F1 of the objective fall there or in training (`falling`). Among the
    others the mean of validation and training objective counts, less a price for each rule: validation alone often
    holds a handful of incidents, and chooses by luck. Where it holds none, the two count as one part, so that what is
    false there counts.
    """
    data, judge = node.data, node.context.objective
    validation, train = data.splits.validation, data.splits.train
    labels = data.known_labels
    has_incidents = bool(labels[validation].any())

    base_flags = data.base_values >= 1.0
    base_validation = judge(labels[validation], base_flags[validation])

    def value(flags: Bools) -> float:
        if falling(base_flags, flags, node):
            return -math.inf
        if not has_incidents:
            return judge(labels, flags)
        on_train, on_validation = (judge(labels[part], flags[part]) for part in (train, validation))
        return (on_train + on_validation) / 2 if on_validation >= base_validation else -math.inf

    if not data.train_labels.any():
        return {"fused": (), "outcome": Outcome.NO_INCIDENTS}
    choice = choose(data.base_values, [data.member(each) for each in state["accepted"]], value, PRICE_OF_A_RULE)
    outcome = Outcome.FUSED if choice.ids else Outcome.BASE_ONLY
    basis = "training and validation" if has_incidents else "both parts as one (validation holds no incident)"
    node.decide(
        "fused",
        outcome,
        f"of {choice.considered} combinations of accepted rules the best on {basis} was taken; "
        f"rules in it: {len(choice.ids)} of {len(state['accepted'])}",
        value=finite_or_none(choice.value, 6),
        base_value=finite_or_none(choice.base_value, 6),
        rules=", ".join(choice.ids),
    )
    return {"fused": choice.ids, "outcome": outcome}


PRICE_OF_A_RULE = 0.02
"""What each rule of a fusion must bring at least, as a share of the objective."""


def open_lockbox(
    state: State, node: RefineNodeContext, *, rate_limits: bool = True, hold: bool = True, alert_once: bool = True
) -> State:
    """Opens the lockbox, the only time, and scores the whole series with the base and the chosen rules.

    A rule that fails on the whole series, having run on the known part, leaves the fusion; so does one that turns out
    to know the last part by heart, which is then no accepted rule either. Without `rate_limits` a rule may act as often
    as it likes; without `hold` the fused scores rank as they are, and without `alert_once` alarms ring at every point.
    """
    data = node.data
    if data.base is None:
        raise RuntimeError("the base has not been fitted yet")
    delivery = _choose_delivery(state, node) if alert_once else EVERY_POINT
    hold_points = _hold(state, delivery, node) if hold and data.train_labels.any() else 0.0
    series, labels = data.lockbox.open()
    node.decide("lockbox", "opened", "the last part is looked at once, now", openings=data.lockbox.openings)
    base = data.base.score(series)
    members, accepted = [], list(state["accepted"])
    for candidate in state["accepted"]:
        if candidate.id in state["fused"]:
            (outcome,) = node.call(f"lockbox {candidate.id}", candidate.source, series, [candidate.params])
            if isinstance(outcome, Ran) and (why := memorisation_refusal(candidate, series, labels, node)):
                accepted.remove(candidate)
                node.decide(candidate.id, Stage.DROPPED, f"refused on the whole series: {why}")
            elif isinstance(outcome, Ran):
                acted = data.member(candidate).changes(data.base_values >= 1.0)
                limit = RateLimit.of(acted) if rate_limits else None
                members.append(Member(candidate.id, candidate.direction, outcome.scores, rate_limit=limit))
            else:
                node.decide(candidate.id, Stage.DROPPED, f"it failed on the whole series: {outcome}")
    fused = fuse(base.values * delivery.base_gain, members, hold_points, once=delivery.first_point_only)
    data.final = FinalScores(series, labels, base.values, tuple(members), fused, hold_points, delivery)
    kept = tuple(member.id for member in members)
    outcome_now = state["outcome"] if kept == state["fused"] or kept else Outcome.BASE_ONLY
    return {"fused": kept, "accepted": tuple(accepted), "outcome": outcome_now}


def _choose_delivery(state: State, node: RefineNodeContext) -> AlertOnce:
    """How alarms ring, by what is known before the lockbox."""
    data = node.data
    members = _members(state, node)

    def stretch(part: slice) -> LabelledStretch:
        inside = tuple(Member(each.id, each.direction, each.scores[part]) for each in members)
        return LabelledStretch(data.known_labels[part], data.base_values[part], inside)

    delivery = choose_alert_once(stretch(data.splits.train), stretch(data.splits.validation), node.context.objective)
    if delivery.first_point_only:
        why = "for this objective an alert is as good as all its points, and a false one costs less"
        node.decide("alarms", "ring_once", why, level=delivery.base_gain)
    return delivery


def _members(state: State, node: RefineNodeContext) -> tuple[Member, ...]:
    return tuple(node.data.member(each) for each in state["accepted"] if each.id in state["fused"])


def _hold(state: State, delivery: AlertOnce, node: RefineNodeContext) -> float:
    """How long peaks of the fused scores are held, by what is known before the lockbox."""
    data = node.data
    fused = fuse(data.base_values * delivery.base_gain, _members(state, node), once=delivery.first_point_only)
    points = choose_hold(data.known_labels, fused.values)
    node.decide(
        "scores",
        "held",
        f"after a peak the score falls by a factor e in {points:g} points; no alarm changes",
        points=points,
    )
    return points


def certify(state: State, node: RefineNodeContext) -> State:
    """Measures base, every rule beside the base, and the fusion on each part, and makes every rule's certificate."""
    final, splits = node.data.final, node.data.splits
    if final is None:
        raise RuntimeError("the lockbox has not been opened yet")

    def by_part(subject: str, scores: Floats) -> dict[str, Metrics]:
        return {
            part.value: node.measured(subject, part, final.labels[splits.of(part)], scores[splits.of(part)])
            for part in Part
        }

    by_id = {each.id: each for each in state["accepted"]}
    ledger = {part.value: attribute(final.labels, final.base >= 1.0, final.fused, splits.of(part)) for part in Part}
    rules = tuple(
        CertifiedRule(
            by_id[member.id],
            read_rule(by_id[member.id].source),
            by_part(member.id, fuse(final.base, [member]).values),
            {part: ledger[part][member.id] for part in ledger},
        )
        for member in final.members
    )
    node.data.publication = Publication(
        rules=rules,
        accepted=state["accepted"],
        family=node.data.family(state["accepted"]),
        base=by_part("base", final.base),
        fused=by_part("fused", final.fused.values),
        outcome=state["outcome"],
        ending=state.get("ending") or Ending.ROUNDS_SPENT,
        lockbox_openings=node.data.lockbox.openings,
        certificates=certificates(state, node, final),
        explanations=node.data.explanations,
    )
    return {}


def publish(state: State, node: RefineNodeContext) -> State:
    """Hands the rules, the fused detector and the figures to whoever keeps them."""
    if node.data.publication is None:
        raise RuntimeError("nothing has been certified yet")
    node.context.publish(node.data.publication)
    node.decide("session", state["outcome"], f"rules published: {len(state['fused'])}", rules=", ".join(state["fused"]))
    return {}
