"""The trial node: does a rule keep its contract on awkward series, and does it look into the future?"""

import numpy as np

from argosy.detectors.certificate.edges import edge_cases
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.state import Candidate, Failure, Stage, State
from argosy.sandbox.protocol import Broke, Evaluation, Input, Job, Outcome, Ran, TimedOut, TooBig
from argosy.signals.arrays import Floats

SAMPLE_POINTS = 20_000
CUTS = 6
TOLERANCE = 1e-6


def trial(state: State, node: RefineNodeContext) -> State:
    """Runs every vetted candidate, with its default numbers, on edge cases and on prefixes of a training sample."""

    def one(candidate: Candidate) -> Candidate:
        if candidate.stage is not Stage.VETTED or candidate.failure:
            return candidate
        failure = try_rule(candidate, node)
        if failure is None:
            return candidate.to(Stage.CLEAN)
        node.decide(candidate.id, failure.kind, failure.error)
        return candidate.to(Stage.VETTED, failure=failure)

    return {"candidates": tuple(node.side_by_side(one, state["candidates"], lambda c: c.to(Stage.DROPPED)))}


def try_rule(candidate: Candidate, node: RefineNodeContext) -> Failure | None:
    """The first thing that is wrong with a candidate at its default numbers, or None."""
    params = dict(candidate.params)
    sample = node.data.train.part(0, min(SAMPLE_POINTS, len(node.data.train)))
    edges = edge_cases(sample.values, sample.seconds, sample.step_s)
    stops = cut_points(len(sample), node.settings.seed)
    whole = len(edges)
    evaluations = [Evaluation(params, input=i) for i in range(len(edges))]
    evaluations += [Evaluation(params, input=whole), Evaluation(params, input=whole)]
    evaluations += [Evaluation(params, input=whole, stop=stop) for stop in stops]
    inputs = (*(edge.input for edge in edges), Input(sample.values, sample.seconds))
    job = Job(candidate.source, inputs, tuple(evaluations), node.settings.trial_limits)
    outcomes = node.run(f"trial {candidate.id}", job)
    names = [edge.name for edge in edges] + ["a training sample"] * (len(evaluations) - len(edges))
    for name, outcome in zip(names, outcomes, strict=True):
        failure = as_failure(outcome, name)
        if failure:
            return failure
    scores = [outcome.scores for outcome in outcomes[whole:] if isinstance(outcome, Ran)]
    return _unfaithful(scores[0], scores[1]) or _looked_ahead(scores[0], scores[2:])


def cut_points(points: int, seed: int) -> list[int]:
    """Where the sample is cut to see whether later points change earlier scores."""
    if points < 4:
        return []
    rng = np.random.default_rng(seed)
    return sorted({points - 1, *rng.integers(points // 8 + 1, points - 1, CUTS).tolist()})


def as_failure(outcome: Outcome, name: str) -> Failure | None:
    """The failure for Repair, from an outcome that is not clean; None for a clean one."""
    match outcome:
        case Ran():
            return None
        case Broke(error, traceback):
            return Failure("broke", f"on {name}: {error}", traceback)
        case TimedOut(limit_s):
            return Failure("timed_out", f"on {name}: not done within {limit_s:g} s")
        case TooBig(what, limit):
            return Failure("too_big", f"on {name}: more {what} than {limit}")


def _unfaithful(first: Floats, second: Floats) -> Failure | None:
    if np.array_equal(first, second, equal_nan=True):
        return None
    return Failure("broke", "two runs on the same data gave different scores; use no randomness, clock or memory")


def _looked_ahead(whole: Floats, prefixes: list[Floats]) -> Failure | None:
    for prefix in prefixes:
        before = whole[: len(prefix)]
        same = np.isclose(prefix, before, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        if not same.all():
            index = int(np.flatnonzero(~same)[0])
            error = (
                f"the score at index {index} is {before[index]:.6g} on the whole series, "
                f"but {prefix[index]:.6g} when the series ends after {len(prefix)} points: it used later points"
            )
            return Failure("looked_ahead", error, first_index=index)
    return None
