"""What a choice among detectors is made from, and how it stands in a prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from argosy.detectors.cards import CardKind, Match, PastResult
from argosy.detectors.cards.card import TAGS
from argosy.detectors.cards.match import nearest_results
from argosy.signals.profile import Profile

MOST_SHOWN = 8
MOST_PAST_SHOWN = 5


@dataclass(frozen=True)
class SelectionBrief:
    """What a choice is made from: the profile in plain numbers, the tags that hold, and the matches, the best first.

    `past` are results on other subjects, `practices` a team's own words; both join the prompt.
    """

    kind: CardKind
    facts: Mapping[str, float | int | bool | Sequence[int]]
    tags: Sequence[str]
    matches: Sequence[Match]
    past: Sequence[PastResult] = ()
    practices: str = ""

    @property
    def shown(self) -> Sequence[Match]:
        """The shortlist that a model is shown, and that it chooses within."""
        return self.matches[:MOST_SHOWN]


def selection_evidence(brief: SelectionBrief) -> dict[str, Any]:
    """The evidence block of a selection. Past subjects are nameless."""
    meanings = TAGS[brief.kind]
    names = {match.name for match in brief.shown}
    return {
        "v": 1,
        "kind": "selection",
        "subject": brief.kind.value,
        "profile": {name: _plain(value) for name, value in brief.facts.items()},
        "tags": {tag: meanings.get(tag, "") for tag in brief.tags},
        "candidates": [_candidate(match, brief.tags) for match in brief.shown],
        "past": [
            {
                "likeness": round(like.likeness, 3),
                "tags": list(like.record.tags),
                "reached": {name: round(value, 4) for name, value in like.record.reached.items() if name in names},
                **_outcome(like.record),
            }
            for like in nearest_results(brief.tags, brief.past, MOST_PAST_SHOWN)
        ],
    }


def _candidate(match: Match, tags: Sequence[str]) -> dict[str, Any]:
    card = match.card
    return {
        "name": match.name,
        "score": round(match.score, 3),
        "summary": card.summary,
        "reasons": list(match.reasons),
        "weaknesses_elsewhere": [point.why for tag, point in card.weaknesses.items() if tag not in tags],
        "reviewed": card.reviewed,
    }


def _outcome(record: PastResult) -> dict[str, Any]:
    """What was chosen then, and what it reached later, where that is known."""
    held = {} if record.held is None else {"reached_later": round(record.held, 4)}
    return {"chosen": record.chosen, **held} if record.chosen else {}


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4) if abs(value) < float("inf") else None
    return list(value)[:3] if isinstance(value, tuple | list) else value


def series_facts(profile: Profile) -> dict[str, float | int | bool | Sequence[int]]:
    """The part of a profile that enters the prompt: no name, no time of day, no value in its own unit."""
    scale = profile.scale
    return {
        "points": profile.points,
        "step_s": profile.step_s,
        "missing_share": profile.missing_share,
        "noise_in_spreads": profile.noise / scale,
        "reach_in_spreads": (profile.quantiles["max"] - profile.quantiles["min"]) / scale,
        "periods": profile.periods,
        "seasonality": profile.seasonality,
        "trend": profile.trend,
        "level_moves": profile.level_moves,
        "whole": profile.whole,
        "incidents": profile.incidents,
    }
