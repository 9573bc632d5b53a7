"""Which point of a series somebody means: a time, or its place in the file."""

import math
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from argosy.inputs.quoting import shown
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.number_times import LARGEST_INDEX, UNITS
from argosy.inputs.tables.ticks import NUMBER
from argosy.inputs.time_text import iso
from argosy.signals.errors import BadInput

OPTION = "--at"


def point_at(text: str, loaded: LoadedSeries, zone: str | None = None) -> int:
    """The index of the point that a time means: the one at it, or the one whose step it falls into.

    Takes ISO 8601 (without an offset in `zone`, or UTC) and Unix times. A whole number below 100,000,000 is an index:
    the file's own where its points are counted, else the row from 0. Raises BadInput when no point is there.
    """
    word = text.strip()
    if re.match(NUMBER, word):
        number = float(word)
        if number.is_integer() and abs(number) < LARGEST_INDEX:
            return _by_index(int(number), loaded)
        return _by_second(_unix(number, word), word, loaded)
    return _by_second(_iso(word, zone), word, loaded)


def _by_index(number: int, loaded: LoadedSeries) -> int:
    series = loaded.series
    if loaded.times_known:
        first, last, index = 0, len(series) - 1, number
    else:
        first, last = (int(series.seconds[end] // series.step_s) for end in (0, -1))
        index = int(np.searchsorted(series.seconds, number * series.step_s))
        if first <= number <= last and series.seconds[index] != number * series.step_s:
            raise BadInput(f"{OPTION} {number}", "the file has no point of this index", "name one that it has")
    if not first <= number <= last:
        problem = f"points go from {first:,} to {last:,}"
        raise BadInput(f"{OPTION} {number}", problem, "give an index among them, or a time")
    return index


def _by_second(second: int, word: str, loaded: LoadedSeries) -> int:
    series = loaded.series
    place = f"{OPTION} {shown(word)}"
    if not loaded.times_known:
        raise BadInput(place, "the file's points are counted, not timed", "give an index, such as --at 1200")
    start, end = int(series.seconds[0]), int(series.seconds[-1]) + series.step_s
    if not start <= second < end:
        problem = f"the file goes from {iso(start)} to {iso(int(series.seconds[-1]))}"
        raise BadInput(place, problem, "give a time in between (UTC unless it has an offset)")
    index = int(np.searchsorted(series.seconds, second, side="right")) - 1
    if second >= series.seconds[index] + series.step_s:
        before, after = (iso(int(each)) for each in series.seconds[index : index + 2])
        raise BadInput(place, f"there is a gap between {before} and {after}", "give the time of a point")
    return index


def _unix(number: float, word: str) -> int:
    size = next((each for each in UNITS if abs(number) < each[1]), None)
    if size is None:
        raise BadInput(f"{OPTION} {shown(word)}", "is too large for a Unix time", "give seconds, or ISO 8601")
    return math.floor(number / size[2])


def _iso(word: str, zone: str | None) -> int:
    try:
        moment: datetime = pd.to_datetime(word, format="ISO8601").to_pydatetime(warn=False)
    except (ValueError, OverflowError) as error:
        mend = "write ISO 8601 such as 2024-05-01T13:00:00Z, Unix seconds, or an index"
        raise BadInput(f"{OPTION} {shown(word)}", "is no time", mend) from error
    if moment != moment:
        raise BadInput(f"{OPTION} {shown(word)}", "is no time", "write ISO 8601 such as 2024-05-01T13:00:00Z")
    known = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    return math.floor(known.timestamp())
