"""Records out of JSON: one object a line, a list of objects, or one object that holds such a list."""

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from argosy.signals.records import Field, Moment

LONGEST_TEXT = 64 << 10
"""In characters; what follows in a text is left out, and said to be."""

_MOST_DEPTH = 8


def parsed(line: bytes | str) -> Any:
    """A JSON value. Raises ValueError for what is none, or is nested beyond reason."""
    try:
        return json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def listed(value: Any) -> list[Any] | None:
    """The records of a JSON document: a list, the only list of objects in an object, or the object alone."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return None
    lists = [each for each in value.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
    return lists[0] if len(lists) == 1 else [value]


def as_row(value: Any) -> dict[str, Field]:
    """A JSON value as fields: nested objects by dotted names, lists of plain values as one text.

    >>> as_row({"user": {"id": 7, "tags": ["a", "b"]}, "ok": True})
    {'user.id': 7, 'user.tags': 'a b', 'ok': True}
    """
    if not isinstance(value, Mapping):
        return {"text": _plain(value)}
    return dict(_fields(value, "", 0))


def _fields(value: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Field]]:
    for name, each in value.items():
        if isinstance(each, Mapping) and depth < _MOST_DEPTH:
            yield from _fields(each, f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}", _plain(each)


def _plain(value: Any) -> Field:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return float(value) if value.is_finite() else None
        case datetime() | date():
            return _moment(value)
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case list() | dict() if not value:
            return None
        case list() if all(isinstance(each, str | int | float) for each in value):
            return " ".join(map(str, value))
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _moment(value: datetime | date) -> Moment:
    """A time of a Parquet file, without an offset as if in UTC."""
    at = value if isinstance(value, datetime) else datetime.combine(value, time())
    return Moment(str(value), at if at.tzinfo is not None else at.replace(tzinfo=UTC))
