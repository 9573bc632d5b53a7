"""The tables on the page of `models.yaml`: what may stand in a row, and which rows come along."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib.resources import files
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from argosy.agents.models.catalog import ModelFacts, read_catalog
from argosy.documentation.tables import Table
from argosy.signals.errors import BadInput

PLACE = "argosy/models.yaml"

_FACT = re.compile(r"#   (?P<name>[a-z_]+) {2,}(?P<text>\S.*)|# {20,}(?P<more>\S.*)")
_DEFAULT = re.compile(r" \((?:none|[\d.]+)\)")
_TYPES = {str: "text", float: "number", int: "whole number"}


def tables() -> Mapping[str, Table]:
    """`facts` from the head of the packaged table, which must name each field, and `rows`. Raises BadInput."""
    text = (files("argosy") / "models.yaml").read_text("utf-8")
    meanings = _meanings(text)
    named, known = set(meanings), set(ModelFacts.model_fields)
    if named != known:
        raise BadInput(PLACE, f"its head and its fields differ in {', '.join(sorted(named ^ known))}", "name each once")
    facts = tuple(
        (f"`{name}`", _type(field.annotation), _default(field.default), meanings[name])
        for name, field in ModelFacts.model_fields.items()
    )
    rows = tuple(
        (f"`{pattern}`", ", ".join(f"{name}: {_default(value)}" for name, value in _given(row)))
        for pattern, row in read_catalog(text, PLACE).rows
    )
    return {
        "facts": Table(("fact", "type", "where no row names it", "what it is"), facts),
        "rows": Table(("model", "facts"), rows),
    }


def _meanings(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        match = _FACT.fullmatch(line.rstrip())
        if match and match["name"]:
            name = match["name"]
            found[name] = match["text"]
        elif match and name:
            found[name] += " " + match["more"]
        else:
            name = ""
    return {name: _DEFAULT.sub("", text, count=1) for name, text in found.items()}


def _given(row: ModelFacts) -> Iterator[tuple[str, object]]:
    return ((name, getattr(row, name)) for name in ModelFacts.model_fields if name in row.model_fields_set)


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        return _type(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return ", ".join(f"`{each.value}`" for each in annotation)
    parts = [each for each in get_args(annotation) if each is not NoneType]
    return _type(parts[0]) if parts else _TYPES[annotation]


def _default(value: object) -> str:
    if value is None:
        return "null"
    return f"`{value.value if isinstance(value, StrEnum) else value}`"
