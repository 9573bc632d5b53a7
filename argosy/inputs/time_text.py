"""Moments and lengths of time as text, for messages and pictures."""

import re
from datetime import UTC, datetime

SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
"""Units of a length of time, as Prometheus and people write them."""


def iso(second: int) -> str:
    """A Unix second in ISO 8601; those that no calendar has as a number."""
    try:
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{second} s"


def duration(seconds: int) -> str:
    """A length of time in its largest fitting unit.

    >>> duration(10_800)
    '3 h'
    """
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds} s"


def read_duration(text: str) -> int | None:
    """Seconds from a number of them, or lengths with units one after another; None where there is neither.

    >>> read_duration("1h30m"), read_duration("60"), read_duration("soon")
    (5400, 60, None)
    """
    word = text.strip().lower()
    if re.fullmatch(r"\d{1,12}", word):
        return int(word)
    parts = re.findall(r"(\d{1,9})\s*([a-z]+)\s*", word)
    if not parts or any(unit not in SECONDS for _, unit in parts) or _written(parts) != re.sub(r"\s", "", word):
        return None
    return sum(int(number) * SECONDS[unit] for number, unit in parts)


def _written(parts: list[tuple[str, str]]) -> str:
    return "".join(number + unit for number, unit in parts)
