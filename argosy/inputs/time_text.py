"""Moments and lengths of time as text, for messages and pictures."""

from datetime import UTC, datetime


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
