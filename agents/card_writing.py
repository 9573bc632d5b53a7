"""Card writing: a model reads the docstring and the source of a detector and says what it is good and bad at.

What comes out is a draft for a person to review: it says so itself, and is not used before.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pydantic
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from argosy.agents.models.replies import read_object
from argosy.agents.models.speaker import CallKey, Speaker
from argosy.detectors.cards.card import TAGS, Card, CardKind, first_fault
from argosy.prompts import render

MOST_RETRIES = 3
MOST_SOURCE_CHARS = 24_000
_QUOTED_CHARS = 4_000
_FROM_MODEL = ("summary", "standing", "strengths", "weaknesses")


@dataclass(frozen=True)
class UncardedDetector:
    """A detector without a card: what its code says of it."""

    name: str
    kind: CardKind
    source: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.source.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class NoCard:
    """Why none of the answers holds a card."""

    reasons: tuple[str, ...]


def write_card(speaker: Speaker, unknown: UncardedDetector, key: CallKey) -> Card | NoCard:
    """Asks for a card, three times more with what is wrong with the last. Raises what the speaker raises."""
    messages = _messages(unknown)
    asked: Sequence[BaseMessage] = messages
    reasons = list[str]()
    for attempt in range(1 + MOST_RETRIES):
        reply = speaker.ask(asked, replace(key, attempt=key.attempt + attempt))
        card = draft_card(read_object(reply.text), unknown, speaker.name)
        if isinstance(card, Card):
            return card
        reasons.append(card)
        again = render("shared", "again", reason=card, code=False)
        asked = [*messages, AIMessage(reply.text[:_QUOTED_CHARS] or "(nothing)"), HumanMessage(again)]
    return NoCard(tuple(reasons))


def draft_card(found: Mapping[str, object] | None, unknown: UncardedDetector, author: str) -> Card | str:
    """The unreviewed card that an answer holds, or what is wrong with it as a clause."""
    if found is None:
        return "it holds no JSON object that is whole"
    fields: dict[str, object] = {name: found[name] for name in _FROM_MODEL if name in found}
    own = {"name": unknown.name, "kind": unknown.kind, "reviewed": False, "written_by": author}
    try:
        return Card.model_validate({**fields, **own, "source_sha256": unknown.sha256})
    except pydantic.ValidationError as error:
        return first_fault(error)


def _messages(unknown: UncardedDetector) -> list[BaseMessage]:
    source = unknown.source[:MOST_SOURCE_CHARS].replace("```", "'''")
    user = render("card", "user", name=unknown.name, kind=unknown.kind.value, source=source)
    return [SystemMessage(render("card", "system", tags=TAGS[unknown.kind])), HumanMessage(user)]
