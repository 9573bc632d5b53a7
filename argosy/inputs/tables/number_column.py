"""A column of texts as numbers: which decimal sign it is written with, its units in one, and the cells that are odd."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from argosy.inputs.quoting import shown
from argosy.inputs.tables.units import CURRENCIES, bases_of, common_base
from argosy.inputs.tables.written_number import CLOCK, DECIMALS, LONG_CLOCK, WrittenNumber, read_number

_LISTED = 6
_ONES = ("", "B")
"""The bases in which a number without a unit is one of the base itself, as in what `ls -h` and `df` write."""


@dataclass(frozen=True)
class NumberColumn:
    """What a column's cells are as numbers: None for those at the indices in `odd`, which hold none, and for missing
    ones. `unit` is that of the values; `notes` say what was done to make them comparable."""

    values: tuple[float | None, ...]
    odd: tuple[int, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()


def decimal_sign(texts: Iterable[str]) -> str | None:
    """The decimal sign that the cells tell: more of them can be read only with it; None where they tell none.

    >>> decimal_sign(["59,11", "1,234"]), decimal_sign(["1,234.5"]), decimal_sign(["1,234", "7"])
    (',', '.', None)
    """
    alone = Counter[str]()
    for text, count in Counter(texts).items():
        if text.isdecimal():
            continue
        point, comma = (read_number(text, sign) for sign in DECIMALS)
        if (point is None) != (comma is None):
            alone["," if point is None else "."] += count
    if alone["."] == alone[","]:
        return None
    return max(DECIMALS, key=lambda sign: alone[sign])


def two_readings(texts: Iterable[str]) -> str | None:
    """The first cell that is another number with the other decimal sign, such as 1,234; None where there is none."""
    for text in dict.fromkeys(texts):
        if text.isdecimal():
            continue
        point, comma = (read_number(text, sign) for sign in DECIMALS)
        if point is not None and comma is not None and point.value != comma.value:
            return text
    return None


def read_number_column(texts: Sequence[str | None], decimal: str = ".") -> NumberColumn:
    """Every cell that holds a number, in one unit. None is a missing cell; the others that hold none are odd.

    Units of one kind, such as ms and s, are converted to its base. Of units of several kinds the commonest kind counts,
    and the rest are odd. Currencies are not converted; the notes say where there are several.
    """
    known = {text: read_number(text, decimal) for text in set(texts) if text is not None}
    found = [None if text is None else known[text] for text in texts]
    factors, unit, notes = _one_unit(
        Counter(each.unit for each in found if each is not None and (each.unit or each.value))
    )
    values = [_converted(each, factors) for each in found]
    odd = [i for i, text in enumerate(texts) if text is not None and values[i] is None]
    return NumberColumn(tuple(values), tuple(odd), unit, notes)


def _converted(number: WrittenNumber | None, factors: Mapping[str, float]) -> float | None:
    if number is None or (number.unit not in factors and number.value):
        return None
    factor = factors.get(number.unit, 1.0)  # nothing is nothing in any unit
    return number.value * factor if factor != 1.0 else number.value


def _one_unit(units: Counter[str]) -> tuple[Mapping[str, float], str, tuple[str, ...]]:
    """By what values of each unit are multiplied, the unit they are then in, and notes."""
    bare = units.pop("", 0)
    if not units:
        return {"": 1.0}, "", ()
    if set(units) <= CURRENCIES:
        return _money(units, bare)
    if set(units) <= {CLOCK, LONG_CLOCK}:
        return _clock(units, bare)
    usual, factors = _kept(units)
    if len(factors) == 1 and not (bare and usual in _ONES):
        (unit,) = factors
        return _with_bare({unit: 1.0}, unit, bare, unit, ())
    said = f"has several units, read in {usual or 'ones'}: {_listed({unit: units[unit] for unit in factors})}"
    if usual in _ONES:  # 512 beside 1.2K and 3 MB
        return {**factors, "": 1.0}, usual, (said,)
    return _with_bare(factors, usual, bare, max(factors, key=lambda unit: units[unit]), (said,))


def _with_bare(
    factors: Mapping[str, float], unit: str, bare: int, commonest: str, notes: tuple[str, ...]
) -> tuple[Mapping[str, float], str, tuple[str, ...]]:
    """With the cells that have no unit taken as if they had the commonest."""
    if not bare:
        return factors, unit, notes
    said = f"has {bare} cells without a unit, read as {commonest}"
    return {**factors, "": factors[commonest]}, unit, (*notes, said)


def _money(units: Counter[str], bare: int) -> tuple[Mapping[str, float], str, tuple[str, ...]]:
    factors = {**dict.fromkeys(units, 1.0), "": 1.0}
    if len(units) == 1 and not bare:
        return factors, next(iter(units)), ()
    if len(units) == 1:
        return factors, next(iter(units)), (f"has {bare} cells without a currency, read as {next(iter(units))}",)
    return factors, "", (f"has several currencies, which are not converted: {_listed(units)}",)


def _clock(units: Counter[str], bare: int) -> tuple[Mapping[str, float], str, tuple[str, ...]]:
    """Where some cells have hours, minutes and seconds, the shorter ones have minutes and seconds."""
    both = len(units) > 1
    words = (
        "minutes and seconds beside hours" if both else "hours and minutes" if CLOCK in units else "hours to seconds"
    )
    note = f"is written as {words}, and read in seconds"
    return _with_bare({CLOCK: 1 / 60 if both else 1.0, LONG_CLOCK: 1.0}, "s", bare, LONG_CLOCK, (note,))


def _kept(units: Counter[str]) -> tuple[str, Mapping[str, float]]:
    """The base of most cells, and the factors of the units that can be converted to it."""
    if (whole := common_base(units)) is not None:
        return whole
    bases = {unit: bases_of(unit) or {unit: 1.0} for unit in units}
    cells = Counter[str]()
    for unit, count in units.items():
        cells.update(dict.fromkeys(bases[unit], count))
    usual = max(cells, key=lambda base: cells[base])
    return usual, {unit: each[usual] for unit, each in bases.items() if usual in each}


def _listed(units: Mapping[str, int]) -> str:
    ordered = sorted(units, key=lambda unit: -units[unit])
    said = ", ".join(f"{units[unit]} {shown(unit)}" for unit in ordered[:_LISTED])
    return f"{said} and {len(units) - _LISTED} more" if len(units) > _LISTED else said
