"""The form that a reply should have: sent to servers that can hold a model to it, words alone to the others."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class JsonForm:
    """A reply that is a JSON object; `schema` is its JSON Schema, whose title names it."""

    schema: Mapping[str, object]


@dataclass(frozen=True)
class TextForm:
    """A reply that is no JSON, as a grammar of llama.cpp (GBNF) and as a regular expression."""

    gbnf: str
    regex: str


ReplyForm = JsonForm | TextForm
