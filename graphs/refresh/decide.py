"""The decide node: what to do about a detector whose series has drifted, or whose time is up."""

from dataclasses import asdict

from argosy.detectors.drift.counts import outside
from argosy.detectors.drift.measure import OF_VALUES
from argosy.graphs.refresh.context import RefreshNodeContext
from argosy.graphs.refresh.data import FEWEST_INCIDENTS, LoadedDetector, alert_count
from argosy.graphs.refresh.judge import LEAST_GAIN, steadily_better
from argosy.graphs.refresh.outcomes import Decision, RefreshState
from argosy.graphs.refresh.state import State
from argosy.signals.incidents import runs

KEEP, SHADOW, ROLL_BACK = "keep", "shadow", "rollback"

TOLERATED_LOSS = 0.05
"""So much less of the objective than promised is still as good, where only values have drifted."""

RATES = ("alert_rate", "false_alerts")


def decide(state: State, node: RefreshNodeContext) -> State:
    """Decides between keeping, retuning and searching again, or goes on with what an earlier refresh began."""
    route, decision, why = _choice(state, node)
    spent = node.makers.estimate(decision) if route in (Decision.RETUNE, Decision.SEARCH_AGAIN) else None
    estimate: dict[str, float | None] = asdict(spent) if spent else {}
    node.decide("refresh", route, why, **{f"expected_{name}": value for name, value in estimate.items()})
    challenger = node.data.challenger.id if route == SHADOW and node.data.challenger else None
    return {"route": route, "decision": decision.value, "why": why, "estimate": estimate, "challenger": challenger}


def _choice(state: State, node: RefreshNodeContext) -> tuple[str, Decision, str]:
    """The route through the graph, the decision that it stands for, and why: the first line that applies."""
    context, data = node.context, node.data
    fired = [each["name"] for each in state["findings"] if each["fired"]]
    if state["findings"] and (why := _must_roll_back(fired, node)):
        return ROLL_BACK, Decision.KEEP, why
    if context.pending:
        return KEEP, Decision.KEEP, f"{context.pending} waits for a person's answer; until then nothing changes"
    if not state["findings"]:
        return KEEP, Decision.KEEP, state["notes"][0]
    if data.challenger:
        return SHADOW, context.challenge or Decision.KEEP, f"{data.challenger.id} was judged beside its champion"
    return _by_findings(fired, node)


def _by_findings(fired: list[str], node: RefreshNodeContext) -> tuple[str, Decision, str]:
    context, force = node.context, node.context.policy.force
    if not force and not context.expired and (why := _as_good(fired, node)):
        return KEEP, Decision.KEEP, f"{', '.join(fired)} fired, but {why}"
    told = f"{', '.join(fired)} fired" if fired else context.expired or "no statistic fired"
    wanted = force or _wanted(fired, node)
    if wanted is Decision.KEEP:
        return KEEP, wanted, "asked for" if force else told
    if node.data.window_incidents < FEWEST_INCIDENTS:
        held = node.data.window_incidents
        why = f"{told}, but {held} labelled incidents are too few to learn from: at least {FEWEST_INCIDENTS} are needed"
        return KEEP, Decision.KEEP, why
    if force:
        return wanted.value, wanted, f"asked for; {told}"
    before = context.attempt
    again = f"; {before.decision.value} ended {before.state.value} in {before.refresh}" if before else ""
    return wanted.value, wanted, f"{told}{again if wanted is Decision.SEARCH_AGAIN else ''}"


def _as_good(fired: list[str], node: RefreshNodeContext) -> str | None:
    """Why a drift of values alone does not matter: on enough labelled incidents the champion is as good as promised."""
    data, judge = node.data, node.context.objective
    if not fired or not set(fired) <= set(OF_VALUES) or not data.labelled_since or not data.labelled_to_end:
        return None
    flags, labels, fresh = data.flags(data.champion), data.labels, data.labelled
    incidents = len(runs(labels[fresh]))
    promised, now = (judge(labels[part], flags[part]) for part in (data.champion.reference, fresh))
    if incidents < FEWEST_INCIDENTS or not now >= promised - TOLERATED_LOSS:
        return None
    return f"on {incidents} incidents since the objective is {now:.3f}, and {promised:.3f} was promised"


def _wanted(fired: list[str], node: RefreshNodeContext) -> Decision:
    """New rules where the old ones miss what they found, do not run, or were retuned in vain; else new numbers."""
    before = node.context.attempt
    in_vain = before is not None and before.decision is Decision.RETUNE and before.state is not RefreshState.PROMOTED
    if "missed" in fired or "broken_rules" in fired or (fired and in_vain):
        return Decision.SEARCH_AGAIN if node.context.policy.search else Decision.RETUNE
    return Decision.RETUNE if fired or node.context.expired else Decision.KEEP


def _must_roll_back(fired: list[str], node: RefreshNodeContext) -> str | None:
    """Why the champion, on probation, gives its place back to the one before.

    It alerts more than promised, and more than the one before (where labels say what the alerts were worth, only false
    ones count); or the one before does steadily better on the incidents since.
    """
    data, champion, before = node.data, node.data.champion, node.data.predecessor
    if before is None or champion.live_since is None:
        return None
    if data.days(champion.live_since, len(data.series)) > node.context.policy.probation_days:
        return None
    counted = (False, True) if data.labelled_since and not data.labelled_to_end else (data.labelled_since,)
    for labelled in counted:
        if RATES[labelled] in fired and (why := _alerts_more(champion, before, labelled, node)):
            return why
    return _was_better(before, node)


def _alerts_more(
    champion: LoadedDetector, before: LoadedDetector, labelled: bool, node: RefreshNodeContext
) -> str | None:
    now, then = (_alerts_since(each, labelled, node) for each in (champion, before))
    if then >= now:
        node.decide(before.id, "no better", f"alerts that it would have raised: {then}; {champion.id} raised {now}")
        return None
    return f"{champion.id} raises more alerts than it promised: {now} since, where {before.id} would have raised {then}"


def _was_better(before: LoadedDetector, node: RefreshNodeContext) -> str | None:
    data, judge = node.data, node.context.objective
    since = slice(data.champion.live_since, data.labelled_until)
    labels, flags = data.labels[since], data.flags(data.champion)[since]
    incidents = len(runs(labels))
    if incidents < FEWEST_INCIDENTS:
        return None
    earlier = node.score(before).flags[since]
    now, then = judge(labels, flags), judge(labels, earlier)
    if not then >= now + LEAST_GAIN or not steadily_better(labels, flags, earlier, judge):
        return None
    told = f"on {incidents} incidents since {data.champion.id} came into service its objective is {now:.3f}"
    return f"{told}, where {before.id} would have {then:.3f}"


def _alerts_since(served: LoadedDetector, labelled: bool, node: RefreshNodeContext) -> int:
    """Alerts on the new points; or, where labels say what they were worth, false ones on those newly labelled."""
    data, flags = node.data, node.score(served).flags
    return alert_count(outside(data.labels, flags)[data.labelled] if labelled else flags[data.since :])
