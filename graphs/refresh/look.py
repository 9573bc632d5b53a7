"""The first nodes: what has drifted, and what to do about it."""

from dataclasses import asdict

from argosy.detectors.drift import Finding, Newer, look
from argosy.detectors.drift.counts import outside
from argosy.detectors.drift.look import NAMES
from argosy.detectors.drift.onset import onset
from argosy.graphs.refresh.context import Desk
from argosy.graphs.refresh.data import FEWEST_INCIDENTS, LoadedDetector, RefreshData, alerts
from argosy.graphs.refresh.judge import LEAST_GAIN, steadily_better
from argosy.graphs.refresh.outcomes import Decision, RefreshState
from argosy.graphs.refresh.state import Fact, State, finding_json
from argosy.signals.incidents import runs

KEEP, SHADOW, ROLL_BACK = "keep", "shadow", "rollback"
OF_VALUES = NAMES[:5]
TOLERATED_LOSS = 0.05
"""So much less of the objective than promised is still as good, where only values have drifted."""

RATES = ("alert_rate", "false_alerts")


def look_closer(_state: State, desk: Desk) -> State:
    """Scores the series with the champion and measures every statistic of drift on the newer points."""
    bench = desk.bench
    fresh = len(bench.series) - bench.since
    if not fresh and not bench.labelled_since:
        why = "there is no point that an earlier look has not seen, and no label that is new"
        desk.decide("data", "nothing new", why, until=bench.known_until())
        return {"findings": [], "facts": {"new_points": 0}, "notes": [why]}
    desk.score(bench.champion)
    newer = _newer(desk)
    found = [*look(newer), *_broken(desk)]
    for each in found:
        verdict = "fired" if each.fired else "quiet" if each.value is not None else "not measured"
        desk.decide(f"drift: {each.name}", verdict, each.why, value=each.value, threshold=each.threshold)
    if any(each.fired and each.name in OF_VALUES for each in found):
        bench.onset = onset(newer)
        told = f"values are other ones since {len(bench.series) - bench.onset:,} points"
        desk.decide("drift", "onset", told, index=bench.onset, second=int(bench.series.seconds[bench.onset]))
    return {"findings": [finding_json(each) for each in found], "facts": _new(fresh, bench)}


def _new(points: int, bench: RefreshData) -> dict[str, Fact]:
    heard = bench.labelled
    return {"new_points": points, "newly_labelled_points": max(0, heard.stop - heard.start)}


def _newer(desk: Desk) -> Newer:
    bench, champion = desk.bench, desk.bench.champion
    return Newer(
        series=bench.series,
        labels=bench.labels,
        flags=bench.flags(champion),
        made=champion.made,
        since=bench.since,
        promised=champion.promised,
        labelled_since=bench.labelled_since,
        labelled=bench.labelled,
    )


def _broken(desk: Desk) -> tuple[Finding, ...]:
    broken = desk.bench.broken
    why = f"{len(broken)} of {len(desk.bench.champion.rules)} rules do not run on the newer points"
    return (Finding("broken_rules", float(len(broken)), 0.0, why),)


def decide(state: State, desk: Desk) -> State:
    """Decides between keeping, retuning and searching again, or goes on with what an earlier refresh began."""
    route, decision, why = _choice(state, desk)
    spent = desk.makers.estimate(decision) if route in (Decision.RETUNE, Decision.SEARCH_AGAIN) else None
    estimate: dict[str, float | None] = asdict(spent) if spent else {}
    desk.decide("refresh", route, why, **{f"expected_{name}": value for name, value in estimate.items()})
    challenger = desk.bench.challenger.id if route == SHADOW and desk.bench.challenger else None
    return {"route": route, "decision": decision.value, "why": why, "estimate": estimate, "challenger": challenger}


def _choice(state: State, desk: Desk) -> tuple[str, Decision, str]:
    """The route through the graph, the decision that it stands for, and why: the first line that applies."""
    context, bench = desk.context, desk.bench
    fired = [each["name"] for each in state["findings"] if each["fired"]]
    if state["findings"] and (why := _must_roll_back(fired, desk)):
        return ROLL_BACK, Decision.KEEP, why
    if context.pending:
        return KEEP, Decision.KEEP, f"{context.pending} waits for a person's answer; until then nothing changes"
    if not state["findings"]:
        return KEEP, Decision.KEEP, state["notes"][0]
    if bench.challenger:
        return SHADOW, context.challenge or Decision.KEEP, f"{bench.challenger.id} is in shadow; its time goes on"
    return _by_findings(fired, desk)


