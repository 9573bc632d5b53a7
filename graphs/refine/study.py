"""The nodes before candidates: profile the series, fit its base, choose which failures to work on."""

from collections.abc import Mapping

from argosy.detectors.cards import Goal, series_tags
from argosy.detectors.fusion.fusion import fuse
from argosy.detectors.rules.rule import Direction
from argosy.detectors.rules.transfer import unit_of
from argosy.eval.splits import Part
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.library import library_is_enough, library_round
from argosy.graphs.refine.state import Candidate, Ending, Stage, State
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs
from argosy.signals.profile import profile


def study(_state: State, node: RefineNodeContext) -> State:
    """Profiles the training part."""
    data = node.data
    found = profile(data.train, data.train_labels)
    data.unit = unit_of(found, data.train.step_s)
    data.tags = series_tags(found, Goal.FLAG)
    node.decide(
        "series",
        "profiled",
        f"training points: {found.points:,}, incidents: {found.incidents:,}",
        points=found.points,
        missing=found.missing_share,
        period=found.periods[0] if found.periods else None,
        seasonality=found.seasonality,
    )
    return {"round": 0, "candidates": (), "archive": (), "accepted": (), "tried": (), "stalled": 0, "ending": None}


def fit_base(state: State, node: RefineNodeContext) -> State:
    """Fits the base on training data and measures it there and on validation."""
    context, data = node.context, node.data
    names = state.get("shortlist", ())
    made = context.make_base(data.known, data.known_labels, data.splits, context.objective, names)
    data.set_base(made.detector)
    data.reached = made.reached
    node.decide("base", made.detector.name, made.why)
    for part in (Part.TRAIN, Part.VALIDATION):
        where = data.splits.of(part)
        node.measured("base", part, data.known_labels[where], data.base_values[where])
    if not data.train_labels.any():
        node.decide("session", Ending.NO_INCIDENTS, "no incident in the training part: nothing to learn a rule from")
        return {"ending": Ending.NO_INCIDENTS}
    return {}


def choose_target(state: State, node: RefineNodeContext) -> State:
    """Picks what to work on: the direction in which the fusion so far has most to win on training data.

    The two bounds are what the objective would be if every missed incident were found, or every false alarm of the
    base taken back. A direction that just failed to yield anything gives way to the other one.
    """
    data, settings = node.data, node.settings
    number = state["round"] + 1
    flags = _fused_flags(state, node)
    promise = {direction: possible_gain(direction, flags, node) for direction in settings.directions}
    ranked = sorted(promise, key=lambda direction: -promise[direction])
    if state["stalled"] and len(ranked) > 1 and ranked[0] is state.get("direction") and promise[ranked[1]] > 0:
        ranked.reverse()
    direction = ranked[0]
    facts = {f"{each.value}_could_win": round(float(promise[each]), 4) for each in promise}
    if promise[direction] <= 0:
        node.decide(
            "session", Ending.NOTHING_LEFT, "the fusion makes no error on training data that a rule could mend", **facts
        )
        return {"ending": Ending.NOTHING_LEFT, "candidates": ()}
    if from_library := library_round(state, promise, node):
        return from_library
    if library_is_enough(state, promise):
        why = "stored rules brought most of the gain that was possible on training data, so no model is asked"
        node.decide("session", Ending.LIBRARY_ENOUGH, why, **facts)
        return {"ending": Ending.LIBRARY_ENOUGH, "candidates": ()}
    node.decide(f"round {number}", direction, _aim_sentence(promise, flags, data.train_labels), **facts)
    wanted = tuple(
        Candidate(f"c{number}.{i}", number, i, direction, Stage.WANTED) for i in range(1, settings.candidates + 1)
    )
    return {"round": number, "direction": direction, "candidates": wanted}


def _fused_flags(state: State, node: RefineNodeContext) -> Bools:
    data = node.data
    fused = fuse(data.base_values, [data.member(each) for each in state["accepted"]])
    return fused.flags[data.splits.train]


def possible_gain(direction: Direction, flags: Bools, node: RefineNodeContext) -> float:
    """What the training objective would gain on these flags, shape (train,), if rules of a direction were perfect."""
    labels, judge = node.data.train_labels, node.context.objective
    base_alarm = node.data.base_values[node.data.splits.train] >= 1.0
    match direction:
        case Direction.FLAG:
            best = flags | (labels & ~base_alarm)
        case Direction.CLEAR:
            best = flags & ~(base_alarm & ~labels)
    return float(judge(labels, best) - judge(labels, flags))


_MENDS: Mapping[Direction, str] = {
    Direction.FLAG: "with perfect rules that add alarms (flag)",
    Direction.CLEAR: "with perfect rules that take alarms back (clear)",
}


def _aim_sentence(promise: Mapping[Direction, float], flags: Bools, labels: Bools) -> str:
    events = runs(labels)
    missed = sum(not flags[start:stop].any() for start, stop in events)
    false_alerts = sum(not labels[start:stop].any() for start, stop in runs(flags))
    covered = (flags & labels).sum() / max(1, labels.sum())
    could = " and ".join(f"{_MENDS[each]} by {promise[each]:.2f}" for each in promise)
    return (
        f"on training data incidents missed: {missed} of {len(events)}, points of them flagged: {covered:.0%}, "
        f"false alerts: {false_alerts}; the objective, of at most 1, would rise {could}"
    )


def current_scores(state: State, direction: Direction, node: RefineNodeContext) -> Floats:
    """The scores on the known part that a rule of this direction is to improve, shape (n,).

    For a flag rule the base with everything accepted so far; a clear rule acts on the base's alarms alone, so for it
    the base with the accepted clear rules.
    """
    members = [
        node.data.member(each)
        for each in state["accepted"]
        if direction is Direction.FLAG or each.direction is Direction.CLEAR
    ]
    return fuse(node.data.base_values, members).values
