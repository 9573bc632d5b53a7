"""Repair: mends a rule that is out of form, raises, returns the wrong thing, takes too long, or looks ahead."""

from langchain_core.messages import HumanMessage, SystemMessage

from agents.evidence import RepairEvidence
from agents.hints import hint
from agents.proposals import Proposal, ask_for_rule, evidence_block
from agents.speech import CallKey, Speaker
from prompts import render


def mend(speaker: Speaker, source: str, evidence: RepairEvidence, key: CallKey) -> Proposal:
    """Asks for the mended rule in a conversation of its own. Raises what the speaker raises."""
    source = source.strip("\n")
    told = hint(source, evidence.error, looked_ahead=evidence.failure == "looked_ahead")
    user = render(
        "repair", "user", source=source, evidence=evidence_block(evidence), lines=told.lines, advice=told.advice
    )
    return ask_for_rule(speaker, [SystemMessage(render("repair", "system")), HumanMessage(user)], key)
