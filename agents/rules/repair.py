"""Repair: mends a rule that is out of form, raises, returns the wrong thing, takes too long, or looks ahead."""

import ast
from dataclasses import replace

from langchain_core.messages import HumanMessage, SystemMessage

from argosy.agents.models.speaker import CallKey, Speaker
from argosy.agents.rules.ask import Proposal, ask_for_rule, evidence_block
from argosy.agents.rules.evidence import RepairEvidence
from argosy.agents.rules.form import to_rule
from argosy.agents.rules.hints import hint
from argosy.detectors.rules.rule import RuleUnreadable
from argosy.prompts import render
from argosy.sandbox.parsing import parse


def ask_for_repair(speaker: Speaker, source: str, evidence: RepairEvidence, key: CallKey) -> Proposal:
    """Asks for the mended rule in a conversation of its own. Raises what the speaker raises."""
    source = source.strip("\n")
    told = hint(source, evidence.error, looked_ahead=evidence.failure == "looked_ahead")
    user = render(
        "repair", "user", source=source, evidence=evidence_block(evidence), lines=told.lines, advice=told.advice
    )
    proposal = ask_for_rule(speaker, [SystemMessage(render("repair", "system")), HumanMessage(user)], key)
    whole = complete_draft(proposal.source or "", source) if proposal.refusal else None
    return proposal if whole is None else replace(proposal, source=whole, refusal="")


def complete_draft(draft: str, before: str) -> str | None:
    """A mended rule of which only the function was written, with docstring, imports and PARAMS of the one before.

    None where the draft has PARAMS of its own, or is no rule even so.
    """
    try:
        written, known = parse(draft), parse(before)
        if any(_assigns_params(node) for node in written.body):
            return None
        head: list[ast.stmt] = [node for node in known.body if isinstance(node, ast.Expr | ast.Import | ast.ImportFrom)]
        head += [node for node in known.body if _assigns_params(node)]
        return to_rule("\n".join([*map(ast.unparse, head), "", draft.strip("\n"), ""]))
    except (SyntaxError, ValueError, RecursionError, MemoryError, RuleUnreadable):
        return None


def _assigns_params(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id="PARAMS")]) | ast.AnnAssign(target=ast.Name(id="PARAMS")):
            return True
    return False
