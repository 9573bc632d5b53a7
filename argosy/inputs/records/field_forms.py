"""What the cells of a field hold: numbers, times, yes or no, or texts; learned from all of them, and read so."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from argosy.inputs.records.field_cells import FieldCells
from argosy.inputs.records.moments import TimeForm, said_form, time_form
from argosy.inputs.tables.number_column import NumberColumn, decimal_sign, read_number_column
from argosy.inputs.tables.reading import Reading
from argosy.inputs.tables.written_number import PLAIN, read_number
from argosy.signals.records import Field, Moment

MOST_OF_CELLS = 0.95
"""So many of a field's cells are numbers, or times, where it counts as such; the others are odd."""

FEWEST_WHOLE = 20
"""Whole numbers that are written as texts are names where a field has fewer different ones, else numbers."""

MOST_WORDS = 3
"""So few words that come back among at least as many numbers stand for missing ones, such as `n/v`."""

_MOST_MISSING = 0.5

FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class FieldKind(StrEnum):
    """What the cells of a field are."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True)
class FieldForm:
    """How a field is written: the decimal sign of its numbers, the words for missing ones, or the form of its times."""

    kind: FieldKind
    decimal: str = "."
    times: TimeForm | None = None
    missing: frozenset[str] = frozenset()


AS_TEXT = FieldForm(FieldKind.TEXT)


def learn_forms(fields: Sequence[FieldCells], reading: Reading) -> dict[str, FieldForm]:
    """The form of each field. Where a field's own numbers do not tell the decimal sign, those of the others do."""
    signs = {field.name: _own_sign(field) for field in fields}
    told = Counter(sign for sign in signs.values() if sign)
    usual = reading.decimal or (told.most_common(1)[0][0] if told else ".")
    return {field.name: _form(field, signs[field.name], usual, reading) for field in fields}


def _own_sign(field: FieldCells) -> str | None:
    sign = decimal_sign(field.written) if field.may_be_numbers else None
    return sign if sign and number_share(field, sign) >= MOST_OF_CELLS else None


def number_share(field: FieldCells, decimal: str) -> float:
    """How many of the cells are numbers, or texts that hold nothing but one."""
    if field.is_plain and decimal == ".":
        read = len(field.written)
    elif field.may_be_numbers:
        read = sum(value is not None for value in read_number_column(field.texts, decimal).values)
    else:
        read = 0
    return field.share(read + sum(is_number(cell) for cell in field.cells))


def is_number(cell: Field) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _form(field: FieldCells, own: str | None, usual: str, reading: Reading) -> FieldForm:
    texts = field.written
    if texts and not field.quoted and FLAGS.keys() >= field.different:
        return FieldForm(FieldKind.FLAG)
    times = _times(field, reading.time_format)
    if times is not None:
        return FieldForm(FieldKind.TIME, times=times)
    if not texts or _are_names(field):
        return AS_TEXT
    for sign in dict.fromkeys((reading.decimal, own, usual)):
        if sign is None:
            continue
        if number_share(field, sign) >= MOST_OF_CELLS:
            return FieldForm(FieldKind.NUMBER, sign)
        if field.may_be_numbers and (words := _missing_words(field, sign)):
            return FieldForm(FieldKind.NUMBER, sign, missing=words)
    return AS_TEXT


def _missing_words(field: FieldCells, decimal: str) -> frozenset[str]:
    """The few words that come back in a field which otherwise holds numbers, many different ones."""
    counts = Counter(field.written)
    words = Counter({text: count for text, count in counts.items() if read_number(text, decimal) is None})
    few = 0 < len(words) <= MOST_WORDS and min(words.values()) > 1
    different = len(counts) - len(words) >= FEWEST_WHOLE
    return frozenset(words) if few and different and field.share(words.total()) <= _MOST_MISSING else frozenset()


def _times(field: FieldCells, format: str | None) -> TimeForm | None:
    cells = [cell for cell in field.present if isinstance(cell, str | int | float) and not isinstance(cell, bool)]
    said = None if format is None else said_form(field.name, format, cells)
    for form in (said, time_form(field.name, cells)):
        if form is None:
            continue
        known = {cell: form.read(cell) is not None for cell in set(cells)}
        if cells and field.share(sum(known[cell] for cell in cells)) >= MOST_OF_CELLS:
            return form
    return None


def _are_names(field: FieldCells) -> bool:
    """Whether these are codes in quotes: few different whole numbers."""
    return are_whole(field) and len(field.different) < FEWEST_WHOLE


def are_whole(field: FieldCells) -> bool:
    """Whether somebody put whole numbers into quotes, most of a field's texts."""
    if not field.quoted or not field.written:
        return False
    whole = {text for text in field.different if PLAIN.fullmatch(text) and "." not in text}
    return sum(text in whole for text in field.written) >= MOST_OF_CELLS * len(field.written)


def cells_as(field: FieldCells, form: FieldForm) -> tuple[list[Field], Sequence[int], Sequence[str]]:
    """The cells by a form, the indices of those that it does not read, and notes on what was done to them."""
    return _READERS[form.kind](field, form)


def _as_they_are(field: FieldCells, form: FieldForm) -> tuple[list[Field], Sequence[int], Sequence[str]]:  # noqa: ARG001
    return list(field.cells), (), ()


def _as_flags(field: FieldCells, form: FieldForm) -> tuple[list[Field], Sequence[int], Sequence[str]]:  # noqa: ARG001
    cells = [FLAGS.get(cell, cell) if isinstance(cell, str) else cell for cell in field.cells]
    return _without_missing(field, cells), (), ()


def _as_numbers(field: FieldCells, form: FieldForm) -> tuple[list[Field], Sequence[int], Sequence[str]]:
    field = replace(field, missing=form.missing)
    whole = field.is_plain and not any("." in text for text in field.different)
    if field.is_plain and (whole or form.decimal == "."):
        column = NumberColumn(tuple(None if text is None else float(text) for text in field.texts), ())
    else:
        column = read_number_column(field.texts, form.decimal)
    cells: list[Field] = list(field.cells)
    for i, value in enumerate(column.values):
        if value is not None:
            cells[i] = int(field.texts[i] or 0) if whole else value
    others = [i for i, cell in enumerate(cells) if isinstance(cell, bool)]
    return _without_missing(field, cells), sorted([*column.odd, *others]), column.notes


def _as_times(field: FieldCells, form: FieldForm) -> tuple[list[Field], Sequence[int], Sequence[str]]:
    assert form.times is not None  # a form of times has them
    known: dict[str | int | float, Moment | None] = {}
    cells = list(field.cells)
    odd = []
    for i, cell in enumerate(field.cells):
        if isinstance(cell, Moment | None) or field.is_missing(cell):
            continue
        if cell not in known:
            known[cell] = form.times.read(cell)
        cells[i] = known[cell] or cell
        odd += [] if known[cell] else [i]
    return _without_missing(field, cells), odd, ()


def _without_missing(field: FieldCells, cells: Sequence[Field]) -> list[Field]:
    return [None if field.is_missing(cell) else cell for cell in cells]


_Reader = Callable[[FieldCells, FieldForm], tuple[list[Field], Sequence[int], Sequence[str]]]

_READERS: Mapping[FieldKind, _Reader] = {
    FieldKind.TEXT: _as_they_are,
    FieldKind.FLAG: _as_flags,
    FieldKind.NUMBER: _as_numbers,
    FieldKind.TIME: _as_times,
}
