"""Times in text that is not ISO 8601: as a format says, or as the text does where it can be read in one way only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from argosy.inputs.tables.column import Column
from argosy.inputs.time_text import iso
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput

OPTION = "--time-format"
_CLOCK = re.compile(
    r"(?P<date>.*?\d|.*[A-Za-z])(?P<join>[T ,:@-]+?)"
    r"(?P<clock>\d{1,2}[:.]\d\d(?:[:.]\d\d(?P<fraction>[.,]\d+)?)?)"
    r"(?P<noon>\s*[AaPp][Mm])?(?P<offset>\s*(?:[+-]\d\d:?\d\d|Z|UTC|GMT))?(?P<year>\s\d{4})?"
)
_DIGITS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)")
_DAY_MONTH = re.compile(r"(\d{1,2})(\.? |[/.-])([A-Za-z]{3,9})( |[/.-])(\d{4}|\d\d)")
_YEAR_FIRST = re.compile(r"\d{4}([/.-])\d{1,2}\1\d{1,2}")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9}) (\d{1,2})(,? )(\d{4})")
_WEEKDAY = re.compile(r"([A-Za-z]{2,9})(,? )(?=.*\d)")
_ZONE_WORD = re.compile(r"\d\s*\(?(?!AM|PM)([A-Z]{2,5}|[A-Z][a-z]+/[A-Za-z_]+)\)?$")
_YEARS = ("%Y", "%y", "%G", "%c", "%x")
_LONGEST_TIME = 60


@dataclass(frozen=True, eq=False)
class WrittenTimes:
    """Microseconds, shape (n,): of UTC where `zoned`, else by the wall clock; and which cells were read."""

    micros: Ints
    read: Bools
    zoned: bool
    letters: str


def check_format(letters: str) -> str:
    """The format itself. Raises BadInput for letters that strptime does not know, and for a format without a year."""
    place = f"{OPTION} {letters}"
    mend = "write for instance '%d.%m.%Y %H:%M', excel for serial days or unix"
    if not any(each in letters for each in _YEARS):
        raise BadInput(place, "says no year", mend)
    try:
        pd.to_datetime(pd.Series(["x"]), format=letters, errors="coerce")
    except (ValueError, TypeError, re.error) as error:
        raise BadInput(place, f"is no format ({' '.join(str(error).split())[:100]})", mend) from error
    return letters


def as_format(cells: pa.Array, letters: str) -> WrittenTimes:
    """The cells as a format says."""
    zoned = "%z" in letters or letters.endswith(("UTC", "GMT", "Z"))
    parsed = pd.to_datetime(cells.to_pandas(), format=letters, utc=True, errors="coerce")
    read: Bools = parsed.notna().to_numpy()
    return WrittenTimes(parsed.dt.as_unit("us").astype("int64").to_numpy(), read, zoned, letters)


def as_it_says(column: Column) -> tuple[WrittenTimes, str] | None:
    """The cells in the one way in which all can be read, and a note of it; None where there is none.

    Raises BadInput where there are two, which differ, and where most cells can be read, but not all.
    """
    found = [as_format(column.cells, letters) for letters in _formats(str(column.cells[0].as_py()))]
    whole = _distinct([each for each in found if each.read.all()])
    if len(whole) > 1:
        raise _ambiguous(column, whole)
    if whole:
        return whole[0], f"times are read as {whole[0].letters!r}: {column.text(0)} is {_said(whole[0])}"
    best = max(found, key=lambda each: int(each.read.sum()), default=None)
    if best is not None and best.read.mean() > 0.5:
        raise no_time(column, int(np.argmax(~best.read)), best.letters)
    return None


def no_time(column: Column, index: int, letters: str | None = None) -> BadInput:
    """A cell that is no time, with what it may be instead."""
    text = str(column.cells[index].as_py())
    place, problem = column.place(index), f"{column.text(index)} is no time"
    if text.lower() == column.name.lower():
        return BadInput(place, f"{problem} but the header again", "take the row out")
    if not re.search(r"\d", text):
        return BadInput(place, f"{problem}; is this a summary row?", "take it out")
    if letters:
        return BadInput(place, f"{problem} written as {letters!r}", f"write all times so, or mend {OPTION}")
    if zone := _ZONE_WORD.search(text):
        return BadInput(place, f"{problem}: {zone[1]!r} is no offset", "take it off and name the zone with --zone")
    mend = f"write ISO 8601 such as 2024-05-01T13:00:00Z, or say how times are written with {OPTION} '%d.%m.%Y %H:%M'"
    return BadInput(place, problem, mend)


def _distinct(found: list[WrittenTimes]) -> list[WrittenTimes]:
    kept: list[WrittenTimes] = []
    for each in found:
        if not any(np.array_equal(each.micros, other.micros) for other in kept):
            kept.append(each)
    return kept


def _said(times: WrittenTimes) -> str:
    first = iso(int(times.micros[0] // 10**6))
    return first if times.zoned else first.removesuffix("Z")


def _ambiguous(column: Column, found: list[WrittenTimes]) -> BadInput:
    differs = int(np.argmax(found[0].micros != found[1].micros))
    days = " or ".join(dict.fromkeys(iso(int(each.micros[differs] // 10**6))[:10] for each in found))
    mend = " or ".join(f"{OPTION} {each.letters!r}" for each in found)
    return BadInput(column.place(differs), f"{column.text(differs)} may be {days}", f"say {mend}")


def _formats(text: str) -> Iterator[str]:
    """The formats in which a cell may be written, in the letters of strptime."""
    if len(text) > _LONGEST_TIME:
        return
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        yield from _dates(text)
        return
    year = " %Y" if clock["year"] else ""
    for date in _dates(clock["date"] + (clock["year"] or "")):
        yield date.removesuffix(year) + clock["join"] + _clock_letters(clock) + year


def _clock_letters(clock: re.Match[str]) -> str:
    fraction, noon, offset = (clock[name] or "" for name in ("fraction", "noon", "offset"))
    letters = iter(["%I" if noon else "%H", "%M", "%S"])
    time = re.sub(r"\d+", lambda _: next(letters), clock["clock"].removesuffix(fraction))
    time += f"{fraction[:1]}%f" if fraction else ""
    time += re.sub(r"\S+", "%p", noon)
    return time + (offset if offset.strip() in ("UTC", "GMT") else re.sub(r"\S+", "%z", offset))


def _dates(text: str) -> Iterator[str]:
    weekday = _WEEKDAY.match(text)
    if weekday is None or _MONTH_DAY.fullmatch(text):
        yield from _plain_dates(text)
        return
    for date in _plain_dates(text[weekday.end() :]):
        yield from (name + weekday[2] + date for name in ("%a", "%A"))


def _plain_dates(text: str) -> Iterator[str]:
    if digits := _DIGITS.fullmatch(text):
        year = "%Y" if len(digits[4]) == 4 else "%y"
        yield digits[2].join(("%d", "%m", year))
        if digits[2] == ".":  # nobody writes the month first with dots
            return
        yield digits[2].join(("%m", "%d", year))
        if year == "%y" and len(digits[1]) == 2:
            yield digits[2].join((year, "%m", "%d"))
    elif day := _DAY_MONTH.fullmatch(text):
        year = "%Y" if len(day[5]) == 4 else "%y"
        yield from (f"%d{day[2]}{month}{day[4]}{year}" for month in ("%b", "%B"))
    elif month := _MONTH_DAY.fullmatch(text):
        yield from (f"{name} %d{month[3]}%Y" for name in ("%b", "%B"))
    elif first := _YEAR_FIRST.fullmatch(text):
        yield first[1].join(("%Y", "%m", "%d"))
