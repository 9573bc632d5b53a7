"""Cells to Unix seconds: ISO 8601, Unix seconds to nanoseconds, or an index with a step."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.tables.cells import read_floats
from argosy.inputs.tables.column import Column, is_text, without_blanks
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.time_text import iso
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput

INDEX_NAMES = ("index", "__index_level_0__", "")
"""Columns that hold an index, unless their cells are plainly times; the last two are what pandas writes."""

LARGEST_INDEX = 100_000_000
"""As Unix seconds, whole numbers below it lie before 1973-03-03."""

EARLIEST_S, LATEST_S = -30_610_224_000, 221_845_392_000
"""The years 1000 and 9000: what calendars and pictures can hold, with room to spare."""

LARGEST_STEP_S = 10 * 366 * 86_400

UNITS = (
    ("seconds", 1e11, 1),
    ("milliseconds", 1e14, 10**3),
    ("microseconds", 1e17, 10**6),
    ("nanoseconds", 2.0**63, 10**9),
)
"""Unix times told apart by magnitude: name, the size below which they are so, and how many make a second."""

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
ZONED = r"\d[Tt ]\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?\s*([Zz]|[+-]\d\d(:?\d\d)?)$"
ONE_FORMAT = "write all times in one format"
MEND = "write ISO 8601 such as 2024-05-01T13:00:00Z, Unix seconds, or an index with --step"


@dataclass(frozen=True, eq=False)
class Times:
    """`seconds` int64 Unix seconds, strictly increasing, shape (n,); not `known` when they are only steps from zero."""

    seconds: Ints
    known: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Ticks:
    """Times as whole or fractional numbers, `per_second` of them a second; `naive` when no row gave an offset."""

    values: Ints | np.ndarray
    per_second: int
    known: bool = True
    naive: bool = False
    notes: tuple[str, ...] = ()


def read_times(column: Column, step_s: int | None = None, reading: Reading = UNSAID) -> Times:  # noqa: ARG001
    """The times of a series, in its order. Raises BadInput when they are unreadable, mixed, unsorted or repeated."""
    column = without_blanks(column)
    ticks = _ticks(column, step_s)
    seconds = np.floor_divide(ticks.values, ticks.per_second).astype(np.int64)
    _check_years(column, ticks, seconds)
    _check_order(column, ticks, seconds)
    notes = ticks.notes
    if (seconds * ticks.per_second != ticks.values).any():
        notes += ("times have fractions of a second, which were dropped",)
    return Times(seconds, ticks.known, notes)


def read_moments(column: Column, step_s: int | None = None, reading: Reading = UNSAID) -> Ints:  # noqa: ARG001
    """Times in any order, repeats allowed, such as where incidents start: int64 Unix seconds, shape (n,)."""
    ticks = _ticks(without_blanks(column), step_s)
    return np.floor_divide(ticks.values, ticks.per_second).astype(np.int64)


def counted(points: int, step_s: int) -> Times:
    """The times of rows that have none: 0, step_s, 2 · step_s, …"""
    return Times(np.arange(points, dtype=np.int64) * check_step(step_s), known=False)


def check_step(step_s: int) -> int:
    """The step itself. Raises BadInput when it is not positive or longer than ten years."""
    if not 1 <= step_s <= LARGEST_STEP_S:
        raise BadInput("--step", f"{step_s} is no step in whole seconds", f"give one from 1 to {LARGEST_STEP_S}")
    return step_s


def _ticks(column: Column, step_s: int | None) -> _Ticks:
    kind = column.cells.type
    if column.cells.null_count:
        first = int(np.argmax(column.cells.is_null().to_numpy(False)))
        raise BadInput(column.place(first), "the row has no time", "give it one, or take the row out")
    if pa.types.is_timestamp(kind):
        return _refuse_step(column, step_s, _Ticks(_int64(column.cells), PER_SECOND[kind.unit], naive=kind.tz is None))
    if pa.types.is_date(kind):
        days = column.cells.cast(pa.date32()).cast(pa.int32()).to_numpy(False).astype(np.int64)
        return _refuse_step(column, step_s, _Ticks(days * 86_400, 1, naive=True))
    if is_text(kind) and not _looks_numeric(column):
        return _refuse_step(column, step_s, _iso_ticks(column))
    if pa.types.is_boolean(kind) or pa.types.is_temporal(kind):
        raise BadInput(column.whole, f"it holds {kind}, not times", MEND)
    return _number_ticks(column, step_s)


def _int64(cells: pa.Array) -> Ints:
    numbers: Ints = cells.cast(pa.int64()).to_numpy(False)
    return numbers


def _refuse_step(column: Column, step_s: int | None, ticks: _Ticks) -> _Ticks:
    if step_s is not None:
        mend = "leave --step out, or name an index with --time"
        raise BadInput("--step", f"{column.whole} already holds times", mend)
    return ticks


def _looks_numeric(column: Column) -> bool:
    return len(column.cells) > 0 and bool(pc.match_substring_regex(column.cells[:1], NUMBER)[0].as_py())


def _iso_ticks(column: Column) -> _Ticks:
    """Reads ISO 8601 text; naive is UTC, but only when every row is naive."""
    numbers: Bools = pc.match_substring_regex(column.cells, NUMBER).to_numpy(False)
    if numbers.any():
        first = int(np.argmax(numbers))
        raise BadInput(column.place(first), f"{column.text(first)} is a number, the rows before are not", ONE_FORMAT)
    zoned: Bools = pc.match_substring_regex(column.cells, ZONED).to_numpy(False)
    if zoned.any() and not zoned.all():
        first = int(np.argmax(zoned != zoned[0]))
        problem = f"{column.text(first)} {'has an offset' if zoned[first] else 'has no offset'}, unlike the rows before"
        raise BadInput(column.place(first), problem, "write all times with an offset, or all without (then UTC)")
    parsed = pd.to_datetime(column.cells.to_pandas(), format="ISO8601", utc=True, errors="coerce")
    unread = parsed.isna().to_numpy()
    if unread.any():
        first = int(np.argmax(unread))
        raise BadInput(column.place(first), f"{column.text(first)} is no time", MEND)
    return _Ticks(parsed.dt.as_unit("us").astype("int64").to_numpy(), 10**6, naive=not zoned.any())


def _number_ticks(column: Column, step_s: int | None) -> _Ticks:
    numbers: np.ndarray
    if pa.types.is_signed_integer(column.cells.type):
        numbers = _int64(column.cells)
    else:
        numbers = _numbers(column)
        if np.isnan(numbers).any():
            raise BadInput(column.place(int(np.argmax(np.isnan(numbers)))), "the row has no time", "give it one")
    if not len(numbers):
        return _Ticks(numbers.astype(np.int64), 1)
    small = bool((np.abs(numbers) < LARGEST_INDEX).all() and (numbers == np.floor(numbers)).all())
    if small and (step_s is not None or column.name.lower() in INDEX_NAMES):
        return _index_ticks(column, numbers.astype(np.int64), step_s)
    if step_s is not None:
        problem = f"{column.whole} is no index of whole numbers below {LARGEST_INDEX}"
        raise BadInput("--step", problem, "leave --step out, or name an index with --time")
    return _unix_ticks(column, numbers, small)


def _numbers(column: Column) -> np.ndarray:
    if is_text(column.cells.type):
        other = ~pc.match_substring_regex(column.cells, NUMBER).to_numpy(False)
        if other.any():
            first = int(np.argmax(other))
            problem = f"{column.text(first)} is no number, unlike the rows before"
            raise BadInput(column.place(first), problem, ONE_FORMAT)
    return read_floats(column)


def _index_ticks(column: Column, index: Ints, step_s: int | None) -> _Ticks:
    if step_s is None:
        raise BadInput(column.whole, "an index does not say how far apart points are", "give --step SECONDS")
    return _Ticks(index * check_step(step_s), 1, known=False)


def _unix_ticks(column: Column, numbers: np.ndarray, small: bool) -> _Ticks:
    if small and (numbers >= 19_000_101).all() and (numbers <= 21_001_231).all():
        raise BadInput(column.place(0), f"{column.text(0)} looks like a date without dashes", MEND)
    sizes = np.searchsorted([limit for _, limit, _ in UNITS], np.abs(numbers.astype(np.float64)), side="right")
    odd = sizes != sizes[0]
    if odd.any() or sizes[0] == len(UNITS):
        large = sizes == len(UNITS)
        first = int(np.argmax(large if large.any() else odd))
        if large.any():
            raise BadInput(column.place(first), f"{column.text(first)} is too large for a Unix time", MEND)
        one, other = UNITS[sizes[0]][0], UNITS[sizes[first]][0]
        problem = f"{column.text(first)} would be in {other}, the rows before in {one}"
        raise BadInput(column.place(first), problem, "use one unit for all times")
    note = f"times lie before 1973 ({iso(int(numbers[0]))}); if they are an index, give --step"
    return _Ticks(numbers, UNITS[sizes[0]][2], known=not small, notes=(note,) if small else ())


def _check_years(column: Column, ticks: _Ticks, seconds: Ints) -> None:
    outside = (seconds < EARLIEST_S) | (seconds > LATEST_S)
    if ticks.known and outside.any():
        first = int(np.argmax(outside))
        raise BadInput(column.place(first), f"{column.text(first)} lies outside the years 1000 to 9000", MEND)


def _check_order(column: Column, ticks: _Ticks, seconds: Ints) -> None:
    wrong = np.flatnonzero(np.diff(seconds) <= 0)
    if not len(wrong):
        return
    late = int(wrong[0]) + 1
    before, after = ticks.values[late - 1], ticks.values[late]
    this, that = column.text(late), f"row {column.rows[late - 1]}"
    if after > before:
        mend = "aggregate to whole seconds, or use an index with --step"
        raise BadInput(column.place(late), f"{this} is less than a second after {that}", mend)
    clock = "; if a clock change did this, write offsets or UTC" if ticks.naive else ""
    if after == before:
        mend = "keep one row for each time (--id-column tells several series apart, --series names one)"
        raise BadInput(column.place(late), f"{this} repeats the time of {that}", mend + clock)
    raise BadInput(
        column.place(late),
        f"{this} comes before {that}",
        f"sort the file by this column, or tell several series apart with --id-column{clock}",
    )
