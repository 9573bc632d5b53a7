"""Brings code that a model wrote to the form of a rule, where what it meant is clear."""

import ast

from argosy.agents.rules.form.arrays import give_series
from argosy.agents.rules.form.edits import Source
from argosy.agents.rules.form.layout import keep_definitions, name_detect
from argosy.agents.rules.form.names import add_docstring, drop_prints, mend_imports, strip_typing
from argosy.agents.rules.form.signature import take_keywords
from argosy.agents.rules.form.table import read_table
from argosy.detectors.rules.rule import RuleUnreadable, read_rule

MOST_NODES = 10_000
"""Syntax nodes of a reply's code, what stands beside the rule included; a rule of a fifth of that is refused later."""


def to_rule(code: str) -> str:
    """The source of a rule that `read_rule` accepts; as it was given, comments included, where nothing need change.

    Stray statements go, missing imports and a missing docstring come, `PARAMS["name"]` becomes a keyword, and an array
    on which methods of pandas are called a Series. Raises RuleUnreadable with the line and what to write instead, where
    it is not clear what was meant.
    """
    try:
        text = code
        for step in (_few_enough, name_detect, keep_definitions, strip_typing, drop_prints):
            text = step(Source.parse(text))
        table = read_table(Source.parse(text))
        text = take_keywords(Source.parse(text), table)
        for step in (give_series, mend_imports, add_docstring):
            text = step(Source.parse(text))
    except SyntaxError as error:
        raise RuleUnreadable(f"line {error.lineno or 1}: not Python: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise RuleUnreadable(f"not Python that can be read: {error}") from error
    read_rule(text)
    return text


def _few_enough(source: Source) -> str:
    """The code as it is, unless there is too much of it to be looked through."""
    nodes = sum(1 for _ in ast.walk(source.tree))
    if nodes > MOST_NODES:
        raise RuleUnreadable(f"the code has {nodes:,} syntax nodes; a rule is a few dozen lines")
    return source.text
