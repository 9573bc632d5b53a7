"""The texts of records as what they are: numbers and times, by forms that are learned field by field, or given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from argosy.inputs.records.field_cells import FieldCells
from argosy.inputs.records.field_forms import FieldForm, FieldKind, cells_as, learn_forms
from argosy.inputs.records.form_notes import form_notes, odd_notes
from argosy.inputs.records.moments import EXCEL, UNIX
from argosy.inputs.tables.reading import Reading
from argosy.inputs.tables.written_number import DECIMALS
from argosy.signals.errors import BadInput
from argosy.signals.records import Field


@dataclass(frozen=True, eq=False)
class TypedRows:
    """Records whose texts were read, the forms of their fields, and notes on what is to be known of it."""

    rows: Sequence[dict[str, Field]]
    forms: Mapping[str, FieldForm]
    notes: tuple[str, ...]


def typed_rows(
    rows: Sequence[dict[str, Field]],
    records: Sequence[int],
    names: Iterable[str],
    quoted: bool,
    reading: Reading,
    like: Mapping[str, FieldForm],
) -> TypedRows:
    """The rows with their texts as what they are, save those of the fields in `names`; fields in `like` by its forms.

    `records` are their numbers for a person; `quoted` as in `FieldCells`. Raises BadInput for a way of writing that no
    field has.
    """
    if reading.decimal not in (None, *DECIMALS):
        raise BadInput(f"--decimal {reading.decimal}", "is no decimal sign", "give , or .")
    kept = frozenset(names)
    all_names = dict.fromkeys(name for row in rows for name in row if name not in kept)
    fields = [FieldCells(name, [row.get(name) for row in rows], records, quoted) for name in all_names]
    new = [field for field in fields if field.name not in like]
    forms = {**like, **learn_forms(new, reading)}
    _check_times(reading.time_format, forms)
    odd: dict[str, tuple[FieldCells, Sequence[int]]] = {}
    notes = [*form_notes(new, forms, reading)]
    typed = [dict(row) for row in rows]
    for field in fields:
        cells, places, said = cells_as(field, forms[field.name])
        odd[field.name] = (field, places)
        notes += [f"{field.name} {each}" for each in said]
        for row, cell in zip(typed, cells, strict=True):
            if field.name in row:
                row[field.name] = cell
    return TypedRows(typed, forms, (*notes, *odd_notes(odd, forms)))


def _check_times(format: str | None, forms: Mapping[str, FieldForm]) -> None:
    kinds = {"unix": UNIX, "excel": EXCEL}
    times = [form.times for form in forms.values() if form.kind is FieldKind.TIME and form.times is not None]
    if format is not None and not any(each.format.startswith(kinds.get(format, format)) for each in times):
        problem = "no field has times that are written so"
        raise BadInput(f"--time-format {format!r}", problem, "write it as in '%d.%m.%Y %H:%M'")
