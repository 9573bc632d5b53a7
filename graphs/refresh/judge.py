"""The nodes that judge a challenger beside its champion, by code alone."""

from dataclasses import dataclass

import numpy as np

from argosy.detectors.drift.counts import outside
from argosy.eval.objective import Objective
from argosy.graphs.recording.node_context import Fact
from argosy.graphs.refresh.context import Policy, RefreshNodeContext
from argosy.graphs.refresh.data import FEWEST_INCIDENTS, LoadedDetector, alert_count, incidents_found
from argosy.graphs.refresh.state import State
from argosy.signals.arrays import Bools
from argosy.signals.finite import finite_or_none

WAIT, PASS, FAIL = "wait", "pass", "fail"
LEAST_GAIN = 0.005
"""By how much a challenger's objective on fresh labels must be better."""

PARTS = 5
"""And it must be better whichever of so many equal stretches is left out: what hangs on one of them may be chance."""

PATIENCE = 4
"""What few incidents or one stretch would decide waits for more points, up to so many times the challenger's span."""


@dataclass(frozen=True)
class ComparedFigures:
    """Champion and challenger on the same points: alerts, false alerts, incidents found, and the objective.

    Pairs are (champion, challenger); all but alerts are of those points of which somebody said what they are. `lost`
    are labelled incidents of the whole series that only the champion finds. `steady`: whether the challenger is better
    whichever stretch is left out.
    """

    points: int
    days: float
    incidents: int
    alerts: tuple[int, int]
    false_alerts: tuple[int, int]
    found: tuple[int, int]
    objective: tuple[float, float]
    steady: bool
    lost: int
    unseen: bool
    labelled: bool

    def facts(self) -> dict[str, Fact]:
        """As they are recorded."""
        names = ("champion", "challenger")
        pairs = {
            f"{name}_{what}": value
            for what in ("alerts", "false_alerts", "found", "objective")
            for name, value in zip(names, getattr(self, what), strict=True)
        }
        known: dict[str, Fact] = {name: finite_or_none(value) for name, value in pairs.items()}
        return known | {
            "shadow_points": self.points,
            "shadow_days": round(self.days, 3),
            "incidents": self.incidents,
            "steadily_better": self.steady,
            "lost_known_incidents": self.lost,
            "unseen": self.unseen,
            "labelled": self.labelled,
        }


def shadow(_state: State, node: RefreshNodeContext) -> State:
    """Scores the points that the challenger was not made on with both; without a span to wait for, those it was."""
    seen = _beside(node)
    facts = seen.facts()
    where = f"{seen.points:,} points, {seen.days:.1f} days" + ("" if seen.unseen else ", which it was made on")
    node.decide("shadow", "beside the champion", where, **facts)
    return {"facts": facts}


def _beside(node: RefreshNodeContext) -> ComparedFigures:
    data, champion, challenger = node.data, node.data.champion, _challenger(node)
    unseen = not spans_nothing(node)
    start = challenger.made_until if unseen else data.labelled.start
    labels = data.labels[start : data.labelled_until]
    flags = [node.score(each).flags for each in (champion, challenger)]
    here = [each[start : data.labelled_until] for each in flags]
    alone = [outside(labels, each) for each in here]
    judge = node.context.objective
    hits = [incidents_found(labels, each) for each in here]
    ever = [incidents_found(data.labels, each) for each in flags]
    return ComparedFigures(
        points=len(data.series) - start,
        days=data.days(start, len(data.series)),
        incidents=len(hits[0]),
        alerts=(alert_count(flags[0][start:]), alert_count(flags[1][start:])),
        false_alerts=(alert_count(alone[0]), alert_count(alone[1])),
        found=(int(hits[0].sum()), int(hits[1].sum())),
        objective=(judge(labels, here[0]), judge(labels, here[1])),
        steady=steadily_better(labels, here[0], here[1], judge),
        lost=int((ever[0] & ~ever[1]).sum()),
        unseen=unseen,
        labelled=len(labels) > 0 and (data.labelled_to_end or bool(labels.any())),
    )


