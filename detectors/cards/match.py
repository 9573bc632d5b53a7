"""How well cards match a profile, by arithmetic over tags, and what past results on similar profiles add to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from argosy.detectors.cards.card import Card

PAST_WEIGHT = 10.0
"""A detector that was better than the mean of its rivals by .1 on profiles like this one gains a point."""

MOST_PAST = 8
"""So many of the most similar past profiles are looked at."""

FIRM_AFTER = 3.0
"""Past results count half once similar profiles add up to so much: one result alone says little."""

_LEAST_LIKENESS = 0.2


@dataclass(frozen=True)
class PastResult:
    """What detectors reached on one earlier subject: figures by name, higher is better, all of the same metric.

    Where one of them was `chosen` by them, `held` is what it reached on data that came later.
    """

    subject: str
    tags: tuple[str, ...]
    reached: Mapping[str, float]
    chosen: str = ""
    held: float | None = None


@dataclass(frozen=True)
class SimilarResult:
    """A record and how much its tags have in common with those that were asked about, from 0 to 1."""

    record: PastResult
    likeness: float


@dataclass(frozen=True)
class Match:
    """How well one card matches. `points` are those of the card alone, `score` adds what the past says.

    `reasons` are sentences, what counts most first.
    """

    name: str
    score: float
    points: float
    reasons: tuple[str, ...]
    card: Card


def nearest_results(
    tags: Collection[str], records: Sequence[PastResult], most: int = MOST_PAST
) -> tuple[SimilarResult, ...]:
    """The records most like the tags (Jaccard), the likest first, then as they came; those unlike them are left out."""
    wanted = set(tags)
    likes = [SimilarResult(record, _likeness(wanted, set(record.tags))) for record in records]
    kept = [like for like in likes if like.likeness >= _LEAST_LIKENESS]
    return tuple(sorted(kept, key=lambda like: -like.likeness)[:most])


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def rank_cards(cards: Sequence[Card], tags: Collection[str], past: Sequence[PastResult] = ()) -> tuple[Match, ...]:
    """All cards, the best match first; of equal ones the order of the cards decides."""
    likes = nearest_results(tags, past)
    found = [_match(card, tags, likes) for card in cards]
    return tuple(sorted(found, key=lambda match: -match.score))


def _match(card: Card, tags: Collection[str], likes: Sequence[SimilarResult]) -> Match:
    told: list[tuple[float, str]] = [(0.0, f"standing {card.standing:g}: {card.summary.rstrip('.')}")]
    for sign, side in ((1.0, card.strengths), (-1.0, card.weaknesses)):
        told += [(sign * point.weight, f"{tag}: {point.why}") for tag, point in side.items() if tag in tags]
    points = card.standing + sum(value for value, _ in told)
    gained, sentence = _from_past(card.name, likes)
    reasons = [f"{value:+g} {text}" if value else text for value, text in sorted(told, key=lambda each: -abs(each[0]))]
    if sentence:
        reasons.append(f"{gained:+.2f} {sentence}")
    return Match(card.name, points + gained, points, tuple(reasons), card)


def _from_past(name: str, likes: Sequence[SimilarResult]) -> tuple[float, str]:
    """What a detector was better by than the others that were tried on similar subjects, shrunk towards 0."""
    weights, gains = [], []
    for like in likes:
        reached = like.record.reached
        others = [value for other, value in reached.items() if other != name]
        if name in reached and others:
            weights.append(like.likeness)
            gains.append(reached[name] - sum(others) / len(others))
    if not weights:
        return 0.0, ""
    total = sum(weights)
    mean = sum(weight * gain for weight, gain in zip(weights, gains, strict=True)) / total
    points = PAST_WEIGHT * mean * total / (total + FIRM_AFTER)
    return points, f"past: {mean:+.3f} beside the others on {len(weights)} similar subjects"
