"""Times written as numbers: Unix seconds to nanoseconds, an index with a step, dates as digits, or serial days."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.tables.cells import read_floats
from argosy.inputs.tables.column import Column, is_text
from argosy.inputs.tables.compact_times import read_compact
from argosy.inputs.tables.ticks import MEND, NUMBER, ONE_FORMAT, Ticks
from argosy.inputs.tables.written_times import no_time
from argosy.inputs.time_text import iso
from argosy.signals.arrays import Floats, Ints
from argosy.signals.errors import BadInput

INDEX_NAMES = ("index", "__index_level_0__", "")
"""Columns that hold an index, unless their cells are plainly times; the last two are what pandas writes."""

LARGEST_INDEX = 100_000_000
"""As Unix seconds, whole numbers below it lie before 1973-03-03."""

LARGEST_STEP_S = 10 * 366 * 86_400

LARGEST_EXACT = 2.0**53
"""Beyond it a float64 does not hold every whole number."""

UNITS = (
    ("seconds", 1e11, 1),
    ("milliseconds", 1e14, 10**3),
    ("microseconds", 1e17, 10**6),
    ("nanoseconds", 2.0**63, 10**9),
)
"""Unix times told apart by magnitude: name, the size below which they are so, and how many make a second."""

FIRST_SERIAL, LAST_SERIAL = 32_874, 58_441
"""The serial days of spreadsheets from 1990 to 2060."""

SERIAL_OF_1970 = 25_569

FIRST_COMPACT = 19_000_101
"""The first date of eight digits; an index below it is an index."""

NEAR_MINUTE_S = 5
"""Four decimals of a day are nine seconds."""


def check_step(step_s: int) -> int:
    """The step itself. Raises BadInput when it is not positive or longer than ten years."""
    if not 1 <= step_s <= LARGEST_STEP_S:
        raise BadInput("--step", f"{step_s} is no step in whole seconds", f"give one from 1 to {LARGEST_STEP_S}")
    return step_s


def number_ticks(column: Column, step_s: int | None, time_format: str | None) -> Ticks:
    """The times that numbers say, or text that looks like numbers. Raises BadInput."""
    numbers = _numbers(column)
    if not len(numbers):
        return Ticks(numbers.astype(np.int64), 1)
    if time_format == "excel":
        seconds, note = _serial_seconds(numbers)
        return Ticks(seconds, 1, naive=True, notes=(note,) if note else ())
    whole = bool((numbers == np.floor(numbers)).all())
    if time_format != "unix":
        if dates := _dates(column, numbers, whole, step_s):
            return dates
        _refuse_serial_days(column, numbers, step_s)
    return _index_or_unix(column, numbers, whole, step_s)


def _numbers(column: Column) -> np.ndarray:
    if is_text(column.cells.type):
        _refuse_words(column)
    if _are_whole(column.cells):
        whole: Ints = column.cells.cast(pa.int64()).to_numpy(False)
        return whole
    numbers = read_floats(column)
    if np.isnan(numbers).any():
        raise BadInput(column.place(int(np.argmax(np.isnan(numbers)))), "the row has no time", "give it one")
    return numbers


def _are_whole(cells: pa.Array) -> bool:
    """Whether cells are numbers that an int64 holds."""
    if is_text(cells.type):
        return bool(pc.all(pc.match_substring_regex(cells, r"^\d{1,18}$")).as_py())
    return bool(pa.types.is_signed_integer(cells.type))


def _refuse_words(column: Column) -> None:
    other = ~pc.match_substring_regex(column.cells, NUMBER).to_numpy(False)
    if other.any():
        first = int(np.argmax(other))
        problem = f"{column.text(first)} is no number, unlike the rows before"
        has_digits = any(each.isdigit() for each in str(column.cells[first].as_py()))
        raise BadInput(column.place(first), problem, ONE_FORMAT) if has_digits else no_time(column, first)


def _dates(column: Column, numbers: np.ndarray, whole: bool, step_s: int | None) -> Ticks | None:
    """Digits that are dates, such as 2024032001."""
    largest = _magnitudes(numbers).max()
    if not whole or largest >= (LARGEST_EXACT if numbers.dtype.kind == "f" else 2.0**63):
        return None
    if step_s is not None and largest < FIRST_COMPACT:
        return None
    compact = read_compact(column, numbers.astype(np.int64))
    if compact is None:
        return None
    if step_s is not None:
        mend = "leave --step out, or name an index with --time"
        raise BadInput("--step", f"{column.whole} holds dates such as {column.text(0)}", mend)
    return Ticks(compact.micros, 10**6, naive=True, notes=(compact.note,))


def _refuse_serial_days(column: Column, numbers: np.ndarray, step_s: int | None) -> None:
    counted = step_s is not None or column.name.lower() in INDEX_NAMES
    if counted or numbers.min() < FIRST_SERIAL or numbers.max() > LAST_SERIAL:
        return
    day = iso(int(_serial_seconds(numbers)[0][0])).removesuffix("Z")
    problem = f"{column.text(0)} looks like a serial day of a spreadsheet, {day}"
    mend = "read it with --time-format excel, or say otherwise: --time-format unix, or --step for an index"
    raise BadInput(column.place(0), problem, mend)


def _magnitudes(numbers: np.ndarray) -> Floats:
    """How large numbers are, shape (n,); the smallest int64 has no absolute value among its kind."""
    sizes: Floats = np.abs(numbers.astype(np.float64))
    return sizes


def _serial_seconds(numbers: np.ndarray) -> tuple[Ints, str]:
    """Seconds by the wall clock, shape (n,), of days whose few decimals stand for whole minutes; and a note if so."""
    days = np.asarray(numbers, dtype=np.float64) - SERIAL_OF_1970
    seconds = np.round(np.clip(days, -1e8, 1e8) * 86_400).astype(np.int64)
    minutes = (seconds + 30) // 60 * 60
    if (seconds == minutes).all() or (np.abs(seconds - minutes) > NEAR_MINUTE_S).any():
        return seconds, ""
    return minutes, "serial days are taken as whole minutes, from which they differ by a few seconds"


def _index_or_unix(column: Column, numbers: np.ndarray, whole: bool, step_s: int | None) -> Ticks:
    small = bool((_magnitudes(numbers) < LARGEST_INDEX).all())
    if small and whole and (step_s is not None or column.name.lower() in INDEX_NAMES):
        return _index_ticks(column, numbers.astype(np.int64), step_s)
    if step_s is not None:
        problem = f"{column.whole} is no index of whole numbers below {LARGEST_INDEX}"
        raise BadInput("--step", problem, "leave --step out, or name an index with --time")
    return _unix_ticks(column, numbers, small)


def _index_ticks(column: Column, index: Ints, step_s: int | None) -> Ticks:
    if step_s is None:
        raise BadInput(column.whole, "an index does not say how far apart points are", "give --step SECONDS")
    return Ticks(index * check_step(step_s), 1, known=False)


def _unix_ticks(column: Column, numbers: np.ndarray, small: bool) -> Ticks:
    sizes = np.searchsorted([limit for _, limit, _ in UNITS], _magnitudes(numbers), side="right")
    large, odd = sizes == len(UNITS), sizes != sizes[0]
    if large.any():
        first = int(np.argmax(large))
        raise BadInput(column.place(first), f"{column.text(first)} is too large for a Unix time", MEND)
    if odd.any():
        first = int(np.argmax(odd))
        one, other = UNITS[sizes[0]][0], UNITS[sizes[first]][0]
        problem = f"{column.text(first)} would be in {other}, the rows before in {one}"
        raise BadInput(column.place(first), problem, "use one unit for all times")
    note = f"times lie before 1973 ({iso(int(numbers[0]))}); if they are an index, give --step"
    return Ticks(numbers, UNITS[sizes[0]][2], known=not small, notes=(note,) if small else ())
