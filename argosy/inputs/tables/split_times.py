"""Dates in one column and times of day in another, as one column of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.quoting import shown
from argosy.inputs.tables.column import Column, trimmed
from argosy.inputs.tables.sheet import Sheet
from argosy.signals.errors import BadInput

DATE_NAMES = ("date", "day", "datum", "fecha", "<date>")
CLOCK_NAMES = ("time", "hour", "clock", "uhrzeit", "zeit", "heure", "hora", "<time>")
WHOLE_NAMES = ("timestamp", "datetime", "ds", "_time")
"""Columns that hold both, before which no two are joined."""

_CLOCK = r"^\d{1,2}:\d\d(:\d\d([.,]\d+)?)?(\s*[AaPp][Mm])?(Z|[+-]\d\d:?\d\d)?$"
_HOUR = r"^\d{1,2}$"
_MIDNIGHT, _NO_CLOCK = r"[ T]00:00(:00(\.0+)?)?$", r"^[^:]*$"
_DIGITS = r"^(\d{4}|\d{6})$"


def date_and_clock(columns: Sequence[str]) -> tuple[str, str] | None:
    """The columns of date and time of day that a table may have instead of one of times."""
    found = {name.lower(): name for name in reversed(columns)}
    date = next((found[name] for name in DATE_NAMES if name in found), None)
    clock = next((found[name] for name in CLOCK_NAMES if name in found), None)
    if date is None or clock is None or any(name in found for name in WHOLE_NAMES):
        return None
    return date, clock


def times_joined(sheet: Sheet, given: str | None) -> Sheet:
    """The table with a column of times made of date and time of day, where it has these and `given` names neither."""
    pair = date_and_clock(sheet.columns)
    if pair is None or given is not None:
        return sheet
    columns = sheet.read(pair, None, pair)
    if _join(*(columns[name] for name in pair)) is None:
        return sheet
    return JoinedSheet(sheet, *pair)


@dataclass(frozen=True, eq=False)
class JoinedSheet:
    """A table whose first column is made of two others, date and time of day."""

    sheet: Sheet
    date: str
    clock: str

    @property
    def path(self) -> Path:
        return self.sheet.path

    @property
    def columns(self) -> tuple[str, ...]:
        return (WHOLE_NAMES[0], *(name for name in self.sheet.columns if name not in (self.date, self.clock)))

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.sheet.notes, f"times are joined from columns {shown(self.date)} and {shown(self.clock)}")

    def read(
        self, names: Sequence[str], only: tuple[str, str] | None = None, as_text: Sequence[str] = ()
    ) -> dict[str, Column]:
        pair = (self.date, self.clock)
        others = [name for name in names if name != WHOLE_NAMES[0]]
        texts = [name for name in as_text if name != WHOLE_NAMES[0]]
        columns = self.sheet.read([*others, *pair], only, [*texts, *pair])
        times = _join(columns[self.date], columns[self.clock])
        found = {name: columns[name] for name in others}
        return found | {WHOLE_NAMES[0]: columns[self.clock] if times is None else times}

    def ids(self, column: str) -> tuple[str, ...]:
        return self.sheet.ids(column)


def _join(date: Column, clock: Column) -> Column | None:
    """Both as one column of text; None where they are no dates and times of day. Raises BadInput for hour 24."""
    days, times = (_as_text(column) for column in (date, clock))
    between = " "
    if _all(days, _MIDNIGHT):
        days = pc.replace_substring_regex(days, _MIDNIGHT, "")
    if not _all(days, _NO_CLOCK):
        return None
    if _all(times, _HOUR):
        _check_hours(clock, times)
        times = pc.binary_join_element_wise(pc.utf8_lpad(times, 2, "0"), "00", ":")
    elif _all(times, _DIGITS) and _all(days, r"^\d{8}$"):
        between = "T"
    elif not _all(times, _CLOCK):
        return None
    cells = pc.binary_join_element_wise(days, times, between)
    return Column(date.origin, f"{date.name} {clock.name}", cells, date.rows)


def _as_text(column: Column) -> pa.Array:
    kind = column.cells.type
    cells = column.cells.cast(pa.date32()) if pa.types.is_date(kind) else column.cells
    return trimmed(column.with_cells(cells.cast(pa.string()))).cells


def _all(cells: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _check_hours(clock: Column, hours: pa.Array) -> None:
    late = pc.index(pc.greater(hours.cast(pa.int64()), 23), True).as_py()
    if late >= 0:
        mend = "write hours from 0 to 23, or join date and time in one column"
        raise BadInput(clock.place(late), f"{clock.text(late)} is no hour of a day", mend)
