"""The tables on the page of transcripts: one for the fields that all events share, and one for each kind."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from argosy.documentation.tables import Table, code
from argosy.graphs.recording.events import Event

_COLUMNS = ("field", "type", "default", "meaning")


def tables() -> Mapping[str, Table]:
    """By the kind of the event; `every event` has what all share."""
    kinds = {event.model_fields["kind"].default: event for event in get_args(get_args(Event)[0])}
    first = next(iter(kinds.values()))
    shared = {name for name in first.model_fields if all(name in each.model_fields for each in kinds.values())}
    common = {name: field for name, field in first.model_fields.items() if name in shared}
    own = {
        kind: Table(_COLUMNS, _rows({name: each for name, each in event.model_fields.items() if name not in shared}))
        for kind, event in kinds.items()
    }
    return {"every event": Table(_COLUMNS, _rows(common | {"kind": FieldInfo(annotation=str)})), **own}


def _rows(fields: Mapping[str, FieldInfo]) -> tuple[tuple[str | None, ...], ...]:
    return tuple(
        (f"`{name}`", _type(each.annotation), _default(each), each.description) for name, each in fields.items()
    )


def _type(annotation: Any) -> str:
    return code(_name(annotation))


def _name(annotation: Any) -> str:
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _name(arguments[0])
    if get_origin(annotation) in (Union, UnionType):
        return " | ".join(_name(each) for each in arguments)
    if annotation is NoneType:
        return "None"
    return (
        annotation.__name__
        if isinstance(annotation, type) and not arguments
        else str(annotation).removeprefix("typing.")
    )


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "empty"
    return "" if field.default is PydanticUndefined else code(repr(field.default))
