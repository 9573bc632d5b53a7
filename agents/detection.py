"""Detection: writes a rule from events and their look-alikes."""

from langchain_core.messages import HumanMessage, SystemMessage

from agents.evidence import DetectionEvidence
from agents.proposals import Proposal, ask_for_rule, evidence_block
from agents.speech import CallKey, Speaker
from prompts import render


def propose(speaker: Speaker, evidence: DetectionEvidence, key: CallKey, feedback: str = "") -> Proposal:
    """Asks for one rule in a conversation of its own; `feedback` is what a reviewer said of the last one.

    Candidates count from 0; each is sent after another of the statistics that tell events best, so that they differ.

    Raises what the speaker raises. A model that twice answers without a usable rule is a value with its refusal.
    """
    user = render(
        "detection",
        "user",
        direction=evidence.direction,
        rank=evidence.candidate + 1,
        feedback=" ".join(feedback.replace("`", "'").split()),
        evidence=evidence_block(evidence),
    )
    return ask_for_rule(speaker, [SystemMessage(render("detection", "system")), HumanMessage(user)], key)
