"""The nodes that write: propose asks for rules, vet reads them without running them, repair has them mended."""

from dataclasses import replace

from argosy.agents.models.speaker import BudgetSpent, CallKey, Role
from argosy.agents.rules.build_evidence import build_evidence
from argosy.agents.rules.detection import propose as ask_for_rule
from argosy.agents.rules.evidence import ParentRule, RepairEvidence
from argosy.agents.rules.repair import ask_for_repair
from argosy.detectors.rules.rule import RuleUnreadable, read_rule
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.state import Candidate, Ending, Failure, Stage, State
from argosy.graphs.refine.study import current_scores
from argosy.sandbox.vetting import vet as find_faults


def propose(state: State, node: RefineNodeContext) -> State:
    """Asks Detection for every candidate that is wanted or sent back with feedback, each in a fresh context."""
    train = node.data.splits.train
    scores = current_scores(state, state["direction"], node)[train]

    def one(candidate: Candidate) -> Candidate:
        if candidate.stage not in (Stage.WANTED, Stage.REVISED):
            return candidate
        data, settings = node.data, node.settings
        parents = (candidate,) if candidate.stage is Stage.REVISED else _parents(state, candidate)
        evidence = build_evidence(
            data.statistics,
            data.base.name if data.base else "given",
            scores,
            candidate.direction,
            round=candidate.round,
            candidate=candidate.number,
            candidates=settings.candidates,
            parents=tuple(_parent_rule(each) for each in parents),
            tried=state["tried"],
            budget_tokens=settings.prompt_tokens,
        )
        key = CallKey(Role.DETECTION, candidate.round, candidate.number, 10 * candidate.revisions)
        speaker = node.speaker(Role.DETECTION)
        try:
            proposal = ask_for_rule(speaker, evidence, key, feedback=candidate.feedback)
        except BudgetSpent as spent:
            return _out_of_budget(candidate, spent, node)
        if proposal.source is None:
            node.decide(candidate.id, Stage.DROPPED, f"the reply held no rule: {proposal.refusal}")
            return candidate.to(Stage.DROPPED)
        by_model = speaker.is_language_model or any(parent.language_model for parent in parents)
        shown = candidate.parents if candidate.stage is Stage.REVISED else tuple(parent.id for parent in parents)
        written = replace(candidate, source=proposal.source, parents=shown, language_model=by_model)
        return _drafted(written, proposal.refusal, node)

    return _next(node, node.side_by_side(one, state["candidates"], lambda candidate: candidate))


def _drafted(candidate: Candidate, refusal: str, node: RefineNodeContext) -> Candidate:
    """A candidate with a new source, for vetting; or for Repair, where the source could not be read as a rule."""
    if not refusal:
        return candidate.to(Stage.DRAFTED)
    node.decide(candidate.id, "unreadable", refusal)
    return candidate.to(Stage.VETTED, failure=Failure("unreadable", refusal))


def _parents(state: State, candidate: Candidate) -> tuple[Candidate, ...]:
    """The archived rule of the same direction that this candidate starts from; the first candidate starts afresh."""
    fit = [each for each in state["archive"] if each.direction is candidate.direction]
    if not fit or candidate.number == 1:
        return ()
    return (fit[(candidate.number - 2) % len(fit)],)


def _parent_rule(parent: Candidate) -> ParentRule:
    assessed = parent.assessment
    if assessed is None:
        raise ValueError(f"{parent.id} is in the archive without an assessment")
    numbers = {name: float(value) for name, value in parent.params.items()}
    validation = assessed.validation if assessed.validation == assessed.validation else assessed.train
    return ParentRule(
        id=parent.id,
        summary=read_rule(parent.source).summary,
        source=parent.source,
        params=numbers,
        train=round(assessed.train, 3),
        validation=round(validation, 3),
    )


def _out_of_budget(candidate: Candidate, spent: BudgetSpent, node: RefineNodeContext) -> Candidate:
    node.decide(candidate.id, Ending.BUDGET_SPENT, str(spent))
    return candidate.to(Stage.UNASKED)