def _by_findings(fired: list[str], desk: Desk) -> tuple[str, Decision, str]:
    context, force = desk.context, desk.context.policy.force
    if not force and not context.expired and (why := _as_good(fired, desk)):
        return KEEP, Decision.KEEP, f"{', '.join(fired)} fired, but {why}"
    told = f"{', '.join(fired)} fired" if fired else context.expired or "no statistic fired"
    wanted = force or _wanted(fired, desk)
    if wanted is Decision.KEEP:
        return KEEP, wanted, "asked for" if force else told
    if desk.bench.window_incidents < FEWEST_INCIDENTS:
        held = desk.bench.window_incidents
        why = f"{told}, but {held} labelled incidents are too few to learn from: at least {FEWEST_INCIDENTS} are needed"
        return KEEP, Decision.KEEP, why
    if force:
        return wanted.value, wanted, f"asked for; {told}"
    before = context.attempt
    again = f"; {before.decision.value} ended {before.standing.value} in {before.refresh}" if before else ""
    return wanted.value, wanted, f"{told}{again if wanted is Decision.SEARCH_AGAIN else ''}"


def _as_good(fired: list[str], desk: Desk) -> str | None:
    """Why a drift of values alone does not matter: on enough labelled incidents the champion is as good as promised."""
    bench, judge = desk.bench, desk.context.objective
    if not fired or not set(fired) <= set(OF_VALUES) or not bench.labelled_since or not bench.told_all:
        return None
    flags, labels, fresh = bench.flags(bench.champion), bench.labels, bench.labelled
    incidents = len(runs(labels[fresh]))
    promised, now = (judge(labels[part], flags[part]) for part in (bench.champion.promised, fresh))
    if incidents < FEWEST_INCIDENTS or not now >= promised - TOLERATED_LOSS:
        return None
    return f"on {incidents} incidents since the objective is {now:.3f}, and {promised:.3f} was promised"


def _wanted(fired: list[str], desk: Desk) -> Decision:
    """New rules where the old ones miss what they found, do not run, or were retuned in vain; else new numbers."""
    before = desk.context.attempt
    in_vain = before is not None and before.decision is Decision.RETUNE and before.standing is not RefreshState.PROMOTED
    if "missed" in fired or "broken_rules" in fired or (fired and in_vain):
        return Decision.SEARCH_AGAIN if desk.context.policy.search else Decision.RETUNE
    return Decision.RETUNE if fired or desk.context.expired else Decision.KEEP


def _must_roll_back(fired: list[str], desk: Desk) -> str | None:
    """Why the champion, on probation, gives its place back to the one before.

    It alerts more than promised, and more than the one before (where labels say what the alerts were worth, only false
    ones count); or the one before does steadily better on the incidents since.
    """
    bench, champion, before = desk.bench, desk.bench.champion, desk.bench.predecessor
    if before is None or champion.live_since is None:
        return None
    if bench.days(champion.live_since, len(bench.series)) > desk.context.policy.probation_days:
        return None
    counted = (False, True) if bench.labelled_since and not bench.told_all else (bench.labelled_since,)
    for labelled in counted:
        if RATES[labelled] in fired and (why := _alerts_more(champion, before, labelled, desk)):
            return why
    return _was_better(before, desk)


def _alerts_more(champion: LoadedDetector, before: LoadedDetector, labelled: bool, desk: Desk) -> str | None:
    now, then = (_alerts_since(each, labelled, desk) for each in (champion, before))
    if then >= now:
        desk.decide(before.id, "no better", f"it would have raised {then} alerts, and {champion.id} raised {now}")
        return None
    return f"{champion.id} raises more alerts than it promised: {now} since, where {before.id} would have raised {then}"


def _was_better(before: LoadedDetector, desk: Desk) -> str | None:
    bench, judge = desk.bench, desk.context.objective
    since = slice(bench.champion.live_since, bench.told)
    labels, flags = bench.labels[since], bench.flags(bench.champion)[since]
    incidents = len(runs(labels))
    if incidents < FEWEST_INCIDENTS:
        return None
    earlier = desk.score(before).flags[since]
    now, then = judge(labels, flags), judge(labels, earlier)
    if not then >= now + LEAST_GAIN or not steadily_better(labels, flags, earlier, judge):
        return None
    told = f"on {incidents} incidents since {bench.champion.id} came into service its objective is {now:.3f}"
    return f"{told}, where {before.id} would have {then:.3f}"


def _alerts_since(served: LoadedDetector, labelled: bool, desk: Desk) -> int:
    """Alerts on the new points; or, where labels say what they were worth, false ones on those newly labelled."""
    bench, flags = desk.bench, desk.score(served).flags
    return alerts(outside(bench.labels, flags)[bench.labelled] if labelled else flags[bench.since :])
