"""The explain node: why the fused detector raised its alerts on the lockbox, in words; no score is changed."""

from collections.abc import Mapping

from argosy.agents.alert_evidence import quoted
from argosy.agents.claims.scene import Scene
from argosy.agents.explanation import explain
from argosy.agents.models.speaker import BudgetSpent, CallKey, Pattern, Role
from argosy.detectors.fusion.fusion import Member
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.rules.rule import read_rule, rule_id
from argosy.detectors.why.clauses import deciding
from argosy.detectors.why.explain import clause_at
from argosy.detectors.why.moment import Moment
from argosy.graphs.refine.alert import ExplainedAlert
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.publication import FinalScores
from argosy.graphs.refine.state import Candidate, Ending, State
from argosy.signals.incidents import runs
from argosy.signals.shapes import Detector

_A_YEAR_S = 365 * 86_400


def explain_alerts(state: State, node: RefineNodeContext) -> State:
    """Has the alerts of the lockbox explained, the first so many; ends early where the budget or a person ends it."""
    final = node.data.final
    if final is None or node.data.base is None:
        raise RuntimeError("the lockbox has not been opened yet")
    offset = node.data.splits.lockbox.start
    alerts = runs(final.fused.flags[offset:]) + offset
    members = {member.id: member for member in final.members}
    fused = {each.id: each for each in state["accepted"] if each.id in members}
    for number, (start, stop) in enumerate(alerts[: node.settings.explain].tolist(), start=1):
        if node.stopping(f"alert {number}"):
            break
        scene = _scene(start, stop, final, node.data.base, fused, members, node)
        try:
            explained = explain(node.speaker(Role.REVIEW), scene, CallKey(Pattern.EXPLANATION, number, 1))
        except BudgetSpent as spent:
            node.decide("explanation", Ending.BUDGET_SPENT, f"no further alert is explained: {spent}")
            break
        node.decide(f"alert {number}", explained.status, explained.display_text)
        found = ExplainedAlert(start, stop, scene.moment(start), scene.detectors, explained)
        node.data.explanations = (*node.data.explanations, found)
    return {}


def _scene(
    start: int,
    stop: int,
    final: FinalScores,
    base: Detector,
    fused: Mapping[str, Candidate],
    members: Mapping[str, Member],
    node: RefineNodeContext,
) -> Scene:
    """The alert with what the rules that raised it say of themselves; the base's where no rule did."""
    names, clauses, settings = [], list[str](), dict[str, float]()
    for id, candidate in fused.items():
        fired = final.fused.fired[id][start:stop]
        if not fired.any():
            continue
        names.append(rule_id(candidate.source, candidate.params, candidate.direction))
        settings |= {name: float(value) for name, value in candidate.params.items()}
        for text, value in _decided(candidate, start + int(fired.argmax()), final, base, members[id], node):
            clauses.append(text)
            settings |= {} if value is None else {text: value}
    score = float(final.fused.values[start:stop].max())
    timed = int(final.series.seconds[0]) > _A_YEAR_S
    return Scene(
        final.series, start, stop, score, tuple(names) or (base.name,), tuple(clauses), settings, times_known=timed
    )


def _decided(
    candidate: Candidate, index: int, final: FinalScores, base: Detector, member: Member, node: RefineNodeContext
) -> list[tuple[str, float | None]]:
    """The clauses of a rule that decided at a point, with their values where they hold a single one."""
    rule = TunedRule(candidate.id, read_rule(candidate.source), candidate.params, candidate.direction)
    sandbox = node.sandbox(f"explain {candidate.id}")
    moment = Moment(final.series.part(0, index + 1), base, (rule,), sandbox, node.settings.limits)
    clause = clause_at(moment, rule, float(member.scores[index]))
    found = [] if clause is None else list(deciding(clause))
    return [(quoted(each.text), None if each.value is None else float(each.value)) for each in found]
