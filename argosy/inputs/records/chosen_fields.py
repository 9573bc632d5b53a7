"""Which fields of records are judged, which tell groups apart, and which are names, by what a person asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from argosy.inputs.quoting import shown
from argosy.signals.errors import BadInput
from argosy.signals.records import Field

_LISTED = 12


@dataclass(frozen=True)
class FieldChoice:
    """Names of fields, which may have `*` for anything; without `fields` all but those of `without` are taken."""

    group: str | None = None
    fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ChosenFields:
    """Records with the fields that are judged, their groups, and what was hidden, by name.

    `names` are those of the fields whose numbers stand for something else.
    """

    rows: Sequence[dict[str, Field]]
    groups: Sequence[str] | None
    hidden: Sequence[Mapping[str, Field]]
    names: frozenset[str]
    notes: tuple[str, ...]


def choose_fields(choice: FieldChoice, called: str, rows: Sequence[Mapping[str, Field]]) -> ChosenFields:
    """The chosen fields of records. Raises BadInput for a field that is nowhere, and where none is left."""
    there = list(dict.fromkeys(name for row in rows for name in row))
    group = _matching(choice.group, there, "--group", called)[0] if choice.group is not None else None
    fields = [name for text in choice.fields for name in _matching(text, there, "--fields", called)] or there
    without = {name for text in choice.without for name in _matching(text, there, "--without", called)} | {group}
    names = frozenset(name for text in choice.names for name in _matching(text, there, "--names", called))
    taken = dict.fromkeys(name for name in fields if name not in without)
    if not taken:
        raise BadInput(called, "no field is left to judge records by", "take fewer away, or name some with --fields")
    kept = [{name: _named(value, name in names) for name, value in row.items() if name in taken} for row in rows]
    hidden = [{name: value for name, value in row.items() if name not in taken} for row in rows]
    groups = None if group is None else ["" if row.get(group) is None else str(row[group]) for row in rows]
    notes: tuple[str, ...] = ()
    if group is not None and (lost := sum(row.get(group) is None for row in rows)):
        notes = (f"{lost} records have no {group}; they are a group of their own",)
    return ChosenFields(kept, groups, hidden, names, notes)


def _named(value: Field, is_name: bool) -> Field:
    return str(value) if is_name and value is not None else value


def _matching(text: str, there: Sequence[str], option: str, called: str) -> list[str]:
    found = [name for name in there if name == text] or [name for name in there if fnmatchcase(name, text)]
    if not found:
        known = ", ".join(map(shown, there[:_LISTED])) + (
            f" and {len(there) - _LISTED} more" if len(there) > _LISTED else ""
        )
        raise BadInput(f"{option} {text}", f"{called} has no such field; there are {known}", "name one of them")
    return found
