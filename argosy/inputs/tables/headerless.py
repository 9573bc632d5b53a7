"""Tables whose first row is data: what their columns are called then."""

import re
from collections.abc import Sequence

TIME, VALUE = "timestamp", "value"
_TIME = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ,].*)?|\d{9,19}(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def names_of_data(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Names for the columns of a table whose first row is this; None where the row names them itself.

    The first time is the timestamp, and the only number beside it the value.

    >>> names_of_data(["2024-05-01T13:00:00Z", "12.5"])
    ('timestamp', 'value')
    """
    times = [bool(_TIME.fullmatch(cell)) for cell in cells]
    numbers = [bool(_NUMBER.fullmatch(cell)) for cell in cells]
    plain = [number and not time for number, time in zip(numbers, times, strict=True)]
    all_data = all(time or number for time, number in zip(times, numbers, strict=True))
    counted = list(cells) == [str(place) for place in range(len(cells))]  # how pandas names columns without names
    if counted or not (all_data or (any(times) and any(plain))):
        return None
    names = [f"column {place}" for place in range(1, len(cells) + 1)]
    if True in times:
        names[times.index(True)] = TIME
    if sum(plain) == 1 and len(cells) - sum(plain) == (True in times):
        names[plain.index(True)] = VALUE
    return tuple(names)
