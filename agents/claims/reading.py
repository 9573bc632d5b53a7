"""A sentence taken apart: the numbers, moments and words of direction in it, each with the words around it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from argosy.agents.claims import words


class MomentKind(StrEnum):
    """How a moment is named."""

    INDEX = "index"
    CLOCK = "clock"
    DATE = "date"
    DATETIME = "datetime"
    WEEKDAY = "weekday"
    MONTH = "month"
    DAY_PART = "day_part"
    UNKNOWN = "unknown"
    """Named in a way that cannot be looked up."""


@dataclass(frozen=True)
class Number:
    """A number as it is written. `unit` is the word or sign that belongs to it, empty where there is none.

    `left` and `right` are the words beside it, up to the next mention or the end of its clause.
    """

    at: int
    text: str
    value: float
    decimals: int
    unit: str
    left: str
    right: str
    clause: int


@dataclass(frozen=True)
class Moment:
    """A time, or the index of a point; of a range `until` is its end."""

    at: int
    text: str
    kind: MomentKind
    value: str
    left: str
    right: str
    clause: int
    until: str | None = None


@dataclass(frozen=True)
class ParsedSentence:
    """A sentence. `clauses` are its pieces less names, code, numbers and moments; `named` what stood there by name."""

    text: str
    clauses: tuple[str, ...]
    numbers: tuple[Number, ...]
    moments: tuple[Moment, ...]
    named: frozenset[str]


_DATE = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]\.?m\b\.?)?"
_ZONE = r"(?:\s?(?:Z|UTC|GMT)\b)?"
_MONTH = rf"(?:{'|'.join(f'{m}|{m[:3]}' for m in words.MONTHS)})\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_SHORT_MONTHS = "|".join(month[:3].title() for month in words.MONTHS if month != "may")
# May and March are other words as well: only with a capital, and not at the beginning of a sentence.
_MONTH_ALONE = (
    rf"(?:(?:{'|'.join(month for month in words.MONTHS if month not in ('march', 'may'))})\b"
    rf"|(?<=[a-z,-][ -])(?-i:March|May)\b|(?-i:{_SHORT_MONTHS}|Sept)\b\.?)"
)
_MOMENTS: tuple[tuple[MomentKind, str], ...] = (
    (MomentKind.DATETIME, rf"{_DATE}(?:T|,?\s+(?:at\s+)?){_CLOCK}{_ZONE}"),
    (MomentKind.UNKNOWN, rf"\b(?:{_MONTH}\s{_DAY}|{_DAY}\s(?:of\s)?{_MONTH})\b(?:,?\s\d{{4}}\b)?"),
    (MomentKind.UNKNOWN, r"(?:\d{1,4}/){1,2}\d{1,4}\b"),
    (MomentKind.UNKNOWN, r"\b\d{1,2}\s?(?:[ap]\.?m\b\.?|o'clock)"),
    (MomentKind.DATE, _DATE),
    (MomentKind.CLOCK, rf"{_CLOCK}{_ZONE}"),
    (MomentKind.INDEX, r"\b(?:index|indices|position|row|t)\s*(?:[=#]|no\.?|number)?\s*\d+\b(?![.,]\d)"),
    (MomentKind.INDEX, r"\b(?:points?|steps?|samples?)\s*(?:[=#]|no\.?|number)?\s*\d+\b(?![.,]\d)"),
    (MomentKind.WEEKDAY, rf"\b(?:{'|'.join(words.WEEKDAYS)})s?\b|\bweek(?:end|day)s?\b"),
    (MomentKind.MONTH, rf"\b{_MONTH_ALONE}(?:,?\s\d{{4}}\b)?"),
    (MomentKind.CLOCK, rf"\b(?:{'|'.join(words.CLOCK_WORDS)})\b"),
    (MomentKind.DAY_PART, rf"\b(?:{'|'.join(words.DAY_PARTS)})\b"),
)
_MOMENT = re.compile("|".join(f"(?P<m{i}>{pattern})" for i, (_, pattern) in enumerate(_MOMENTS)), re.IGNORECASE)
_FOREIGN_ZONE = re.compile(r"\s?(?:[+-]\d{2}:?\d{2}\b|\(?(?!UTC|GMT|Z\b)[A-Z]{2,5}\b|\(?(?:local|summer|winter) time)")
_TO = re.compile(r"\s*(?:-|–|—|\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b)\s*(?:about\s+)?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<coin>[$€£¥]\s?)?(?P<sign>(?<![\w.)\]])[-−+])?(?P<money>[$€£¥])?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<exponent>e[+-]?\d+)?(?P<unit>\s?[%°‰]|[-\s]?[^\W\d_][\w°/%]*)?",
    re.IGNORECASE,
)
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(words.NUMBER_WORDS)})\b(?P<unit>[-\s][^\W\d_]+)?", re.IGNORECASE)
_ONE_UNIT = re.compile(
    r"\b(?:an?|all|the (?:last|previous|past)|(?:an?|the|one)\s+(?:whole|entire|full|complete))\s+"
    rf"(?P<unit>{'|'.join(words.SECONDS_IN)})\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"`([^`]*)`")
_SPLIT = re.compile(r"[;:,](?=\s|$)|[()—]|\s–\s|\b(?:and|while|whereas|but|then|where)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+(?:\S+\s+){0,3}$", re.IGNORECASE)
HOLE = "\x00"
"""Stands for a mention that has been taken out, letter by letter, so that places stay."""


def read(text: str, names: Collection[str] = ()) -> ParsedSentence:
    """Takes a sentence apart. `names` are those of detectors and pieces of code that may be quoted as they are."""
    plain, named = _without_names(text, names)
    starts = _clause_starts(plain)
    plain, moments = _taken(plain, list(_moments(plain)))
    plain, numbers = _taken(plain, list(_numbers(plain)))
    taken = sorted([(each[0], each[1]) for each in (*moments, *numbers)])

    def around(start: int, stop: int) -> tuple[str, str, int]:
        clause = sum(begin <= start for begin in starts) - 1
        low, high = starts[clause], starts[clause + 1] if clause + 1 < len(starts) else len(plain)
        low = max([low, *(end for _, end in taken if end <= start)])
        high = min([high, *(begin for begin, _ in taken if begin >= stop)])
        return plain[low:start], plain[stop:high], clause

    bounds = [*starts, len(plain)]
    return ParsedSentence(
        text,
        tuple(plain[low:high].replace(HOLE, "") for low, high in pairwise(bounds)),
        tuple(_number(text, each, *around(each[0], each[1])) for each in numbers),
        tuple(_moment(text, each, *around(each[0], each[1])) for each in moments),
        named,
    )


_Span = tuple[int, int, re.Match[str], str | None]
"""Start, end, what was matched, and of a range what it runs to."""


def _without_names(text: str, names: Collection[str]) -> tuple[str, frozenset[str]]:
    """The sentence with names and quoted code blanked, of the same length."""
    found: set[str] = set()
    for name in sorted(names, key=len, reverse=True):
        pattern = re.compile(rf"(?<![\w.-])`?{re.escape(name)}`?(?![\w-])")
        if name and pattern.search(text):
            found.add(name)
            # A plain word, such as a parameter called threshold, is prose as well.
            text = text if name.isalpha() else pattern.sub(lambda match: HOLE * len(match.group()), text)
    # Other code in backticks is prose to us: what it states is checked.
    return _CODE.sub(lambda match: f" {match.group(1)} ", text), frozenset(found)


def _clause_starts(plain: str) -> list[int]:
    hidden = _MOMENT.sub(lambda match: "t" * len(match.group()), plain)
    cuts = [
        match.end()
        for match in _SPLIT.finditer(hidden)
        if not (match.group().lower() == "and" and _BETWEEN.search(hidden[: match.start()]))
    ]
    return [0, *cuts]


def _taken(plain: str, spans: list[_Span]) -> tuple[str, list[_Span]]:
    for start, stop, _, _ in spans:
        plain = plain[:start] + HOLE * (stop - start) + plain[stop:]
    return plain, spans


def _moments(plain: str) -> Iterator[_Span]:
    at = 0
    while match := _MOMENT.search(plain, at):
        stop, until = match.end(), None
        to = _TO.match(plain, stop)
        second = to and (_MOMENT.match(plain, to.end()) or _bare_index(match, plain, to.end()))
        if to and second and (to.group().strip().lower() != "and" or _BETWEEN.search(plain[: match.start()])):
            stop, until = second.end(), second.group()
        yield match.start(), stop, match, until
        at = stop


def _bare_index(match: re.Match[str], plain: str, at: int) -> re.Match[str] | None:
    """The end of a range of indices is written without the word."""
    return re.compile(r"\d+\b").match(plain, at) if _kind(match) is MomentKind.INDEX else None


def _kind(match: re.Match[str]) -> MomentKind:
    return next(kind for i, (kind, _) in enumerate(_MOMENTS) if match.group(f"m{i}") is not None)


def _moment(text: str, span: _Span, left: str, right: str, clause: int) -> Moment:
    start, stop, match, until = span
    foreign = _FOREIGN_ZONE.match(text, stop)
    kind = MomentKind.UNKNOWN if foreign else _kind(match)
    return Moment(start, text[start:stop], kind, match.group(), left, right, clause, until)


def _numbers(plain: str) -> Iterator[_Span]:
    found: list[_Span] = []
    for pattern in (_NUMBER, _WORD_NUMBER, _ONE_UNIT):
        for match in pattern.finditer(plain):
            if all(match.start() >= stop or match.end() <= start for start, stop, _, _ in found):
                found.append((match.start(), _end(match), match, None))
    yield from sorted(found, key=lambda span: span[0])


def _end(match: re.Match[str]) -> int:
    """Where a number ends: with its unit, unless that is a word that merely follows."""
    unit = match.group("unit") or ""
    if unit.strip(" -").lower() in words.NO_UNITS:
        return match.start("unit") if unit else match.end()
    return match.end()


def _number(text: str, span: _Span, left: str, right: str, clause: int) -> Number:
    start, stop, match, _ = span
    groups = match.groupdict()
    unit = (match.group("unit") or "").strip(" -").lower() if stop == match.end() else ""
    written = text[start:stop]
    if groups.get("digits") is None:
        word = re.match(r"[a-z]+", match.group(), re.IGNORECASE)
        value = words.NUMBER_WORDS.get(word.group().lower(), 1.0) if word else 1.0
        return Number(start, written, value, 0, unit, left, right, clause)
    digits, exponent = groups["digits"].replace(",", ""), groups["exponent"] or ""
    value = float(digits + exponent) * (-1 if groups["sign"] in ("-", "−") else 1)
    decimals = len(digits.partition(".")[2]) - (int(exponent[1:]) if exponent else 0)
    return Number(start, written, value, decimals, groups["money"] or groups["coin"] or unit, left, right, clause)


def sentences(text: str) -> list[str]:
    """Prose cut into sentences; a point within a number or a time ends none."""
    cut = re.split(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z\"'(`\d])", " ".join(text.split()))
    return [each.strip() for each in cut if each.strip()]