def steadily_better(labels: Bools, before: Bools, after: Bools, judge: Objective) -> bool:
    """Whether `after` is better than `before` whichever of `PARTS` equal stretches is left out; all of shape (n,).

    Where no incident is left then, it must not raise more false alerts.
    """
    if not len(labels):
        return False
    part_of = np.arange(len(labels)) * PARTS // len(labels)
    return all(_better(labels[kept], before[kept], after[kept], judge) for kept in (part_of != k for k in range(PARTS)))


def _better(labels: Bools, before: Bools, after: Bools, judge: Objective) -> bool:
    if labels.any():
        return judge(labels, after) > judge(labels, before)
    return alert_count(after) <= alert_count(before)


def _challenger(node: RefreshNodeContext) -> LoadedDetector:
    if node.data.challenger is None:
        raise RuntimeError("there is no challenger")
    return node.data.challenger


def spans_nothing(node: RefreshNodeContext) -> bool:
    """Whether a challenger is to be judged at once."""
    policy = node.context.policy
    return not policy.shadow_points and not policy.shadow_days


def gate(state: State, node: RefreshNodeContext) -> State:
    """Lets the challenger pass, refuses it, or waits for more points. No opinion overrules it."""
    verdict, why = gate_verdict(state["facts"], node)
    node.decide(str(state["challenger"]), verdict, why)
    return {"verdict": verdict, "why": f"{state['why']}; {why}"}


def gate_verdict(facts: dict[str, Fact], node: RefreshNodeContext) -> tuple[str, str]:
    """The verdict and why."""
    policy = node.context.policy
    points, days = _number(facts["shadow_points"]), _number(facts["shadow_days"])
    if not _lasted(1, points, days, policy):
        spans = [f"{policy.shadow_points:,} points"] if policy.shadow_points else []
        spans += [f"{policy.shadow_days:g} days"] if policy.shadow_days else []
        return WAIT, f"{points:,.0f} points and {days:.1f} days in shadow, of {' and '.join(spans)}"
    if not (facts["labelled"] and facts["incidents"]):
        return _by_alerts(facts)
    return _by_labels(facts, _lasted(PATIENCE, points, days, policy))


def _lasted(times: int, points: float, days: float, policy: Policy) -> bool:
    return points >= times * (policy.shadow_points or 0) and days >= times * (policy.shadow_days or 0.0)


def _by_labels(facts: dict[str, Fact], enough: bool) -> tuple[str, str]:
    """`enough`: whether no more points are waited for."""
    before, after = _number(facts["champion_objective"]), _number(facts["challenger_objective"])
    told = f"objective on {facts['incidents']} fresh incidents {after:.3f} against {before:.3f}"
    if not enough and _number(facts["incidents"]) < FEWEST_INCIDENTS:
        return WAIT, f"{told}: {FEWEST_INCIDENTS} incidents are waited for, up to {PATIENCE} times its span"
    if not after >= before + LEAST_GAIN:
        return FAIL, f"{told}: not better by {LEAST_GAIN:g}"
    if facts["steadily_better"]:
        return PASS, told
    hangs = f"{told}: it hangs on one fifth of these points and may be chance"
    return (FAIL, hangs) if enough else (WAIT, f"{hangs}; more are waited for, up to {PATIENCE} times its span")


def _by_alerts(facts: dict[str, Fact]) -> tuple[str, str]:
    kind = "false_alerts" if facts["labelled"] else "alerts"
    before, after = _number(facts[f"champion_{kind}"]), _number(facts[f"challenger_{kind}"])
    lost = _number(facts["lost_known_incidents"])
    told = f"{after:.0f} {kind.replace('_', ' ')} against {before:.0f}, {lost:.0f} known incidents lost"
    if after < before and not lost:
        return PASS, told
    return FAIL, f"{told}: fewer alerts at no lost incident are needed where no fresh incident is labelled"


def _number(fact: Fact) -> float:
    return float(fact) if isinstance(fact, int | float) else float("nan")
