"""One series out of a table: its points, labels or incidents, and what a detector in service says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.across_gaps import with_gap_policy
from argosy.inputs.tables.cells import read_base, read_flags, read_floats
from argosy.inputs.tables.column import Column
from argosy.inputs.tables.column_names import ID_NAMES, LABEL_NAMES, TIME_NAMES, VALUE_NAMES, pick, pick_alone
from argosy.inputs.tables.counter_rates import counter_notes, with_rates
from argosy.inputs.tables.id_columns import refuse_alternating, refuse_mixed
from argosy.inputs.tables.incidents import list_incidents, offset_notes, placed
from argosy.inputs.tables.inferred_columns import number_column, time_column
from argosy.inputs.tables.loaded_series import LoadedSeries, file_stem
from argosy.inputs.tables.number_text import numbers_of
from argosy.inputs.tables.number_times import check_step
from argosy.inputs.tables.precision import precision_notes
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.tables.sheet import Sheet, open_sheet
from argosy.inputs.tables.split_times import times_joined
from argosy.inputs.tables.ticks import OutOfOrder
from argosy.inputs.tables.times import Times, counted, read_times
from argosy.inputs.tables.uneven_steps import step_change_note
from argosy.inputs.time_text import duration
from argosy.signals.arrays import Bools
from argosy.signals.bridged import bridged
from argosy.signals.errors import BadInput
from argosy.signals.gaps import gaps
from argosy.signals.incidents import Incident, incidents_in, labels_at
from argosy.signals.series import Series

SHOWN_IDS = 5


@dataclass(frozen=True)
class TableRequest:
    """What to read. Columns not named are found by the usual names; `step_s` goes with an index instead of times."""

    path: Path
    time: str | None = None
    value: str | None = None
    label: str | None = None
    id_column: str | None = None
    series: str | None = None
    step_s: int | None = None
    incidents: Path | None = None
    base: str | None = None
    base_known: bool = False
    """Whether `base` is the column that a stored detector was made with, so that no option can name another."""
    reading: Reading = UNSAID
    infer_columns: bool = True
    """Whether columns without a usual name may be told by what they hold: not where nobody reads what is said of it."""


@dataclass(frozen=True)
class _Names:
    """The columns of a sheet by what they are for."""

    time: str | None
    value: str
    label: str | None
    base: str | None
    only: tuple[str, str] | None
    notes: tuple[str, ...] = ()

    @property
    def wanted(self) -> list[str]:
        names = (self.time, self.value, self.label, self.base)
        return list(dict.fromkeys(name for name in names if name is not None))

    @property
    def numbers(self) -> list[str]:
        return [name for name in (self.value, self.base) if name is not None]

    def as_text(self, reading: Reading) -> list[str]:
        """The columns of numbers, where they are to be read in the way that was said."""
        return self.numbers if reading.decimal or reading.units else []

    @property
    def id(self) -> str | None:
        return self.only[1] if self.only else None


def read_series(request: TableRequest) -> LoadedSeries:
    """Reads one series from CSV, gzipped CSV or Parquet.

    Raises BadInput, naming file, row and column, for whatever is not a series: unreadable cells, times that are
    mixed, unsorted or repeated, infinite values, no value at all.
    """
    return read_sheet(open_sheet(request.path, request.reading), request)


def read_sheet(sheet: Sheet, request: TableRequest) -> LoadedSeries:
    """Reads one series from a table that is open already, whatever holds it. Raises BadInput as `read_series` does."""
    if request.step_s is not None:
        check_step(request.step_s)
    sheet = times_joined(sheet, request.time)
    names = _names(sheet, request)
    numbers = names.as_text(request.reading)
    times_too = [names.time] if names.time and request.reading.time_format else []
    columns, written = _numbers(sheet.read(names.wanted, names.only, [*numbers, *times_too]), names, request)
    value = columns[names.value]
    if not len(value.rows):
        raise _without_rows(sheet, names.only)
    times = _times(sheet, columns, names, request)
    series, notes = _series(value, times, request, names.id or file_stem(request.path))
    labels, incidents, more = _labels(columns, names, request, series, times)
    base = read_base(columns[names.base]) if names.base else None
    loaded = LoadedSeries(
        request.path,
        series,
        labels,
        incidents,
        base,
        (*sheet.notes, *names.notes, *times.notes, *written, *notes, *more),
        times.known,
        times.naive,
    )
    if request.reading.rate:
        loaded = with_rates(loaded, value.whole)
    return loaded if request.reading.gaps is None else with_gap_policy(loaded, request.reading.gaps)


def _numbers(
    columns: dict[str, Column], names: _Names, request: TableRequest
) -> tuple[dict[str, Column], tuple[str, ...]]:
    """The columns, those of numbers as it was said that they are written; and what to say of that."""
    found = {name: numbers_of(columns[name], request.reading) for name in names.numbers}
    notes = tuple(note for each in found.values() for note in each.notes)
    return columns | {name: each.column for name, each in found.items()}, notes


def list_series(path: Path, id_column: str | None = None) -> tuple[str, ...]:
    """The ids of the series in a table, in order of appearance. Raises BadInput, also when there is no id column."""
    sheet = open_sheet(path)
    column = pick(sheet, id_column, ID_NAMES, "--id-column", required=True)
    assert column is not None
    return sheet.ids(column)


def _names(sheet: Sheet, request: TableRequest) -> _Names:
    if request.label is not None and request.incidents is not None:
        raise BadInput("--label and --incidents", "both say where incidents are", "give one of them")
    time, said = _time(sheet, request)
    label = None if request.incidents else pick(sheet, request.label, LABEL_NAMES, "--label")
    base = _base(sheet, request)
    value, notes = _value(sheet, request, (time, label, base))
    for column, option, role in ((label, "--label", "labels"), (base, "--base", "a detector's verdicts")):
        if column == value:
            raise BadInput(f"{option} {column}", f"is the column of values, not of {role}", "name another column")
    if base is not None and base == label:
        raise BadInput(f"--base {base}", "is the column of labels", "name the column of your detector's verdicts")
    return _Names(time, value, label, base, _only(sheet, request), (*said, *notes))


def _time(sheet: Sheet, request: TableRequest) -> tuple[str | None, tuple[str, ...]]:
    """The column of times, None where rows are evenly spaced: one named so, or the only one of dates, which is said."""
    time = pick(sheet, request.time, TIME_NAMES, "--time")
    if time is not None or request.step_s is not None:
        return time, ()
    alone = time_column(sheet, (request.value, request.label, request.base)) if request.infer_columns else None
    if alone is None:
        pick(sheet, None, TIME_NAMES, "--time", required=True)
    return alone, (f"times are those of column {shown(alone)}",)


def _value(sheet: Sheet, request: TableRequest, taken: Sequence[str | None]) -> tuple[str, tuple[str, ...]]:
    """The column of values: the one named so, or the only one left, or the only one of numbers, which is said."""
    value = pick(sheet, request.value, VALUE_NAMES, "--value")
    if value is not None:
        return value, ()
    id_column = pick(sheet, request.id_column, ID_NAMES, "--id-column")
    if request.infer_columns and taken[0] is not None:
        taken = (*taken, id_column)
        alone = pick_alone(sheet, taken) or number_column(sheet, taken)
        if alone is not None:
            return alone, (f"values are those of column {shown(alone)}",)
    value = pick(sheet, None, VALUE_NAMES, "--value", required=True)
    assert value is not None
    return value, ()


def _base(sheet: Sheet, request: TableRequest) -> str | None:
    if request.base is None:
        return None
    try:
        return pick(sheet, request.base, (), "--base")
    except BadInput as error:
        if not request.base_known:
            raise
        mend = f"give a file with the column {shown(request.base)}, whose verdicts the detector was made with"
        raise BadInput(error.place, error.problem, mend) from error


def _only(sheet: Sheet, request: TableRequest) -> tuple[str, str] | None:
    """Which rows belong to the series; None for all. Raises BadInput when that is not clear."""
    needed = request.series is not None
    usual = (*ID_NAMES, "table") if "_time" in sheet.columns else ID_NAMES  # as InfluxDB counts its series
    column = pick(sheet, request.id_column, usual, "--id-column", required=needed)
    if column is None or column in (request.value, request.time, request.label):
        return None
    if request.series is not None:
        return column, request.series
    ids = sheet.ids(column)
    if len(ids) > 1:
        problem = f"it holds {len(ids)} series: {_listed(ids)}"
        raise BadInput(f"{named(sheet.path)}, column {shown(column)}", problem, "name one of them with --series")
    return (column, ids[0]) if ids and column != "table" else None


def _without_rows(sheet: Sheet, only: tuple[str, str] | None) -> BadInput:
    ids = sheet.ids(only[0]) if only else ()
    if only is None or only[1] in ids or not ids:
        return BadInput(named(sheet.path), "the table has no rows", "give at least one below the header")
    problem = f"no series {shown(only[1])}; there are {_listed(ids)}"
    return BadInput(f"{named(sheet.path)}, column {shown(only[0])}", problem, "name one of them with --series")


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(shown(id) for id in ids[:SHOWN_IDS]) + (", …" if len(ids) > SHOWN_IDS else "")


def _times(sheet: Sheet, columns: dict[str, Column], names: _Names, request: TableRequest) -> Times:
    """The times of the series. Raises BadInput, also where another column says that there are several series."""
    if names.time is None:
        assert request.step_s is not None
        return counted(len(columns[names.value].rows), request.step_s)
    column = columns[names.time]
    try:
        times = read_times(column, request.step_s, request.reading)
    except OutOfOrder as error:
        if names.only is None:
            refuse_mixed(sheet, error.seconds, column.rows, names.wanted)
        raise
    if names.only is None:
        refuse_alternating(sheet, times.seconds, column.rows, names.wanted)
    return times


def _series(value: Column, times: Times, request: TableRequest, id: str) -> tuple[Series, tuple[str, ...]]:
    values = read_floats(value)
    if np.isnan(values).all():
        raise BadInput(value.whole, "every value is missing", "name the column that holds values with --value")
    series = Series(id, times.seconds, values, _step_s(times, request))
    notes = [*precision_notes(value, values)]
    present = values[~np.isnan(values)]
    if len(present) > 1 and (present == present[0]).all():
        notes.append(f"all values are {present[0]:g}: nothing can be learned from them")
    found = gaps(series)
    if found.count:
        shape = f"longest {duration(found.longest_s)}, {found.share:.2%} of points missing"
        notes.append(f"{found.count} {'gap' if found.count == 1 else 'gaps'}, {shape}")
    if request.reading.rate is None:
        notes += counter_notes(values)
    if request.step_s is None and (change := step_change_note(times.seconds, times.known)):
        notes.append(change)
    if len(values) > 1 and request.step_s is None:
        odd = float(np.mean(np.abs(np.diff(times.seconds) / series.step_s % 1 - 0.5) < 0.25))
        if odd > 0.05:
            notes.append(f"{odd:.0%} of the distances between points are no multiple of the {series.step_s} s step")
    return series, tuple(notes)


def _step_s(times: Times, request: TableRequest) -> int:
    """The step given with an index, else the usual distance of two points."""
    if request.step_s is not None:
        return request.step_s
    if len(times.seconds) < 2:
        return 1
    return max(1, int(np.median(np.diff(times.seconds))))


def _labels(
    columns: dict[str, Column], names: _Names, request: TableRequest, series: Series, times: Times
) -> tuple[Bools | None, tuple[Incident, ...], tuple[str, ...]]:
    if request.incidents is not None:
        found = list_incidents(request.incidents, request.step_s, names.id, request.reading)
        said = offset_notes(found.naive, times.naive) if times.known and request.reading.zone is None else ()
        fitted = placed(found.incidents, _ground(series, request.reading), named(request.incidents))
        return labels_at(fitted.incidents, series.seconds), fitted.incidents, (*said, *found.notes, *fitted.notes)
    if names.label is None:
        return None, (), ()
    labels, empty = read_flags(columns[names.label])
    notes = (f"empty labels, taken as 0: {empty} of {len(labels)}",) if empty else ()
    return labels, incidents_in(labels, series.seconds, series.step_s, author=f"column {names.label}"), notes


def _ground(series: Series, reading: Reading) -> Series:
    """What incidents are placed on: with a policy for gaps, points that are absent count."""
    return series if reading.gaps is None else bridged(series, reading.gaps).series
