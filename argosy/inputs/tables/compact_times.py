"""Dates written as digits without anything between them, such as 2024032001, told from Unix times."""

from dataclasses import dataclass

import numpy as np

from argosy.inputs.tables.column import Column
from argosy.inputs.time_text import iso
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput

FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_PER_MINUTE = 60
"""So many Unix seconds in a row may look like minutes of a date by chance."""

FUTURE_S = 2_051_222_400
"""2035: Unix times beyond it are seldom meant."""

_CLOCK = ("month", "day", "hour", "minute", "second")


@dataclass(frozen=True)
class _Layout:
    """What a number of so many digits says, if it is a date; `letters` as in --time-format."""

    words: str
    letters: str
    year_digits: int
    parts: int
    fraction_digits: int = 0

    @property
    def digits(self) -> int:
        return self.year_digits + 2 * self.parts + self.fraction_digits


_WHOLE = (
    _Layout("YYYYMMDD", "%Y%m%d", 4, 2),
    _Layout("YYYYMMDDHH", "%Y%m%d%H", 4, 3),
    _Layout("YYYYMMDDHHMM", "%Y%m%d%H%M", 4, 4),
    *(_Layout("YYYYMMDDHHMMSS" + "f" * digits, "%Y%m%d%H%M%S%f", 4, 5, digits) for digits in range(6)),
)
_SHORT = (
    _Layout("YYMMDD", "%y%m%d", 2, 2),
    _Layout("YYMMDDHHMM", "%y%m%d%H%M", 2, 4),
    _Layout("YYMMDDHHMMSS", "%y%m%d%H%M%S", 2, 5),
)


@dataclass(frozen=True, eq=False)
class CompactTimes:
    """Microseconds by the wall clock, shape (n,), and what to say of them."""

    micros: Ints
    note: str


def read_compact(column: Column, numbers: Ints) -> CompactTimes | None:
    """The dates that digits say; None where they are something else, such as Unix times.

    Raises BadInput for digits that say two things, and for single ones that say no date among those that do.
    """
    whole = _of_digits(_WHOLE, numbers)
    short = _of_digits(_SHORT, numbers)
    micros, valid = _parsed(numbers, whole) if whole else (numbers, np.zeros(len(numbers), dtype=np.bool_))
    if short and _surely_dates(numbers, short) and not (whole and valid.any() and not valid.all()):
        raise _two_digit_year(column, short, whole if whole and valid.all() else None)
    if whole is None or valid.mean() < 0.5:
        return None
    if not valid.all():
        first = int(np.argmax(~valid))
        problem = f"{column.text(first)} is no date written as {whole.words}, unlike other rows"
        raise BadInput(column.place(first), problem, "mend the cell; --time-format unix reads all as Unix times")
    first_s = int(micros[0] // 10**6)
    return CompactTimes(micros, f"times are read as {whole.words}: {column.text(0)} is {iso(first_s)[:-1]}")


def _of_digits(layouts: tuple[_Layout, ...], numbers: Ints) -> _Layout | None:
    """The layout of as many digits as all the numbers have."""
    if not len(numbers) or numbers.min() <= 0:
        return None
    digits = len(str(numbers.min()))
    if digits != len(str(numbers.max())):
        return None
    return next((each for each in layouts if each.digits == digits), None)


def _surely_dates(numbers: Ints, layout: _Layout) -> bool:
    few = len(numbers) <= MOST_PER_MINUTE
    if few and layout.digits == 10 and numbers.min() < FUTURE_S:
        return False
    return bool(_parsed(numbers, layout)[1].all())


def _two_digit_year(column: Column, short: _Layout, whole: _Layout | None) -> BadInput:
    other = f", or {whole.words}" if whole else ""
    mends = " or ".join(f"--time-format {each.letters}" for each in (short, whole) if each)
    problem = f"{column.text(0)} looks like a date written as {short.words}{other}"
    return BadInput(column.place(0), problem, f"say {mends}")


def _parsed(numbers: Ints, layout: _Layout) -> tuple[Ints, Bools]:
    """Microseconds by the wall clock, and which numbers say a date, both of shape (n,)."""
    fraction = numbers % 10**layout.fraction_digits
    left = numbers // 10**layout.fraction_digits
    parts: dict[str, Ints] = {}
    for name in reversed(_CLOCK[: layout.parts]):
        parts[name] = left % 100
        left = left // 100
    year = left if layout.year_digits == 4 else 2000 + left
    none = np.zeros(len(numbers), dtype=np.int64)
    hour, minute, second = (parts.get(name, none) for name in _CLOCK[2:])
    valid = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (parts["month"] >= 1) & (parts["month"] <= 12)
    valid &= (parts["day"] >= 1) & (hour <= 23) & (minute <= 59) & (second <= 59)
    months = np.where(valid, (year - 1970) * 12 + parts["month"] - 1, 0)
    first_day, after = _first_day(months), _first_day(months + 1)
    valid &= parts["day"] <= after - first_day
    seconds = (first_day + parts["day"] - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    return seconds * 10**6 + fraction * 10**6 // 10**layout.fraction_digits, valid


def _first_day(months: Ints) -> Ints:
    """The first day of months since 1970, in days since then."""
    days: Ints = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days
