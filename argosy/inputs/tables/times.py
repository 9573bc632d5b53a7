"""Cells to Unix seconds: ISO 8601, other text, Unix seconds to nanoseconds, digits, or an index with a step."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.tables import wall_clock
from argosy.inputs.tables.column import Column, is_text, without_blanks
from argosy.inputs.tables.number_times import check_step, number_ticks
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.tables.ticks import MEND, NUMBER, ONE_FORMAT, OutOfOrder, Ticks
from argosy.inputs.tables.written_times import WrittenTimes, as_format, as_it_says, no_time
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput

EARLIEST_S, LATEST_S = -30_610_224_000, 221_845_392_000
"""The years 1000 and 9000: what calendars and pictures can hold, with room to spare."""

LONGEST_SET_BACK_S = 3_600
"""What clocks are set back by in autumn."""

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
ZONED = r"\d[Tt ]\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?\s*([Zz]|[+-]\d\d(:?\d\d)?)$"
UTC_WORD, COMMA_FRACTION = r"(\d)\s*(UTC|GMT)$", r"(:\d\d),(\d+)"


@dataclass(frozen=True, eq=False)
class Times:
    """`seconds` int64 Unix seconds, strictly increasing, shape (n,); not `known` when they are only steps from zero.

    `naive` where no row said how far its clock is from UTC.
    """

    seconds: Ints
    known: bool
    notes: tuple[str, ...] = ()
    naive: bool = False


@dataclass(frozen=True, eq=False)
class Moments:
    """Times in any order, repeats allowed: int64 Unix seconds, shape (n,). `known` and `naive` as of `Times`."""

    seconds: Ints
    known: bool
    naive: bool
    notes: tuple[str, ...] = ()


def read_times(column: Column, step_s: int | None = None, reading: Reading = UNSAID) -> Times:
    """The times of a series, in its order. Raises BadInput when they are unreadable, mixed, unsorted or repeated."""
    column = without_blanks(column)
    ticks = _ticks(column, step_s, reading.time_format)
    seconds = np.floor_divide(ticks.values, ticks.per_second).astype(np.int64)
    _check_years(column, ticks, seconds)
    notes = ticks.notes
    if (seconds * ticks.per_second != ticks.values).any():
        notes += ("times have fractions of a second, which were dropped",)
    if ticks.naive and reading.zone is not None:
        wall_s = seconds
        seconds, more = wall_clock.in_order(column, wall_s, reading.zone)
        ticks = replace(ticks, values=ticks.values + (seconds - wall_s) * ticks.per_second, naive=False)
        notes += more
    elif reading.zone is not None:
        notes += ("--zone changes no time of the series: they have an offset, or are counted from 1970",)
    _check_order(column, ticks, seconds)
    return Times(seconds, ticks.known, notes, ticks.naive)


def read_moments(column: Column, step_s: int | None = None, reading: Reading = UNSAID, latest: bool = False) -> Moments:
    """Times such as where incidents start. Of those that clocks showed twice the first, or with `latest` the last.

    A format counts where they are all written so. Raises BadInput.
    """
    column = without_blanks(column)
    ticks = _ticks(column, step_s, _format_of(column, reading.time_format))
    seconds = np.floor_divide(ticks.values, ticks.per_second).astype(np.int64)
    if not ticks.naive or reading.zone is None:
        return Moments(seconds, ticks.known, ticks.naive, ticks.notes)
    _check_years(column, ticks, seconds)
    seconds, notes = wall_clock.in_any_order(column, seconds, reading.zone, latest)
    return Moments(seconds, ticks.known, False, (*ticks.notes, *notes))


def counted(points: int, step_s: int) -> Times:
    """The times of rows that have none: 0, step_s, 2 · step_s, …"""
    return Times(np.arange(points, dtype=np.int64) * check_step(step_s), known=False)


def _format_of(column: Column, time_format: str | None) -> str | None:
    """The format, where all cells of a column are written so."""
    if time_format is None or "%" not in time_format or not is_text(column.cells.type):
        return None
    return time_format if as_format(column.cells, time_format).read.all() else None


def _ticks(column: Column, step_s: int | None, time_format: str | None) -> Ticks:
    kind = column.cells.type
    if column.cells.null_count:
        first = int(np.argmax(column.cells.is_null().to_numpy(False)))
        raise BadInput(column.place(first), "the row has no time", "give it one, or take the row out")
    if pa.types.is_timestamp(kind):
        return _refuse_step(column, step_s, Ticks(_int64(column.cells), PER_SECOND[kind.unit], naive=kind.tz is None))
    if pa.types.is_date(kind):
        days = column.cells.cast(pa.date32()).cast(pa.int32()).to_numpy(False).astype(np.int64)
        return _refuse_step(column, step_s, Ticks(days * 86_400, 1, naive=True))
    if is_text(kind) and (time_format is not None and "%" in time_format):
        return _refuse_step(column, step_s, _formatted_ticks(column, time_format))
    if is_text(kind) and not _looks_numeric(column):
        return _refuse_step(column, step_s, _text_ticks(column))
    if pa.types.is_time(kind):
        problem = f"it holds times of day without a date, such as {column.text(0)}"
        mend = "join date and time in one column; columns 'date' and 'time' are joined where --time is left out"
        raise BadInput(column.whole, problem, mend)
    if pa.types.is_boolean(kind) or pa.types.is_temporal(kind):
        raise BadInput(column.whole, f"it holds {kind}, not times", MEND)
    return number_ticks(column, step_s, time_format)


def _int64(cells: pa.Array) -> Ints:
    numbers: Ints = cells.cast(pa.int64()).to_numpy(False)
    return numbers


def _refuse_step(column: Column, step_s: int | None, ticks: Ticks) -> Ticks:
    if step_s is not None:
        mend = "leave --step out, or name an index with --time"
        raise BadInput("--step", f"{column.whole} already holds times", mend)
    return ticks


def _looks_numeric(column: Column) -> bool:
    return len(column.cells) > 0 and bool(pc.match_substring_regex(column.cells[:1], NUMBER)[0].as_py())


def _formatted_ticks(column: Column, time_format: str) -> Ticks:
    written = as_format(column.cells, time_format)
    if not written.read.all():
        first = int(np.argmax(~written.read))
        raise no_time(column, first, time_format)
    return Ticks(written.micros, 10**6, naive=not written.zoned)


def _text_ticks(column: Column) -> Ticks:
    """Reads ISO 8601, or else text that can be read in one way only; naive is UTC, but only when every row is."""
    numbers: Bools = pc.match_substring_regex(column.cells, NUMBER).to_numpy(False)
    if numbers.any():
        first = int(np.argmax(numbers))
        raise BadInput(column.place(first), f"{column.text(first)} is a number, the rows before are not", ONE_FORMAT)
    written, zoned = _iso(column)
    if not written.read.all():
        if len(column.cells) and not written.read[0] and (found := as_it_says(column)):
            return Ticks(found[0].micros, 10**6, naive=not found[0].zoned, notes=(found[1],))
        raise no_time(column, int(np.argmax(~written.read)))
    if zoned.any() and not zoned.all():
        first = int(np.argmax(zoned != zoned[0]))
        problem = f"{column.text(first)} {'has an offset' if zoned[first] else 'has no offset'}, unlike the rows before"
        raise BadInput(column.place(first), problem, "write all times with an offset, or all without (then UTC)")
    return Ticks(written.micros, 10**6, naive=not zoned.any())


def _iso(column: Column) -> tuple[WrittenTimes, Bools]:
    """The cells as ISO 8601, and which have an offset, shape (n,); a decimal comma and the words UTC and GMT count."""
    plain = pc.replace_substring_regex(column.cells, UTC_WORD, r"\1Z")
    plain = pc.replace_substring_regex(plain, COMMA_FRACTION, r"\1.\2")
    zoned: Bools = pc.match_substring_regex(plain, ZONED).to_numpy(False)
    parsed = pd.to_datetime(plain.to_pandas(), format="ISO8601", utc=True, errors="coerce")
    micros = parsed.dt.as_unit("us").astype("int64").to_numpy()
    return WrittenTimes(micros, parsed.notna().to_numpy(), bool(zoned.any()), "ISO 8601"), zoned


def _check_years(column: Column, ticks: Ticks, seconds: Ints) -> None:
    outside = (seconds < EARLIEST_S) | (seconds > LATEST_S)
    if ticks.known and outside.any():
        first = int(np.argmax(outside))
        raise BadInput(column.place(first), f"{column.text(first)} lies outside the years 1000 to 9000", MEND)


def _check_order(column: Column, ticks: Ticks, seconds: Ints) -> None:
    wrong = np.flatnonzero(np.diff(seconds) <= 0)
    if not len(wrong):
        return
    late = int(wrong[0]) + 1
    before, after = ticks.values[late - 1], ticks.values[late]
    this, that = column.text(late), f"row {column.rows[late - 1]}"
    if after > before:
        mend = "aggregate to whole seconds, or use an index with --step"
        raise BadInput(column.place(late), f"{this} is less than a second after {that}", mend)
    clock = "; if a clock change did this, name the --zone, or write offsets or UTC" if ticks.naive else ""
    if after == before:
        mend = "keep one row for each time (--id-column tells several series apart, --series names one)"
        raise OutOfOrder(column.place(late), f"{this} repeats the time of {that}", mend + clock, seconds)
    if ticks.naive and before - after <= LONGEST_SET_BACK_S * ticks.per_second and after in ticks.values[:late]:
        problem = f"{this} comes twice, here after {that}, as when clocks are set back"
        mend = "name the --zone, or write offsets or UTC; --id-column tells several series apart"
        raise OutOfOrder(column.place(late), problem, mend, seconds)
    raise OutOfOrder(
        column.place(late),
        f"{this} comes before {that}",
        f"sort the file by this column, or tell several series apart with --id-column{clock}",
        seconds,
    )
