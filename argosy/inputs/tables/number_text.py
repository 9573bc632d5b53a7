"""Numbers as people and dashboards write them: decimal commas, separated thousands, and units."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import pyarrow as pa

from argosy.inputs.quoting import shown
from argosy.inputs.tables.column import Column, is_text, without_blanks
from argosy.inputs.tables.reading import Reading
from argosy.inputs.tables.units import BINARY, COUNTS, DURATIONS, PREFIXES
from argosy.signals.errors import BadInput

LONGEST_NUMBER = 60
SPACES = " \u00a0\u202f\u2009"
_THOUSANDS = {",": rf"[.'’{SPACES}]", ".": rf"[,'’{SPACES}]"}
"""What may separate thousands beside a decimal comma, and beside a decimal point."""

_EXPONENT = r"(?:[eE][+-]?\d+)?"
_UNIT = rf"[{SPACES}]*([^\d\s.,'’+\-][^\d]*(?:/\d*[^\d]+)?)?"
_ANY = re.compile(rf"([+\-−]?[\d.,'’{SPACES}]*\d{_EXPONENT}){_UNIT}")
_PLAIN = re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+){_EXPONENT}|[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_COMMA = re.compile(r"[+\-−]?\d*,\d+")
_MIXED = re.compile(rf"[+\-−]?\d{{1,3}}(?:[.'’{SPACES}]\d{{3}})+(?:,\d+)?")
_GROUPED = re.compile(rf"[+\-−]?\d{{1,3}}(?:[,'’{SPACES}]\d{{2,3}})*[,'’{SPACES}]\d{{3}}(?:\.\d+)?")

MEASURED = ("", "B", "b", "bps", "Bps", "B/s", "b/s", "bit/s", "bytes", "Hz", "W", "Wh", "ops", "ops/s", "req/s", "rps")
"""What may stand behind a prefix; of any other unit the first letter is none."""


@dataclass(frozen=True)
class _Unit:
    """`base`, of which the unit holds `factor`."""

    base: str
    factor: float


@dataclass(frozen=True)
class _Cell:
    """A number with the unit behind it, and whether its thousands were separated."""

    text: str
    number: float
    unit: str
    grouped: bool


@dataclass(frozen=True)
class NumberColumn:
    """A column whose text was made numbers, and what to say of that."""

    column: Column
    notes: tuple[str, ...] = ()


def numbers_of(column: Column, reading: Reading) -> NumberColumn:
    """A column of text as float64 where `reading` says how its numbers are written; others as they are.

    Raises BadInput where a cell is no such number, and where units measure different things.
    """
    if not is_text(column.cells.type):
        return NumberColumn(column)
    if reading.decimal is None and not reading.units:
        if not _has_one_plain_unit(column):
            return NumberColumn(column)
        reading = replace(reading, units=True)
    column = without_blanks(column)
    cells = [
        None if text is None else _part(column, index, text, reading)
        for index, text in enumerate(column.cells.to_pylist())
    ]
    known = [cell for cell in cells if cell is not None]
    factors = _factors(column, Counter(cell.unit for cell in known if cell.number))
    numbers = [None if cell is None else cell.number * factors.get(cell.unit, 1.0) for cell in cells]
    grouped = next((cell.text for cell in known if cell.grouped), None)
    notes = _unit_notes(factors) + ((f"thousands are separated, as in {shown(grouped)}",) if grouped else ())
    return NumberColumn(column.with_cells(pa.array(numbers, pa.float64())), notes)


def _has_one_plain_unit(column: Column) -> bool:
    """Whether every cell is a plain number with the same unit, such as %, which multiplies nothing."""
    texts = [text for text in without_blanks(column).cells.to_pylist() if text is not None]
    matches = [_ANY.fullmatch(text) if len(text) <= LONGEST_NUMBER else None for text in texts]
    units = {(match[2] or "").strip() if match and _PLAIN.fullmatch(match[1]) else "" for match in matches}
    return len(units) == 1 and "" not in units and {_unit(unit).factor for unit in units} == {1.0}


def why_no_numbers(column: Column) -> BadInput | None:
    """What keeps a whole column of text from being numbers, and the option that reads it; None where cells differ."""
    texts = [text for text in without_blanks(column).cells.to_pylist() if text is not None]
    odd = [text for text in texts if not _PLAIN.fullmatch(text)]
    matches = [_ANY.fullmatch(text) if len(text) <= LONGEST_NUMBER else None for text in odd]
    if not odd or None in matches:
        return None
    found = [match for match in matches if match is not None]
    unit = any(match[2] for match in found)
    how = _written([match[1] for match in found if not _PLAIN.fullmatch(match[1])])
    if how is None:
        return None
    words = [*(["a unit"] if unit else []), *([how[0]] if how[0] else [])]
    options = [*(["--units"] if unit else []), *([how[1]] if how[1] else [])]
    problem = f"{len(odd):,} of {len(texts):,} cells have {' and '.join(words)}, such as {shown(odd[0])}"
    return BadInput(column.whole, problem, f"give {' and '.join(options)}")


def _written(numbers: Sequence[str]) -> tuple[str, str] | None:
    """What is unusual in numbers that are not plain, and the option for it; None where no option fits them all."""
    if not numbers:
        return "", ""
    commas = all(_COMMA.fullmatch(each) or _MIXED.fullmatch(each) for each in numbers)
    grouped = all(_GROUPED.fullmatch(each) for each in numbers)
    if commas and not grouped:
        return "decimal commas", "--decimal ,"
    if grouped and not commas:
        return "separated thousands", "--decimal ."
    if not grouped:
        return None
    if not any("," in each for each in numbers):
        return "separated thousands", "--decimal ."
    return "commas", "--decimal , if they are decimal commas, or --decimal . if they separate thousands"


@cache
def _pattern(decimal: str | None) -> re.Pattern[str]:
    point = re.escape(decimal or ".")
    whole = (
        r"\d+"
        if decimal is None
        else rf"(?:\d{{1,3}}(?:{_THOUSANDS[decimal]}\d{{2,3}})*{_THOUSANDS[decimal]}\d{{3}}|\d+)"
    )
    return re.compile(rf"([+\-−]?(?:{whole}(?:{point}\d*)?|{point}\d+){_EXPONENT}){_UNIT}")


def _part(column: Column, index: int, text: str, reading: Reading) -> _Cell:
    match = _pattern(reading.decimal).fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    unit = (match[2] or "").strip() if match else ""
    if match is None or (unit and not reading.units):
        raise _unread(column, index, reading)
    written = match[1].replace("−", "-")
    digits = written
    if reading.decimal is not None:
        digits = re.sub(_THOUSANDS[reading.decimal], "", written).replace(reading.decimal, ".")
    return _Cell(text, float(digits), unit, digits != written.replace(",", "."))


def _unread(column: Column, index: int, reading: Reading) -> BadInput:
    asked = [*([f"--decimal {reading.decimal}"] if reading.decimal else []), *(["--units"] if reading.units else [])]
    problem = f"{column.text(index)} is not a number, even with {' and '.join(asked)}"
    mend = "mend the cell or empty it" if reading.units else "mend the cell or empty it, or give --units for units"
    return BadInput(column.place(index), problem, mend)


def _factors(column: Column, units: Counter[str]) -> dict[str, float]:
    """What to multiply by for each unit. Raises BadInput where they do not measure the same."""
    bases = {_unit(unit).base for unit in units}
    if len(bases) > 1:
        listed = ", ".join(shown(unit) if unit else "none" for unit, _ in units.most_common(5))
        raise BadInput(column.whole, f"its units do not go together: {listed}", "write all numbers in one unit")
    return {unit: _unit(unit).factor for unit in units}


def _unit(unit: str) -> _Unit:
    if unit in DURATIONS and unit != "m":  # which is a metre, too
        return _Unit("s", DURATIONS[unit])
    if unit in COUNTS:
        return _Unit("", COUNTS[unit])
    for prefixes in (BINARY, PREFIXES):
        for prefix, factor in prefixes.items():
            if unit.startswith(prefix) and unit.removeprefix(prefix) in MEASURED:
                return _Unit(unit.removeprefix(prefix), factor)
    return _Unit(unit, 1.0)


def _unit_notes(factors: dict[str, float]) -> tuple[str, ...]:
    named = {unit: factor for unit, factor in factors.items() if unit}
    if not named:
        return ()
    if set(named.values()) == {1.0}:
        return (f"the unit {shown(next(iter(named)))} is left out",)
    return (
        "units are multiplied out: " + ", ".join(f"{shown(unit)} is {factor:,g}" for unit, factor in named.items()),
    )
