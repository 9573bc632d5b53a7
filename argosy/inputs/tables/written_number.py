"""Numbers as people write them: decimal commas, thousands, currencies, units, lengths of time; cell by cell."""

import math
import re
import unicodedata
from dataclasses import dataclass

from argosy.inputs.tables.units import CURRENCIES, DURATIONS

DECIMALS = (".", ",")
"""What may stand before the fraction of a number."""

CLOCK, LONG_CLOCK = "h:mm", "h:mm:ss"
"""The units of what is written as hours and minutes, and with seconds; the values are in seconds."""

LONGEST_CHARS = 64
_OCTET = 255
_HALF_DAY_S = 43_200.0

_MONEY = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))
_UNIT = rf"{_MONEY}|[%‰°][A-Za-z]?|[^\W\d_][^\W\d_/%·²³]*(?:/[^\W\d_]+)?[23]?"
_CORES = {
    sign: rf"""
        (?P<whole>[0-9]+ | [1-9][0-9]{{0,2}}(?:(?P<group>[{other}'’_ ])[0-9]{{3}})(?:(?P=group)[0-9]{{3}})*
                | [1-9][0-9]?(?:,[0-9]{{2}})+,[0-9]{{3}}{"" if sign == "." else "(?!)"})
        (?:{re.escape(sign)}(?P<part>[0-9]+))?
        | {re.escape(sign)}(?P<bare>[0-9]+)"""
    for sign, other in ((".", ","), (",", "."))
}
_NUMBERS = {
    sign: re.compile(
        rf"(?P<sign>[+-]?)\ ?(?:(?P<before>{_MONEY})\ ?)?(?P<inner>[+-]?)(?:{core})(?P<power>[eE][+-]?[0-9]{{1,3}})?"
        rf"(?:(?P<after>-)|\ ?(?P<unit>{_UNIT})\.?)?",
        re.VERBOSE,
    )
    for sign, core in _CORES.items()
}
PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
"""A number without anything beside it, as programs write it."""

_DASHES = str.maketrans({"−": "-", "–": "-", "﹣": "-", "\t": " "})
_CLOCK = re.compile(
    r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]{1,9})?))?(?: ?([ap])\.?m\.?)?", re.IGNORECASE
)
_PART = r"([0-9]+(?:[.,][0-9]+)?) ?(" + "|".join(sorted(DURATIONS, key=len, reverse=True)) + ")"
_LENGTH = re.compile(rf"-?(?:{_PART}[ ,]*(?![^\W\d_])){{2,8}}")
_PARTS = re.compile(_PART)


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number, and what stands beside it: a unit, a currency, or nothing. `is_whole` when it has no fraction."""

    value: float
    unit: str = ""
    is_whole: bool = False


def read_number(text: str, decimal: str = ".") -> WrittenNumber | None:
    """The number that a cell holds and nothing else, None where it holds none. Units are not converted.

    >>> read_number("1,234.50 €")
    WrittenNumber(value=1234.5, unit='€', is_whole=False)
    >>> read_number("1.234,5", decimal=",")
    WrittenNumber(value=1234.5, unit='', is_whole=False)
    >>> read_number("1h 30m").value, read_number("192.168.100.200", decimal=",")
    (5400.0, None)
    """
    if len(text) > LONGEST_CHARS:
        return None
    if decimal == "." and PLAIN.fullmatch(text):
        return WrittenNumber(float(text), "", "." not in text)
    text = _plain(text)
    in_brackets = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if in_brackets else text
    found = _NUMBERS[decimal].fullmatch(text)
    if found is None or _is_address(text):
        return None if in_brackets else _length_of_time(text)
    return _written(found, in_brackets)


def _plain(text: str) -> str:
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return text.translate(_DASHES).strip()


def _is_address(text: str) -> bool:
    """Whether this is an IPv4 address, which otherwise reads as thousands."""
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) <= _OCTET for part in parts)


def _written(found: re.Match[str], in_brackets: bool) -> WrittenNumber | None:
    signs = [found[name] for name in ("sign", "inner", "after") if found[name]]
    if len(signs) + in_brackets > 1 or (found["before"] and found["unit"]):
        return None
    whole, part = re.sub(r"\D", "", found["whole"] or "0"), found["part"] or found["bare"]
    value = float(f"{whole}.{part or 0}{found['power'] or ''}")
    if not math.isfinite(value):
        return None
    unit = found["before"] or found["unit"] or ""
    return WrittenNumber(-value if "-" in signs or in_brackets else value, unit, not part and not found["power"])


def _length_of_time(text: str) -> WrittenNumber | None:
    """`1:30:00`, `2:05 pm` and `1h 30m`, in seconds."""
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds, half = clock.groups()
        past = int(hours) * 3600.0 + int(minutes) * 60.0 + float((seconds or "0").replace(",", "."))
        if half is None:
            return WrittenNumber(past, LONG_CLOCK if seconds else CLOCK)
        return WrittenNumber(past % _HALF_DAY_S + (_HALF_DAY_S if half in "pP" else 0.0), LONG_CLOCK)
    if not _LENGTH.fullmatch(text):
        return None
    total = sum(float(number.replace(",", ".")) * DURATIONS[unit] for number, unit in _PARTS.findall(text))
    return WrittenNumber(-total if text.startswith("-") else total, "s")
