"""Times in fields of records: how a field writes them is learned from its cells, and each cell is then read so."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise, product

from argosy.signals.records import Moment

ISO = "ISO 8601"
UNIX = "Unix "
EXCEL = "days of Excel"

LONGEST_CHARS = 48
_SAMPLED = 200
_MOST_OF_SAMPLE = 0.9

_DATES = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y", "%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y", "%d-%b-%Y", "%d/%b/%Y", "%d-%b-%y",
)  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_FORMATS = (*map("".join, product(_DATES, _CLOCKS)), "%b %d %H:%M:%S %Y", "%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S")
_LIKE = re.compile(
    r"\s*(?:[A-Za-z]{3,9}\.?,? )?(?:\d{4}-\d\d?(?:-\d\d?)?|\d{1,4}[./-](?:\d{1,2}|[A-Za-z]{3})[./-]\d{2,4}"
    r"|\d{1,2}\.? [A-Za-z]{3,9}\.?,? \d{4}|[A-Za-z]{3,9}\.? +\d{1,2},? (?:\d{4}|\d\d:))"
)
_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{4}(?:\d\d)?)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d.*)?")
_OFFSET = re.compile(r"(?<=\d) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)$", re.IGNORECASE)
_FRACTION = re.compile(r"(:\d\d)[.,]\d{1,9}$")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ", re.IGNORECASE)
_CLF = re.compile(r"(?<=/\d{4}):")

_CHANGED_OVER = str.maketrans("dm", "md")
_VERSION = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])(?<!\d\d\.\d\d\.\d\d)")

_ABOUT_NOW = (946_684_800, 4_102_444_800)  # the years 2000 to 2100
_PER_SECOND = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
_NAMED_TIME = re.compile(r"time|date|when|stamp|epoch|(?:^|[_. ])(?:at|ts)$|[a-z]At$", re.IGNORECASE)


@dataclass(frozen=True)
class TimeForm:
    """How a field writes times: `ISO`, a format of strptime, `UNIX` with a unit, or `EXCEL`.

    `or_else` is the format that reads them as well, with day and month changed over.
    """

    format: str
    or_else: str | None = None

    def read(self, cell: str | int | float) -> Moment | None:
        """The time of a cell, as if in UTC where it has no offset; None where it holds none."""
        try:
            at = _at(cell, self.format)
        except (ValueError, OverflowError):
            return None
        return None if at is None else Moment(cell, at)


def looks_like_time(text: str) -> bool:
    """Whether a text begins as a date does, and is no longer than one with a time."""
    return len(text) <= LONGEST_CHARS and _LIKE.match(text) is not None and _VERSION.match(text) is None


def has_offset(text: str) -> bool:
    """Whether a time says how far it is from UTC."""
    return ":" in text and _OFFSET.search(text.strip()) is not None


def time_form(name: str, cells: Sequence[str | int | float]) -> TimeForm | None:
    """How the cells of a field write times, None where most of them do not.

    Numbers are taken for Unix times, and digits for dates, only in a field whose name says so.
    """
    sample = list(dict.fromkeys(cells))
    sample = sample[:: 1 + len(sample) // _SAMPLED]
    if not sample:
        return None
    named = _NAMED_TIME.search(name) is not None
    if named and (form := _unix_form(sample)) is not None:
        return form
    texts = [cell for cell in sample if isinstance(cell, str)]
    like = sum(looks_like_time(text) or (named and _COMPACT.fullmatch(text) is not None) for text in texts)
    if not texts or like < _MOST_OF_SAMPLE * len(sample):
        return None
    return _text_form(texts, [cell for cell in cells if isinstance(cell, str)])


def said_form(name: str, format: str, cells: Sequence[str | int | float]) -> TimeForm | None:
    """How a person says that times are written, where a field can be meant: numbers only if it is called a time."""
    if format not in ("unix", "excel"):
        return TimeForm(format)
    if not cells or _NAMED_TIME.search(name) is None:
        return None
    return TimeForm(EXCEL) if format == "excel" else _unix_form(cells)


def _unix_form(sample: Sequence[str | int | float]) -> TimeForm | None:
    numbers = [number for cell in sample if (number := _number(cell)) is not None]
    for unit, per_second in _PER_SECOND.items():
        first, last = (bound * per_second for bound in _ABOUT_NOW)
        if sum(first <= number < last for number in numbers) >= _MOST_OF_SAMPLE * len(sample):
            return TimeForm(UNIX + unit)
    return None


def _text_form(sample: Sequence[str], texts: Sequence[str]) -> TimeForm | None:
    read = {each: _read(sample, each) for each in (ISO, *_FORMATS)}
    most = max(read.values())
    if most < _MOST_OF_SAMPLE * len(sample):
        return None
    best = next(each for each, count in read.items() if count == most)
    other = best.translate(_CHANGED_OVER)
    return _in_order(best, other, texts) if other != best and read.get(other) == most else TimeForm(best)


def _in_order(day_first: str, month_first: str, texts: Sequence[str]) -> TimeForm:
    """Of two formats that read all the same cells, the one by which more of them stand in order."""
    if _steps_back(texts, month_first) < _steps_back(texts, day_first):
        return TimeForm(month_first, or_else=day_first)
    return TimeForm(day_first, or_else=month_first)


def _steps_back(texts: Sequence[str], format: str) -> int:
    moments = [moment.at for text in texts if (moment := TimeForm(format).read(text)) is not None]
    return sum(after < before for before, after in pairwise(moments))


def _read(texts: Iterable[str], format: str) -> int:
    form = TimeForm(format)
    return sum(form.read(text) is not None for text in texts)


def _at(cell: str | int | float, format: str) -> datetime | None:
    if format.startswith(UNIX):
        number = _number(cell)
        return None if number is None else _since_epoch(number / _PER_SECOND[format.removeprefix(UNIX)])
    if format == EXCEL:
        return _excel_at(cell)
    if not isinstance(cell, str) or len(cell) > LONGEST_CHARS:
        return None
    text = " ".join(cell.split())
    if format == ISO:
        return _iso_at(text)
    if "%z" in format.lower():
        return _aware(datetime.strptime(text, format))
    plain, offset = _parts(text)
    try:
        return datetime.strptime(plain, format).replace(tzinfo=offset)
    except ValueError:
        return datetime.strptime(text, format).replace(tzinfo=UTC)


def _excel_at(cell: str | int | float) -> datetime | None:
    days = _number(cell)
    return None if days is None or days < 1 else datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=days)


def _iso_at(text: str) -> datetime | None:
    if not _ISO.fullmatch(text):
        return None
    text = _OFFSET.sub(lambda found: found[1] if found[1][0] in "+-" else "Z", text) if ":" in text else text
    return _aware(datetime.fromisoformat(text))


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _since_epoch(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _parts(text: str) -> tuple[str, timezone]:
    """A time without weekday, commas, fractions and offset; and the offset."""
    text = _CLF.sub(" ", _WEEKDAY.sub("", text)).replace(" - ", " ").removesuffix(" Uhr")
    offset = UTC
    if ":" in text and (found := _OFFSET.search(text)):
        text, offset = text[: found.start()], _offset(found[1])
    text = _FRACTION.sub(r"\1", text)
    return " ".join(text.replace(",", " ").split()), offset


def _offset(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)


def _number(cell: str | int | float) -> float | None:
    if isinstance(cell, str):
        return float(cell) if re.fullmatch(r"-?[0-9]{1,20}(?:\.[0-9]{1,9})?", cell.strip()) else None
    return None if isinstance(cell, bool) or abs(cell) > 1e21 else float(cell)
