"""The tune node: searches the numbers of rules on training data, without a model."""

from collections.abc import Mapping, Sequence

from argosy.detectors.rules.rule import Number, read_rule
from argosy.detectors.rules.search import tune
from argosy.detectors.rules.yardstick import Yardstick
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.state import Candidate, Stage, State
from argosy.graphs.refine.study import current_scores
from argosy.graphs.refine.trial import as_failure
from argosy.sandbox.protocol import Ran
from argosy.signals.arrays import Floats
from argosy.signals.finite import finite_or_none


def tune_all(state: State, node: RefineNodeContext) -> State:
    """Searches the numbers of every clean candidate on training data, and scores the known part with the best ones."""
    scores = current_scores(state, state["direction"], node)[node.data.splits.train]
    yardstick = Yardstick.of(node.data.train_labels, scores, state["direction"], node.context.objective)

    def one(candidate: Candidate) -> Candidate:
        return _tuned(candidate, yardstick, node) if candidate.stage is Stage.CLEAN else candidate

    tuned = node.side_by_side(one, state["candidates"], lambda each: each.to(Stage.DROPPED))
    return {"candidates": tuple(tuned)}


def _tuned(candidate: Candidate, yardstick: Yardstick, node: RefineNodeContext) -> Candidate:
    data, settings = node.data, node.settings

    def evaluate(batch: Sequence[Mapping[str, Number]]) -> Sequence[Floats | None]:
        outcomes = node.call(f"tune {candidate.id}", candidate.source, data.train, batch)
        return [outcome.scores if isinstance(outcome, Ran) else None for outcome in outcomes]

    found = tune(read_rule(candidate.source), evaluate, yardstick, settings.evaluations, settings.seed)
    (outcome,) = node.call(f"score {candidate.id}", candidate.source, data.known, [found.params])
    if not isinstance(outcome, Ran):
        failure = as_failure(outcome, "the training and validation parts")
        node.decide(candidate.id, Stage.DROPPED, failure.error if failure else "")
        return candidate.to(Stage.DROPPED)
    data.rule_scores[candidate.id] = outcome.scores
    node.decide(
        candidate.id,
        Stage.TUNED,
        f"{found.evaluations} evaluations on training data; steady is the mean over thresholds nearby",
        steady_objective=finite_or_none(found.value, 6),
        **{f"param_{name}": value for name, value in found.params.items()},
    )
    return candidate.to(Stage.TUNED, params=found.params)
