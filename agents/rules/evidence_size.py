"""Keeps the evidence for Detection within a number of tokens, by leaving out what says least."""

from argosy.agents.rules.evidence import (
    DetectionEvidence,
    Exhibit,
    Pair,
    ReviewEvidence,
)

CHARACTERS_A_TOKEN = 1.75

_FEW_PAIRS, _FEW_TRIED, _MOST_TRIED = 3, 4, 15


def estimated_tokens(text: str) -> int:
    """About how many tokens a text of numbers costs."""
    return int(len(text) / CHARACTERS_A_TOKEN) + 1


def evidence_json(evidence: DetectionEvidence | ReviewEvidence) -> str:
    """The evidence as it stands in a prompt: compact JSON without what is absent."""
    return evidence.model_dump_json(exclude_none=True)


def fit_to_budget(evidence: DetectionEvidence, budget_tokens: int) -> DetectionEvidence:
    """Leaves out the samples of later exhibits, then pairs, tried summaries and parents, until it fits."""
    while estimated_tokens(evidence_json(evidence)) > budget_tokens:
        smaller = _smaller(evidence)
        if smaller is None:
            return evidence
        evidence = smaller
    return evidence


def _smaller(evidence: DetectionEvidence) -> DetectionEvidence | None:
    pairs = evidence.pairs
    sampled = [i for i, pair in enumerate(pairs) if pair.event.before]
    if len(sampled) > 2:
        bare = _bare(pairs[sampled[-1]])
        return evidence.model_copy(update={"pairs": (*pairs[: sampled[-1]], bare, *pairs[sampled[-1] + 1 :])})
    if len(evidence.parents) > 1:
        return evidence.model_copy(update={"parents": evidence.parents[:-1]})
    if len(evidence.tried) > _MOST_TRIED:
        return evidence.model_copy(update={"tried": evidence.tried[-_MOST_TRIED:]})
    if len(pairs) > _FEW_PAIRS:
        return evidence.model_copy(update={"pairs": pairs[:-1]})
    if len(evidence.tried) > _FEW_TRIED:
        return evidence.model_copy(update={"tried": evidence.tried[-_FEW_TRIED:]})
    if evidence.parents or evidence.tried:
        return evidence.model_copy(update={"parents": (), "tried": ()})
    return evidence.model_copy(update={"pairs": pairs[:-1]}) if len(pairs) > 1 else None


def _bare(pair: Pair) -> Pair:
    def without_samples(exhibit: Exhibit) -> Exhibit:
        return exhibit.model_copy(update={"before": (), "values": ()})

    like = None if pair.like is None else without_samples(pair.like)
    return Pair(event=without_samples(pair.event), like=like)
