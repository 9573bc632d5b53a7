"""Selection: which of the detectors that match a profile to take, with a reason that weighs what speaks for each.

The shortlist and its points come from cards (`argosy.detectors.cards`); the model chooses within it, never outside,
and where nothing usable is said the best match stands.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from argosy.agents.models.replies import read_object
from argosy.agents.models.reply_form import JsonForm
from argosy.agents.models.speaker import BudgetSpent, CallKey, Reply, Speaker, Usage
from argosy.agents.selection_brief import SelectionBrief, selection_evidence
from argosy.prompts import render

MOST_RETRIES = 3
MOST_CALLS = 1 + MOST_RETRIES
"""A choice that cannot be read, or that names somebody else, is asked for three times more."""

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


class ChoiceAuthor(StrEnum):
    """Who made a choice."""

    MODEL = "model"
    STAND_IN = "embedded"
    CARDS = "cards"
    """Nobody was asked, or nothing usable was said: the best match of the cards stands."""


@dataclass(frozen=True)
class Selection:
    """The names in order, the choice first, and why. `refused` says why earlier answers could not be used."""

    names: tuple[str, ...]
    reason: str
    author: ChoiceAuthor
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
            author = ChoiceAuthor.MODEL if speaker.is_language_model else ChoiceAuthor.STAND_IN
            return Selection(_in_order(said.names, brief), said.reason, author, tuple(refused), usage)
        refused.append(said)
        again = render("shared", "again", reason=said, code=False)
        asked = [*messages, AIMessage(reply.text[:_QUOTED_CHARS] or "(nothing)"), HumanMessage(again)]
    return replace(by_cards(brief), refused=tuple(refused), usage=usage)


def by_cards(brief: SelectionBrief) -> Selection:
    """The matches as they stand, with the reasons of the best."""
    return Selection(
        tuple(match.name for match in brief.matches), selection_facts(brief.matches[0].reasons), ChoiceAuthor.CARDS
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
    block = json.dumps(selection_evidence(brief), ensure_ascii=False, allow_nan=False).replace("`", "\\u0060")
    practices = brief.practices[:MOST_PRACTICES_CHARS].replace("```", "'''").strip()
    user = render("selection", "user", evidence=block, kind=brief.kind.value, practices=practices)
    return [SystemMessage(render("selection", "system")), HumanMessage(user)]
