"""Selection: which of the detectors that match a profile to take, with a reason that weighs what speaks for each.

The shortlist and its points come from cards (`argosy.detectors.cards`); the model chooses within it, never outside,
and where nothing usable is said the best match stands.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from argosy.agents.models.replies import read_object
from argosy.agents.models.reply_form import JsonForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, Pattern, Reply, Speaker, Usage
from argosy.detectors.cards import Card, CardSelector, Goal, Kind, Match, Record, packaged_cards, series_tags
from argosy.detectors.cards.card import TAGS
from argosy.detectors.cards.match import nearest
from argosy.prompts import render
from argosy.signals.profile import Profile

MOST_RETRIES = 3
MOST_CALLS = 1 + MOST_RETRIES
"""A choice that cannot be read, or that names somebody else, is asked for three times more."""

MOST_SHOWN = 8
MOST_PAST_SHOWN = 5
MOST_PRACTICES_CHARS = 8_000
_REASON_CHARS = 1_000
_QUOTED_CHARS = 2_000

SELECTION_FORM = JsonForm(
    {
        "title": "selection",
        "description": "Which detector to take, which others are worth trying, and why.",
        "type": "object",
        "properties": {
            "choice": {"type": "string"},
            "others": {"type": "array", "items": {"type": "string"}},
            "reason": {"type": "string"},
        },
        "required": ["choice", "others", "reason"],
        "additionalProperties": False,
    }
)
"""The form of an answer, for servers that can be held to one."""


class Author(StrEnum):
    """Who made a choice."""

    MODEL = "model"
    STAND_IN = "embedded"
    CARDS = "cards"
    """Nobody was asked, or nothing usable was said: the best match of the cards stands."""


@dataclass(frozen=True)
class SelectionBrief:
    """What a choice is made from: the profile in plain numbers, the tags that hold, and the matches, the best first.

    `past` are results on other subjects, `practices` a team's own words; both join the prompt.
    """

    kind: Kind
    facts: Mapping[str, float | int | bool | Sequence[int]]
    tags: Sequence[str]
    matches: Sequence[Match]
    past: Sequence[Record] = ()
    practices: str = ""

    @property
    def shown(self) -> Sequence[Match]:
        """The shortlist that a model is shown, and that it chooses within."""
        return self.matches[:MOST_SHOWN]


@dataclass(frozen=True)
class Selection:
    """The names in order, the choice first, and why. `refused` says why earlier answers could not be used."""

    names: tuple[str, ...]
    reason: str
    author: Author
    refused: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)

    @property
    def choice(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class _Said:
    names: tuple[str, ...]
    reason: str


def select(speaker: Speaker, brief: SelectionBrief, key: CallKey) -> Selection:
    """Asks for a choice within the shortlist, up to `MOST_CALLS` times from `key.attempt` on.

    A budget that is spent leaves the best match. Raises ValueError when nothing is offered, and ModelUnavailable.
    """
    if not brief.matches:
        raise ValueError("nothing is offered to choose from")
    messages = _messages(brief)
    refused, usage = list[str](), Usage()
    asked: Sequence[BaseMessage] = messages
    for attempt in range(MOST_CALLS):
        try:
            reply = speaker.ask(asked, replace(key, attempt=key.attempt + attempt), SELECTION_FORM)
        except BudgetSpent as spent:
            refused.append(str(spent))
            break
        usage += reply.usage
        said = read_selection(reply, [match.name for match in brief.shown])
        if isinstance(said, _Said):
            author = Author.MODEL if speaker.is_language_model else Author.STAND_IN
            return Selection(_in_order(said.names, brief), said.reason, author, tuple(refused), usage)
        refused.append(said)
        again = render("shared", "again", reason=said, code=False)
        asked = [*messages, AIMessage(reply.text[:_QUOTED_CHARS] or "(nothing)"), HumanMessage(again)]
    return replace(by_cards(brief), refused=tuple(refused), usage=usage)


def by_cards(brief: SelectionBrief) -> Selection:
    """The matches as they stand, with the reasons of the best."""
    return Selection(
        tuple(match.name for match in brief.matches), selection_facts(brief.matches[0].reasons), Author.CARDS
    )


def selection_facts(reasons: Sequence[str]) -> str:
    """Reasons as one sentence."""
    return "; ".join(reasons)


def read_selection(reply: Reply, offered: Sequence[str]) -> _Said | str:
    """What a reply chooses among what is offered, or why it cannot be used, as a clause that the model is told."""
    found = read_object(reply.text)
    if found is None:
        return 'it holds no JSON object with "choice", "others" and "reason"'
    fields = {str(name).strip().casefold(): value for name, value in found.items()}
    names = {name.casefold(): name for name in offered}
    choice = names.get(_word(fields.get("choice")))
    if choice is None:
        said = str(fields.get("choice", "nothing"))[:60]
        return f"it chooses {said!r}; the candidates are {', '.join(offered)}"
    others = fields.get("others")
    listed = [names.get(_word(each)) for each in others] if isinstance(others, list) else []
    rest = [name for name in dict.fromkeys(listed) if name is not None and name != choice]
    reason = " ".join(str(fields.get("reason") or "").split())[:_REASON_CHARS]
    return _Said((choice, *rest), reason or "no reason was given")


def _word(value: object) -> str:
    return str(value).strip(" .*`\"'").casefold()


def _in_order(names: Sequence[str], brief: SelectionBrief) -> tuple[str, ...]:
    """What was named, then the other candidates by their match."""
    return tuple(dict.fromkeys([*names, *(match.name for match in brief.matches)]))


def _messages(brief: SelectionBrief) -> list[BaseMessage]:
    block = json.dumps(evidence(brief), ensure_ascii=False, allow_nan=False).replace("`", "\\u0060")
    practices = brief.practices[:MOST_PRACTICES_CHARS].replace("```", "'''").strip()
    user = render("selection", "user", evidence=block, kind=brief.kind.value, practices=practices)
    return [SystemMessage(render("selection", "system")), HumanMessage(user)]


def evidence(brief: SelectionBrief) -> dict[str, Any]:
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
            for like in nearest(brief.tags, brief.past, MOST_PAST_SHOWN)
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


def _outcome(record: Record) -> dict[str, Any]:
    """What was chosen then, and what it reached later, where that is known."""
    held = {} if record.held is None else {"reached_later": round(record.held, 4)}
    return {"chosen": record.chosen, **held} if record.chosen else {}


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4) if abs(value) < float("inf") else None
    return list(value)[:3] if isinstance(value, tuple | list) else value


@dataclass(eq=False)
class ModelSelector:
    """Ranks series detectors with a model's word on the shortlist; a `Selector`. What has no card comes last."""

    speaker: Speaker
    cards: Sequence[Card] = field(default_factory=lambda: packaged_cards(Kind.SERIES))
    past: Sequence[Record] = ()
    practices: str = ""
    goal: Goal = Goal.FLAG
    key: CallKey = field(default_factory=lambda: CallKey(Pattern.SELECTION, 1, 1))
    name: str = "selection"

    def select(self, profile: Profile, offered: Sequence[str]) -> Sequence[str]:
        """The names that are offered, the choice first. Raises ModelUnavailable."""
        brief = self.brief(profile, offered)
        if not brief.matches:
            return offered
        chosen = select(self.speaker, brief, self.key).names
        return (*chosen, *(name for name in offered if name not in chosen))

    def brief(self, profile: Profile, offered: Sequence[str]) -> SelectionBrief:
        """What the model is told of a series and of what is offered."""
        matches = CardSelector(self.cards, self.past, self.goal).matches(profile, offered)
        tags = series_tags(profile, self.goal)
        return SelectionBrief(Kind.SERIES, series_facts(profile), tags, matches, self.past, self.practices)


def series_facts(profile: Profile) -> dict[str, float | int | bool | Sequence[int]]:
    """What of a series' profile a selection is told: no name, no time of day, no value in its own unit."""
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
