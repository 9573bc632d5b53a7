"""What a person is told of how fields were read: what could be read in two ways, what is odd, what is not compared."""

from collections.abc import Iterator, Mapping, Sequence

from argosy.inputs.quoting import shown
from argosy.inputs.records.field_cells import FieldCells
from argosy.inputs.records.field_forms import (
    MOST_OF_CELLS,
    FieldForm,
    FieldKind,
    are_whole,
    number_share,
)
from argosy.inputs.records.moments import has_offset, looks_like_time
from argosy.inputs.tables.number_column import decimal_sign, read_number_column, two_readings
from argosy.inputs.tables.reading import Reading
from argosy.inputs.tables.written_number import DECIMALS, PLAIN, read_number
from argosy.terminal import several

_MANY = 0.5
_LISTED = 8
_MOST_TOLD = 12


def form_notes(fields: Sequence[FieldCells], forms: Mapping[str, FieldForm], reading: Reading) -> tuple[str, ...]:
    """Notes on the forms that were learned for fields; of each kind one on many, or some on one each."""
    own = [note for field in fields for note in _own_notes(field, forms[field.name], reading)]
    return (*_grouped(fields, forms, reading), *_few(own))


def odd_notes(odd: Mapping[str, tuple[FieldCells, Sequence[int]]], forms: Mapping[str, FieldForm]) -> tuple[str, ...]:
    """The cells that are no number among numbers, and no time among times, field by field."""
    return _few([_odd_note(field, places, forms[name].kind) for name, (field, places) in odd.items() if places])


def _odd_note(field: FieldCells, places: Sequence[int], kind: FieldKind) -> str:
    of = f"{len(places)} of {len(field.present)} values"
    verb = "is" if len(places) == 1 else "are"
    return f"{field.name}: {of} {verb} no {kind.value} and {_count(places)} as missing: {field.listed(places)}"


def _count(places: Sequence[int]) -> str:
    return "counts" if len(places) == 1 else "count"


def _few(notes: Sequence[str]) -> tuple[str, ...]:
    more = len(notes) - _MOST_TOLD
    return (*notes[:_MOST_TOLD], f"and {more} more such notes") if more > 0 else tuple(notes)


def _grouped(fields: Sequence[FieldCells], forms: Mapping[str, FieldForm], reading: Reading) -> Iterator[str]:
    """One note for all fields of which the same is to be said."""
    numbers = [field for field in fields if forms[field.name].kind is FieldKind.NUMBER]
    commas = [
        field.name for field in numbers if forms[field.name].decimal == "," and any(map(_is_parted, field.different))
    ]
    if commas and reading.decimal is None:
        yield f"decimal commas in {_listed(commas)}; --decimal . if they are none"
    quoted = [field.name for field in numbers if field.quoted]
    if quoted:
        yield f"{_listed(quoted)}: numbers in texts, compared as numbers; as names with --names"
    codes = [field.name for field in fields if forms[field.name].kind is FieldKind.TEXT and are_whole(field)]
    if codes:
        yield f"{_listed(codes)}: whole numbers in texts, few different ones: compared as names"
    padded = [field.name for field in numbers if not field.quoted and any(map(_is_padded, field.different))]
    if padded:
        yield f"{_listed(padded)}: numbers with leading zeros; if they are codes, say so with --names"


def _is_parted(text: str) -> bool:
    return "," in text or "." in text


def _is_padded(text: str) -> bool:
    return len(text) > 1 and text[0] == "0" and text.isdigit()


def _own_notes(field: FieldCells, form: FieldForm, reading: Reading) -> Iterator[str]:
    match form.kind:
        case FieldKind.NUMBER:
            yield from _number_notes(field, form, reading)
        case FieldKind.TIME:
            yield from _time_notes(field, form)
        case FieldKind.TEXT:
            yield from _text_notes(field)


def _number_notes(field: FieldCells, form: FieldForm, reading: Reading) -> Iterator[str]:
    if form.missing:
        words = " and ".join(map(shown, sorted(form.missing)))
        count = sum(text in form.missing for text in field.written)
        yield f"{field.name}: {words} in {count} of {len(field.present)} values is no number and counts as missing"
    if reading.decimal not in (None, form.decimal):
        yield f"{field.name} is not written with the {reading.decimal!r} of --decimal, but with {form.decimal!r}"
    elif reading.decimal is None and form.decimal == "." and decimal_sign(field.written) is None:
        unsure = two_readings(field.written)
        if unsure is not None and len({_shape(text) for text in field.different}) > 1:
            (value,) = read_number_column([unsure]).values
            yield f"{field.name}: {shown(unsure)} could be two numbers, and is read as {value:g}; else --decimal ,"


def _shape(text: str) -> bool:
    """Numbers that are all written alike differ by one factor, whichever way they are read."""
    return PLAIN.fullmatch(text) is not None and "." not in text


def _time_notes(field: FieldCells, form: FieldForm) -> Iterator[str]:
    if form.times is not None and form.times.or_else is not None:
        yield f"{field.name}: day and month could be the other way round; read as {form.times.format}, or --time-format"
    zoned = sum(map(has_offset, field.written))
    if 0 < zoned < len(field.written):
        unzoned = several(len(field.written) - zoned, "time")
        yield f"{field.name}: {unzoned} without an offset, read as UTC beside others"


def _text_notes(field: FieldCells) -> Iterator[str]:
    texts = field.written
    share, sign = max((number_share(field, sign), sign) for sign in DECIMALS) if texts else (0.0, ".")
    if _MANY <= share < MOST_OF_CELLS:
        others = [i for i, text in enumerate(field.texts) if text is not None and read_number(text, sign) is None]
        fewer = f"{share:.0%} of the values are numbers, fewer than {MOST_OF_CELLS:.0%}"
        why = f"others are {field.listed(others)}" if others else "their units do not go together"
        yield f"{field.name}: {fewer}: compared as texts; {why}"
    elif field.share(sum(map(looks_like_time, texts))) >= MOST_OF_CELLS:
        yield f"{field.name}: times are not compared, {shown(texts[0])} cannot be read; say how with --time-format"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
