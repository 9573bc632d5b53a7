"""The nodes of the detect graph: choose patterns, score with each, blend the scores, explain alerts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from argosy.agents.explanation import explain as explain_scene
from argosy.agents.explanation import scenes_of
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Pattern
from argosy.detectors.fusion.blend import blend
from argosy.graphs.detect.context import DetectNodeContext
from argosy.graphs.detect.state import PatternSummary, State
from argosy.signals.errors import BadInput
from argosy.signals.profile import profile
from argosy.signals.series import Series


def select(_state: State, node: DetectNodeContext) -> State:
    """Takes the patterns that were named; with a selector those of them that suit the series, the best first.

    A selector that cannot be asked, or that names nothing on offer, leaves all of them.
    """
    offered, make = node.settings.patterns, node.context.selector
    if make is None or not isinstance(node.data.signal, Series):
        return {"chosen": offered}
    series, labels, stop = node.data.signal, node.data.labels, node.data.learn_stop
    known = None if labels is None else labels[:stop]
    try:
        named = make(node.speaker).select(profile(series.part(0, stop), known), offered)
    except ModelUnavailable as error:
        node.decide("patterns", "all", f"no selection could be made: {error}")
        return {"chosen": offered}
    chosen = tuple(name for name in dict.fromkeys(named) if name in offered)[: node.settings.most_selected]
    node.decide("patterns", ", ".join(chosen) or "all", f"selected of {', '.join(offered)}")
    return {"chosen": chosen or offered}


def score(state: State, node: DetectNodeContext) -> State:
    """Has every chosen pattern judge the signal, some at once. One that cannot says why, and the others go on."""
    with ThreadPoolExecutor(max_workers=max(1, node.settings.workers)) as pool:
        heard = tuple(pool.map(lambda name: _heard(name, node), state["chosen"]))
    for each in heard:
        if each.failure:
            node.decide(each.pattern, "failed", each.failure)
        else:
            node.decide(each.pattern, "heard", "; ".join(each.notes), flagged=each.flagged, judged=each.judged)
    return {"heard": heard}


def _heard(name: str, node: DetectNodeContext) -> PatternSummary:
    """Runs one pattern under a span of its own, so that the transcript tells its calls apart."""
    row = node.context.rows[name]
    with node.step(name) as step:
        try:
            said = row.judge(node.data.signal, step.tools())
        except (ModelUnavailable, BadInput) as error:
            return PatternSummary(name, row.needs_model, failure=str(error))
    node.data.pattern_scores[name] = said
    judged = int(np.count_nonzero(~np.isnan(said.scores.values)))
    return PatternSummary(name, row.needs_model, int(said.scores.flags.sum()), judged, said.notes)


def fuse(state: State, node: DetectNodeContext) -> State:
    """Blends the scores of all patterns that gave some."""
    said = {each.pattern: node.data.pattern_scores[each.pattern].scores for each in state["heard"] if not each.failure}
    how = node.settings.how
    try:
        node.data.fused = blend(how, said, node.settings.weights)
    except ValueError as error:  # the patterns that weigh something are those that failed
        mend = "give other patterns a weight too"
        raise BadInput("--weights", f"none of the patterns that were heard counts ({error})", mend) from error
    flagged = int(node.data.fused.flags.sum())
    node.decide("fused", how.value, f"{flagged} flagged by {', '.join(said)}", flagged=flagged)
    return {"flagged": flagged}


def explain(_state: State, node: DetectNodeContext) -> State:
    """Says in words why alerts were raised, the first so many; where the model ends, so do the explanations."""
    signal, fused = node.data.signal, node.data.fused
    if not isinstance(signal, Series) or fused is None:
        return {"unexplained": "only alerts on series are explained; lines and records have the reasons of patterns"}
    scenes = scenes_of(signal, fused, "the patterns together", node.data.times_known)
    wanted, unexplained = scenes[: node.settings.explain], ""
    for number, scene in enumerate(wanted, start=1):
        try:
            explained = explain_scene(node.speaker, scene, CallKey(Pattern.EXPLANATION, number, 1))
        except ModelUnavailable as error:
            unexplained = _stopped(error, number, wanted)
            break
        node.data.explained[scene.start] = explained
        node.decide(f"alert at {scene.moment(scene.start)}", explained.status.value, explained.display_text)
    if unexplained:
        node.decide("explanation", "stopped", unexplained)
    return {"explained": len(node.data.explained), "unexplained": unexplained}


def _stopped(error: ModelUnavailable, number: int, wanted: Sequence[object]) -> str:
    what = "the budget is spent" if isinstance(error, BudgetSpent) else "the model cannot be asked"
    return f"{len(wanted) - number + 1} of {len(wanted)} alerts were not explained, as {what}: {error}"
