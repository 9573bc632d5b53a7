"""Asks for a rule: once, and once more with the reason when the answer holds none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import BaseMessage

from argosy.agents.models.ask_again import ask_again
from argosy.agents.models.speaker import CallKey, Reply, Speaker
from argosy.agents.rules.evidence import DetectionEvidence, RepairEvidence, ReviewEvidence
from argosy.agents.rules.read_code import Code, NoCode, read_code


@dataclass(frozen=True)
class Proposal:
    """A rule's source, or None with the reason in `refusal`.

    A source with a `refusal` beside it is a draft that cannot be read as a rule yet: work for Repair.
    `reply` is the last answer; its usage is that of all calls made for this proposal.
    """

    source: str | None
    refusal: str
    reply: Reply


def ask_for_rule(speaker: Speaker, messages: Sequence[BaseMessage], key: CallKey) -> Proposal:
    """Uses `key.attempt`, and the attempt after it where the first answer holds no code at all."""
    first = _read(speaker.ask(messages, key))
    if first.source is not None:
        return first
    second = _read(ask_again(speaker, messages, first.reply, key, reason=first.refusal))
    return replace(second, reply=replace(second.reply, usage=first.reply.usage + second.reply.usage))


def evidence_block(evidence: DetectionEvidence | RepairEvidence | ReviewEvidence) -> str:
    """The evidence as compact JSON. Backticks are escaped, so that nothing in it can close the fence around it."""
    return evidence.model_dump_json(exclude_none=True).replace("`", "\\u0060")


def _read(reply: Reply) -> Proposal:
    match read_code(reply.text, cut=reply.cut):
        case Code(source=source):
            return Proposal(source, "", reply)
        case NoCode(reason=reason, draft=draft):
            return Proposal(draft or None, reason, reply)
