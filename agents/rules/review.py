"""Review: an opinion on a rule that was measured."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from langchain_core.messages import HumanMessage, SystemMessage

from argosy.agents.models.ask_again import ask_again
from argosy.agents.models.replies import read_object
from argosy.agents.models.reply_form import JsonForm
from argosy.agents.models.speaker import CallKey, Reply, Speaker
from argosy.agents.rules.ask import evidence_block
from argosy.agents.rules.evidence import ReviewEvidence
from argosy.prompts import render


class ReviewDecision(StrEnum):
    """What should become of a rule."""

    ACCEPT = "accept"
    REVISE = "revise"
    REPAIR = "repair"
    DISCARD = "discard"


UNREADABLE_DECISION = ReviewDecision.ACCEPT
"""What an answer counts as that cannot be read. A ruling is an opinion: the gates that follow are code and decide."""

VERDICT_FORM = JsonForm(
    {
        "title": "verdict",
        "description": "What should become of the rule, and why.",
        "type": "object",
        "properties": {
            "verdict": {"type": "string", "enum": [ruling.value for ruling in ReviewDecision]},
            "reason": {"type": "string"},
            "feedback": {"type": "string"},
        },
        "required": ["verdict", "reason", "feedback"],
        "additionalProperties": False,
    }
)
"""The form of an answer, for servers that can be held to one."""

_WORDS: Mapping[str, ReviewDecision] = {
    **{ruling.value: ruling for ruling in ReviewDecision},
    "accepted": ReviewDecision.ACCEPT,
    "approve": ReviewDecision.ACCEPT,
    "approved": ReviewDecision.ACCEPT,
    "keep": ReviewDecision.ACCEPT,
    "revised": ReviewDecision.REVISE,
    "fix": ReviewDecision.REPAIR,
    "discarded": ReviewDecision.DISCARD,
    "reject": ReviewDecision.DISCARD,
    "rejected": ReviewDecision.DISCARD,
}
_TEXT_CHARS = 1_000


@dataclass(frozen=True)
class ReviewVerdict:
    """`feedback` says what to change; `reply` is the last answer, with the usage of all calls made for it."""

    decision: ReviewDecision
    reason: str
    feedback: str
    reply: Reply


def review(speaker: Speaker, source: str, evidence: ReviewEvidence, key: CallKey) -> ReviewVerdict:
    """Asks for a verdict, once more where it cannot be read, then counts it as `UNREADABLE_DECISION`.

    Uses `key.attempt` and the attempt after it. Raises what the speaker raises.
    """
    user = render(
        "review", "user", direction=evidence.direction, source=source.strip("\n"), evidence=evidence_block(evidence)
    )
    messages = [SystemMessage(render("review", "system")), HumanMessage(user)]
    first = speaker.ask(messages, key, VERDICT_FORM)
    verdict = read_verdict(first)
    if verdict is not None:
        return verdict
    reason = 'it holds no JSON object with a "verdict" of accept, revise, repair or discard'
    second = ask_again(speaker, messages, first, key, reason=reason, form=VERDICT_FORM)
    second = replace(second, usage=first.usage + second.usage)
    unread = ReviewVerdict(UNREADABLE_DECISION, "no verdict could be read; the gates decide", "", second)
    return read_verdict(second) or unread


def read_verdict(reply: Reply) -> ReviewVerdict | None:
    """The verdict in a reply: a JSON object, or failing that a line `verdict: WORD`, or a lone word."""
    found = read_object(reply.text) or {}
    fields = {name.strip().casefold(): value for name, value in found.items()}
    ruling = _WORDS.get(str(fields.get("verdict", fields.get("decision", ""))).strip(" .*").casefold())
    if ruling is not None:
        return ReviewVerdict(ruling, _text(fields.get("reason")), _text(fields.get("feedback")), reply)
    said = re.search(r'\bverdict\b["*\s]*[:=]["*\s]*(\w+)', reply.text, re.IGNORECASE)
    ruling = _WORDS.get((said.group(1) if said else reply.text.strip(" \n.*\"'`")).casefold())
    return None if ruling is None else ReviewVerdict(ruling, "", "", reply)


def _text(value: object) -> str:
    return " ".join(str(value).split())[:_TEXT_CHARS] if value else ""
