"""The first node: has the series drifted away from what its detector was made on?"""

from argosy.detectors.drift import DriftFinding, DriftInput, measure_drift
from argosy.detectors.drift.measure import OF_VALUES
from argosy.detectors.drift.onset import onset
from argosy.graphs.recording.node_context import Fact
from argosy.graphs.refresh.context import RefreshNodeContext
from argosy.graphs.refresh.data import RefreshData
from argosy.graphs.refresh.state import State, finding_json


def find_drift(_state: State, node: RefreshNodeContext) -> State:
    """Scores the series with the champion and measures every statistic of drift on the newer points."""
    data = node.data
    fresh = len(data.series) - data.since
    if not fresh and not data.labelled_since:
        why = "there is no point that an earlier look has not seen, and no label that is new"
        node.decide("data", "nothing new", why, until=data.known_until())
        return {"findings": [], "facts": {"new_points": 0}, "notes": [why]}
    node.score(data.champion)
    newer = _newer(node)
    found = [*measure_drift(newer), *_broken(node)]
    for each in found:
        verdict = "fired" if each.fired else "quiet" if each.value is not None else "not measured"
        node.decide(f"drift: {each.name}", verdict, each.why, value=each.value, threshold=each.threshold)
    if any(each.fired and each.name in OF_VALUES for each in found):
        data.onset = onset(newer)
        told = f"values are other ones since {len(data.series) - data.onset:,} points"
        node.decide("drift", "onset", told, index=data.onset, second=int(data.series.seconds[data.onset]))
    return {"findings": [finding_json(each) for each in found], "facts": _new(fresh, data)}


def _new(points: int, data: RefreshData) -> dict[str, Fact]:
    heard = data.labelled
    return {"new_points": points, "newly_labelled_points": max(0, heard.stop - heard.start)}


def _newer(node: RefreshNodeContext) -> DriftInput:
    data, champion = node.data, node.data.champion
    return DriftInput(
        series=data.series,
        labels=data.labels,
        flags=data.flags(champion),
        made_until=champion.made_until,
        since=data.since,
        reference=champion.reference,
        labelled_since=data.labelled_since,
        labelled=data.labelled,
    )


def _broken(node: RefreshNodeContext) -> tuple[DriftFinding, ...]:
    broken = node.data.broken
    why = f"rules that do not run on the newer points: {len(broken)} of {len(node.data.champion.rules)}"
    return (DriftFinding("broken_rules", float(len(broken)), 0.0, why),)
