"""Certificates: candidates are examined before they can be accepted, and what was found is assembled at the end."""

from collections.abc import Callable, Mapping

from argosy.detectors.certificate import (
    Certificate,
    Examination,
    Run,
    Subject,
    evidence_by_part,
    examine,
    learned_by_heart,
)
from argosy.detectors.certificate.evidence import RuleBesideBase
from argosy.detectors.certificate.fingerprint import data_of, source_hash
from argosy.detectors.certificate.form import CheckKind, Data, Sensitivity
from argosy.detectors.certificate.sensitivity import beside_base
from argosy.detectors.rules.rule import rule_id
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.publication import FinalScores
from argosy.graphs.refine.state import Candidate, Failure, FailureKind, Stage, State
from argosy.sandbox.protocol import Evaluation, Input, Job, Outcome
from argosy.signals.arrays import Bools
from argosy.signals.series import Series

_KINDS: Mapping[CheckKind, FailureKind] = {
    CheckKind.CAUSALITY: "looked_ahead",
    CheckKind.CONTRACT: "broke",
    CheckKind.GROWTH: "timed_out",
}
"""What Repair is told; "refused" for the others."""


def examine_worthy(
    candidates: tuple[Candidate, ...], worthy: Callable[[Candidate], bool], node: RefineNodeContext
) -> tuple[Candidate, ...]:
    """Examines, at its tuned numbers, every assessed candidate that the gates would let through.

    What is refused goes to Repair; a candidate that was not examined is not accepted.
    """

    def one(candidate: Candidate) -> Candidate:
        if candidate.stage is not Stage.ASSESSED or not worthy(candidate):
            return candidate
        return _examined(candidate, node)

    return tuple(node.side_by_side(one, candidates, lambda candidate: candidate))


def _examined(candidate: Candidate, node: RefineNodeContext) -> Candidate:
    data, name = node.data, _identity(candidate)
    if name not in data.examinations:
        subject = Subject.of(candidate.source, candidate.params, candidate.direction, data.known, data.known_labels)
        run = _running(f"examine {candidate.id}", node)
        data.examinations[name] = examine(subject, run, data.rule_scores[candidate.id])
    found = data.examinations[name]
    if not found.refusals:
        node.decide(candidate.id, "examined", "nothing speaks against it", **_facts(found))
        return candidate
    refusal = min(found.refusals, key=lambda each: each.check is not CheckKind.CAUSALITY)
    failure = Failure(_KINDS.get(refusal.check, "refused"), refusal.why, first_index=refusal.first_index)
    node.decide(candidate.id, failure.kind, f"{refusal.check.value}: {refusal.why}", **_facts(found))
    return candidate.to(Stage.VETTED, failure=failure)


def _identity(candidate: Candidate) -> str:
    return rule_id(candidate.source, candidate.params, candidate.direction)


def _facts(found: Examination) -> dict[str, float | int | None]:
    return {
        "cuts": found.causality.cut if found.causality else None,
        "lookback_points": found.lookback.scores_points if found.lookback else None,
        "time_slope": found.growth.time_slope if found.growth else None,
        "points_per_s": found.growth.points_per_s if found.growth else None,
    }


def _running(purpose: str, node: RefineNodeContext) -> Run:
    def run(source: str, inputs: tuple[Input, ...], evaluations: tuple[Evaluation, ...]) -> tuple[Outcome, ...]:
        return node.run(purpose, Job(source, inputs, evaluations, node.settings.limits))

    return run


def examination_refusal(candidate: Candidate, node: RefineNodeContext) -> str | None:
    """Why the examination keeps a candidate from being accepted; None where it found nothing against it."""
    found = node.data.examinations.get(_identity(candidate))
    if found is None:
        return "it was not examined"
    return f"{found.refusals[0].check.value}: {found.refusals[0].why}" if found.refusals else None


def memorisation_refusal(candidate: Candidate, series: Series, labels: Bools, node: RefineNodeContext) -> str | None:
    """Why a rule is refused once the whole series is there: it knows dates or places of the last part by heart."""
    subject = Subject.of(candidate.source, candidate.params, candidate.direction, series, labels)
    found = learned_by_heart(subject, _running(f"lockbox {candidate.id} by heart", node))
    return f"{found[0].check.value}: {found[0].why}" if found else None


def certificates(state: State, node: RefineNodeContext, final: FinalScores) -> dict[str, Certificate]:
    """The certificates of all accepted rules by candidate id. The lockbox is in those of the fusion's rules only."""
    data = data_of(final.series, final.labels, node.data.splits)
    scores = {member.id: member.scores for member in final.members}

    def of(candidate: Candidate) -> RuleBesideBase:
        own = scores.get(candidate.id, node.data.rule_scores[candidate.id])
        return RuleBesideBase(candidate.direction, own, final.base, final.labels, node.context.objective)

    def whole(candidate: Candidate) -> Certificate:
        run = _running(f"certify {candidate.id}", node)
        moved = beside_base(candidate.source, candidate.params, node.data.known, of(candidate), run)
        return _certificate(candidate, of(candidate), moved, data, node)

    def made(candidate: Candidate) -> Certificate:
        return _certificate(candidate, of(candidate), (), data, node)

    found = node.side_by_side(whole, state["accepted"], made)
    return {candidate.id: each for candidate, each in zip(state["accepted"], found, strict=True)}


def _certificate(
    candidate: Candidate, measured: RuleBesideBase, moved: tuple[Sensitivity, ...], data: Data, node: RefineNodeContext
) -> Certificate:
    return Certificate(
        source_sha256=source_hash(candidate.source),
        direction=candidate.direction,
        params=dict(candidate.params),
        data=data,
        examination=node.data.examinations[_identity(candidate)],
        sensitivity=moved,
        evidence=evidence_by_part(measured, node.data.splits),
        lockbox_openings=node.data.lockbox.openings,
    )
