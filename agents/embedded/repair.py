"""Mending rules that failed: its own are composed again from their recipe, others get the mends it knows.

A mend is plain in what it does: later points are no longer used, too short a series gets no opinion, points that a
difference or a valid convolution lost at the front get no opinion. Where none applies, it says so.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from argosy.agents.embedded.grammar import compose
from argosy.agents.embedded.recipe import Recipe, Timing, read_recipe
from argosy.agents.rules.evidence import RepairEvidence
from argosy.sandbox.parsing import parse

_GUARD_POINTS = 32

_BACKWARD: tuple[tuple[str, str], ...] = (
    (r",\s*center\s*=\s*True", ""),
    (r"\.(bfill|backfill)\(\)", ".ffill()"),
    (r"\.shift\(\s*-\s*(\w+)\s*\)", r".shift(\1)"),
    (r"\.interpolate\([^()]*\)", ".ffill()"),
    (r"np\.gradient\((\w+)\)", r"np.diff(\1, prepend=np.nan)"),
    (r"np\.(?:nan)?(mean|std|median|max|min)\((\w+)\)", r"pd.Series(\2).expanding().\1().to_numpy()"),
    (r"\b(values|x|s|series)\.(mean|std|median|max|min)\(\)", r"pd.Series(\1).expanding().\2().to_numpy()"),
)
"""What looks ahead, and what the same thing looks like when it does not."""


def repair_rule(source: str, evidence: RepairEvidence) -> str | None:
    """The mended source, or None when no mend is known."""
    recipe = read_recipe(source)
    if recipe is not None:
        again = compose(recipe)
        return again if again != source.rstrip() + "\n" else _simpler(recipe)
    mend = _MENDS.get(evidence.failure)
    changed = mend(source) if mend else source
    return changed if changed != source and _parses(changed) else None


def _simpler(recipe: Recipe) -> str | None:
    """A rule of its own that fails as it was composed keeps its first clause alone."""
    plain = replace(recipe, clauses=recipe.clauses[:1], timing=Timing.AT_ONCE, hours=None)
    return compose(plain) if plain != recipe else None


def _backward(source: str) -> str:
    changed = source
    for pattern, instead in _BACKWARD:
        changed = re.sub(pattern, instead, changed)
    if changed != source and "pd." in changed and "import pandas" not in changed:
        changed = _with_import(changed, "import pandas as pd")
    return changed


def _guarded(source: str) -> str:
    """Keeps the rule as it is, and puts round it what every rule owes: one float score for each point."""
    if not _parses(source):
        return source
    renamed, count = re.subn(r"^def detect\(([^\n]*)\):", r"def _scores(\1):", source, flags=re.MULTILINE)
    if count != 1 or "_scores" in source:
        return source
    names = re.findall(r"(\w+)\s*(?=[,)])", re.search(r"def _scores(\(.*\)):", renamed)[1].partition("*")[2])  # type: ignore[index]
    passed = ", ".join(["values", "seconds", *(f"{name}={name}" for name in names)])
    signature = ", ".join(["values", "seconds", *(["*", *names] if names else [])])
    changed = renamed.rstrip() + (
        f"\n\n\ndef detect({signature}):\n"
        "    known = np.cumsum(np.isfinite(values))\n"
        f"    if known.max(initial=0) < {_GUARD_POINTS}:\n"
        "        return np.full(len(values), np.nan)\n"
        f"    scores = np.asarray(_scores({passed}), dtype=float)\n"
        "    missing = np.full(max(len(values) - len(scores), 0), np.nan)\n"
        f"    return np.where(known < {_GUARD_POINTS}, np.nan, np.concatenate((missing, scores)))\n"
    )
    return changed if "import numpy as np" in changed else _with_import(changed, "import numpy as np")


def _with_import(source: str, line: str) -> str:
    """The source with an import after its docstring."""
    tree = parse(source)
    lines = source.splitlines()
    at = (tree.body[0].end_lineno or 0) if ast.get_docstring(tree) is not None else 0
    return "\n".join([*lines[:at], line, *lines[at:]]) + "\n"


def _parses(source: str) -> bool:
    try:
        parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


_MENDS: dict[str, Callable[[str], str]] = {"looked_ahead": _backward, "broke": _guarded}
