"""Constrained decoding: the form of a reply as a grammar, for servers that can hold a model to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from argosy.agents.models.catalog import Grammar
from argosy.agents.models.speaker import Pattern, Task


@dataclass(frozen=True)
class Form:
    """What a reply may be: as a grammar of llama.cpp, and as a regular expression."""

    gbnf: str
    regex: str


_RULES = 'numbers ::= number ([ ]? "," [ ]? number)*\nnumber ::= [0-9] ([ ]? [0-9]){0,14}\n'
_NUMBERS = "[0-9]( ?[0-9]){0,14}( ?, ?[0-9]( ?[0-9]){0,14})*"

FORMS: Mapping[Task, Form] = {
    Pattern.FORECASTER: Form(f"root ::= numbers\n{_RULES}", _NUMBERS),
    Pattern.PROMPTER: Form(f'root ::= "none" | numbers\n{_RULES}', f"none|{_NUMBERS}"),
}
"""The tasks whose reply is a list of numbers; digits may be spaced."""


def fields(way: Grammar, form: Form) -> Mapping[str, Any]:
    """The fields of a request that hold the model to a form."""
    match way:
        case Grammar.NONE:
            return {}
        case Grammar.GBNF:
            return {"grammar": form.gbnf}
        case Grammar.GUIDED_REGEX:
            return {"guided_regex": form.regex}
        case Grammar.STRUCTURED_OUTPUTS:
            return {"structured_outputs": {"regex": form.regex}}
    assert_never(way)