def _next(node: RefineNodeContext, candidates: list[Candidate]) -> State:
    """The new state; it ends the search when a cap was hit or somebody asked to stop."""
    state: State = {"candidates": tuple(candidates)}
    stopping = node.stopping("the search")
    if any(each.stage is Stage.UNASKED for each in candidates):
        stopping = Ending.BUDGET_SPENT
    if stopping:
        node.decide("session", stopping, "no further rule is looked for; what is accepted stays")
        state["ending"] = stopping
    return state


def vet(state: State, node: RefineNodeContext) -> State:
    """Reads every drafted rule: its shape, and what the syntax tree shows to be out of bounds."""
    seen = {each.source for each in state["candidates"] if each.stage not in (Stage.DRAFTED, Stage.WANTED)}
    seen |= {each.source for each in (*state["archive"], *state["accepted"])}
    vetted = []
    for candidate in state["candidates"]:
        if candidate.stage is Stage.DRAFTED:
            candidate = _vet(candidate, seen, node)
            seen.add(candidate.source)
        vetted.append(candidate)
    return {"candidates": tuple(vetted)}


def _vet(candidate: Candidate, seen: set[str], node: RefineNodeContext) -> Candidate:
    if candidate.source in seen:
        node.decide(candidate.id, Stage.DROPPED, "the same rule was tried before")
        return candidate.to(Stage.DROPPED)
    try:
        rule = read_rule(candidate.source)
    except RuleUnreadable as unreadable:
        node.decide(candidate.id, "unreadable", str(unreadable))
        return candidate.to(Stage.VETTED, failure=Failure("unreadable", str(unreadable)))
    faults = find_faults(candidate.source)
    if faults:
        said = "; ".join(map(str, faults[:3]))
        node.decide(candidate.id, "refused", said)
        return candidate.to(Stage.VETTED, failure=Failure("refused", said, line=faults[0].line))
    return candidate.to(Stage.VETTED, failure=None, params=rule.defaults)


def repair(state: State, node: RefineNodeContext) -> State:
    """Has Repair mend every candidate that failed, each in a fresh context; bounded by the count in the settings."""

    def one(candidate: Candidate) -> Candidate:
        if candidate.failure is None or candidate.stage is Stage.DROPPED:
            return candidate
        if candidate.ancestor is not None:
            node.decide(candidate.id, Stage.DROPPED, f"a stored rule is not mended: {candidate.failure.error}")
            return candidate.to(Stage.DROPPED)
        if candidate.repairs >= node.settings.max_repairs:
            node.decide(candidate.id, Stage.DROPPED, f"still failing after {candidate.repairs} repairs")
            return candidate.to(Stage.DROPPED)
        return _mended(candidate, candidate.failure, node)

    return _next(node, node.side_by_side(one, state["candidates"], lambda candidate: candidate.to(Stage.DROPPED)))


def _mended(candidate: Candidate, failure: Failure, node: RefineNodeContext) -> Candidate:
    evidence = RepairEvidence(
        direction=candidate.direction.value,
        failure=failure.kind,
        error=failure.error,
        traceback=failure.traceback,
        line=failure.line,
        first_index=failure.first_index,
    )
    attempt = 10 * candidate.revisions + 2 * candidate.repairs
    speaker = node.speaker(Role.REPAIR)
    key = CallKey(Role.REPAIR, candidate.round, candidate.number, attempt)
    try:
        proposal = ask_for_repair(speaker, candidate.source, evidence, key)
    except BudgetSpent as spent:
        return _out_of_budget(candidate, spent, node)
    tried = replace(candidate, repairs=candidate.repairs + 1)
    if proposal.source is None:
        node.decide(candidate.id, "not mended", proposal.refusal)
        return tried
    by_model = candidate.language_model or speaker.is_language_model
    mended = replace(tried, source=proposal.source, failure=None, language_model=by_model)
    return _drafted(mended, proposal.refusal, node)
