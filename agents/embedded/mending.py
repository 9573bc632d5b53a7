"""Mending rules that failed: its own are composed again from their recipe, others get the mends it knows."""

import ast
import re

from agents.embedded.grammar import compose
from agents.embedded.recipe import read
from agents.evidence import RepairEvidence


def mended(source: str, evidence: RepairEvidence) -> str | None:
    """The mended source, or None when no mend is known."""
    recipe = read(source)
    if recipe is not None:
        return compose(recipe)
    return _patched(source, evidence)


def _patched(source: str, evidence: RepairEvidence) -> str | None:
    changed = source
    if evidence.failure == "looked_ahead":
        changed = re.sub(r",\s*center\s*=\s*True", "", changed)
        changed = re.sub(r"\.(bfill|backfill)\(\)", "", changed)
        changed = re.sub(r"\.shift\(\s*-\s*(\w+)\s*\)", r".shift(\1)", changed)
    if changed == source or not _parses(changed):
        return None
    return changed


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True
