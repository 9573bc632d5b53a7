"""The nodes that write: propose asks for rules, vet reads them without running them, repair has them mended."""

from dataclasses import replace

from argosy.agents.models.speaker import BudgetSpent, CallKey, Role
from argosy.agents.rules.build_evidence import build_evidence
from argosy.agents.rules.detection import propose as ask_for_rule
from argosy.agents.rules.evidence import ParentRule, RepairEvidence
from argosy.agents.rules.repair import mend
from argosy.detectors.rules.rule import RuleUnreadable, read_rule
from argosy.graphs.refine.context import Desk
from argosy.graphs.refine.state import Candidate, Ending, Failure, Stage, State
from argosy.graphs.refine.study import current_scores
from argosy.sandbox.vetting import vet as find_faults


def propose(state: State, desk: Desk) -> State:
    """Asks Detection for every candidate that is wanted or sent back with feedback, each in a fresh context."""
    train = desk.bench.splits.train
    scores = current_scores(state, state["direction"], desk)[train]

    def one(candidate: Candidate) -> Candidate:
        if candidate.stage not in (Stage.WANTED, Stage.REVISED):
            return candidate
        bench, settings = desk.bench, desk.settings
        parents = (candidate,) if candidate.stage is Stage.REVISED else _parents(state, candidate)
        evidence = build_evidence(
            bench.statistics,
            bench.base.name if bench.base else "given",
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
        speaker = desk.speaker(Role.DETECTION)
        try:
            proposal = ask_for_rule(speaker, evidence, key, feedback=candidate.feedback)
        except BudgetSpent as spent:
            return _out_of_budget(candidate, spent, desk)
        if proposal.source is None:
            desk.decide(candidate.id, Stage.DROPPED, f"the reply held no rule: {proposal.refusal}")
            return candidate.to(Stage.DROPPED)
        by_model = speaker.is_language_model or any(parent.language_model for parent in parents)
        shown = candidate.parents if candidate.stage is Stage.REVISED else tuple(parent.id for parent in parents)
        written = replace(candidate, source=proposal.source, parents=shown, language_model=by_model)
        return _drafted(written, proposal.refusal, desk)

    return _next(desk, desk.side_by_side(one, state["candidates"], lambda candidate: candidate))


def _drafted(candidate: Candidate, refusal: str, desk: Desk) -> Candidate:
    """A candidate with a new source, for vetting; or for Repair, where the source could not be read as a rule."""
    if not refusal:
        return candidate.to(Stage.DRAFTED)
    desk.decide(candidate.id, "unreadable", refusal)
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


def _out_of_budget(candidate: Candidate, spent: BudgetSpent, desk: Desk) -> Candidate:
    desk.decide(candidate.id, Ending.BUDGET_SPENT, str(spent))
    return candidate.to(Stage.UNASKED)


def _next(desk: Desk, candidates: list[Candidate]) -> State:
    """The new state; it ends the search when a cap was hit or somebody asked to stop."""
    state: State = {"candidates": tuple(candidates)}
    stopping = desk.stopping("the search")
    if any(each.stage is Stage.UNASKED for each in candidates):
        stopping = Ending.BUDGET_SPENT
    if stopping:
        desk.decide("session", stopping, "no further rule is looked for; what is accepted stays")
        state["ending"] = stopping
    return state


def vet(state: State, desk: Desk) -> State:
    """Reads every drafted rule: its shape, and what the syntax tree shows to be out of bounds."""
    seen = {each.source for each in state["candidates"] if each.stage not in (Stage.DRAFTED, Stage.WANTED)}
    seen |= {each.source for each in (*state["archive"], *state["accepted"])}
    vetted = []
    for candidate in state["candidates"]:
        if candidate.stage is Stage.DRAFTED:
            candidate = _vet(candidate, seen, desk)
            seen.add(candidate.source)
        vetted.append(candidate)
    return {"candidates": tuple(vetted)}


def _vet(candidate: Candidate, seen: set[str], desk: Desk) -> Candidate:
    if candidate.source in seen:
        desk.decide(candidate.id, Stage.DROPPED, "the same rule was tried before")
        return candidate.to(Stage.DROPPED)
    try:
        rule = read_rule(candidate.source)
    except RuleUnreadable as unreadable:
        desk.decide(candidate.id, "unreadable", str(unreadable))
        return candidate.to(Stage.VETTED, failure=Failure("unreadable", str(unreadable)))
    faults = find_faults(candidate.source)
    if faults:
        said = "; ".join(map(str, faults[:3]))
        desk.decide(candidate.id, "refused", said)
        return candidate.to(Stage.VETTED, failure=Failure("refused", said, line=faults[0].line))
    return candidate.to(Stage.VETTED, failure=None, params=rule.defaults)


def repair(state: State, desk: Desk) -> State:
    """Has Repair mend every candidate that failed, each in a fresh context; bounded by the count in the settings."""

    def one(candidate: Candidate) -> Candidate:
        if candidate.failure is None or candidate.stage is Stage.DROPPED:
            return candidate
        if candidate.ancestor is not None:
            desk.decide(candidate.id, Stage.DROPPED, f"a stored rule is not mended: {candidate.failure.error}")
            return candidate.to(Stage.DROPPED)
        if candidate.repairs >= desk.settings.max_repairs:
            desk.decide(candidate.id, Stage.DROPPED, f"still failing after {candidate.repairs} repairs")
            return candidate.to(Stage.DROPPED)
        return _mended(candidate, candidate.failure, desk)

    return _next(desk, desk.side_by_side(one, state["candidates"], lambda candidate: candidate.to(Stage.DROPPED)))


def _mended(candidate: Candidate, failure: Failure, desk: Desk) -> Candidate:
    evidence = RepairEvidence(
        direction=candidate.direction.value,
        failure=failure.kind,
        error=failure.error,
        traceback=failure.traceback,
        line=failure.line,
        first_index=failure.first_index,
    )
    attempt = 10 * candidate.revisions + 2 * candidate.repairs
    speaker = desk.speaker(Role.REPAIR)
    key = CallKey(Role.REPAIR, candidate.round, candidate.number, attempt)
    try:
        proposal = mend(speaker, candidate.source, evidence, key)
    except BudgetSpent as spent:
        return _out_of_budget(candidate, spent, desk)
    tried = replace(candidate, repairs=candidate.repairs + 1)
    if proposal.source is None:
        desk.decide(candidate.id, "not mended", proposal.refusal)
        return tried
    by_model = candidate.language_model or speaker.is_language_model
    mended = replace(tried, source=proposal.source, failure=None, language_model=by_model)
    return _drafted(mended, proposal.refusal, desk)
