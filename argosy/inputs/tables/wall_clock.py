"""Times without an offset, read by the clocks of a zone, in which an hour may be missing or come twice."""

import numpy as np
import pandas as pd

from argosy.inputs.tables.column import Column
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput

_LONGEST_OVERLAP_S = 86_400


def in_order(column: Column, wall_s: Ints, zone: str) -> tuple[Ints, tuple[str, ...]]:
    """Unix seconds of the rows of a series, shape (n,), and what to say of the hours that come twice.

    Where clocks go back within such an hour, the rows from there on are of its second time. Raises BadInput for a time
    that no clock showed.
    """
    first, second = _both(column, wall_s, zone)
    twice = first != second
    if not twice.any():
        return first, ()
    later, sure = _second_times(wall_s, twice)
    notes = []
    if (twice & sure).any():
        notes.append(f"the hour that clocks in {zone} show twice is told apart by the order of rows")
    if (unsure := int((twice & ~sure).sum())) > 0:
        which = "1 time that clocks" if unsure == 1 else f"{unsure} times that clocks"
        notes.append(f"{which} in {zone} showed twice: taken as the first, for nothing tells")
    return np.where(later, second, first), tuple(notes)


def in_any_order(column: Column, wall_s: Ints, zone: str, latest: bool) -> tuple[Ints, tuple[str, ...]]:
    """Unix seconds of times in any order, shape (n,): of what clocks showed twice the first, or with `latest` the last.

    Raises BadInput for a time that no clock showed.
    """
    first, second = _both(column, wall_s, zone)
    twice = int((first != second).sum())
    which = "last" if latest else "first"
    note = f"column {column.name!r}: {twice} times that clocks in {zone} showed twice, taken as the {which}"
    return (second if latest else first), (note,) if twice else ()


def _both(column: Column, wall_s: Ints, zone: str) -> tuple[Ints, Ints]:
    """The first and the last second at which clocks showed each time, of which there may be two."""
    one, other = (_localized(wall_s, zone, summer) for summer in (True, False))
    missing = np.flatnonzero(one.isna())
    if len(missing):
        first = int(missing[0])
        problem = f"clocks in {zone} never showed {column.text(first)}: they went forward then"
        raise BadInput(column.place(first), problem, "give the zone that the times are of, or write UTC")
    seconds = [each.as_unit("s").asi8 for each in (one, other)]
    return np.minimum(*seconds), np.maximum(*seconds)


def _localized(wall_s: Ints, zone: str, summer: bool) -> pd.DatetimeIndex:
    flags = np.full(len(wall_s), summer)
    return pd.DatetimeIndex(wall_s.astype("datetime64[s]")).tz_localize(zone, ambiguous=flags, nonexistent="NaT")


def _second_times(wall_s: Ints, twice: Bools) -> tuple[Bools, Bools]:
    """Which rows are of the second time, and for which the order says so, both of shape (n,)."""
    back = np.concatenate(([False], np.diff(wall_s) <= 0)) & twice & np.concatenate(([False], twice[:-1]))
    far = np.concatenate(([True], np.abs(np.diff(wall_s)) > _LONGEST_OVERLAP_S))
    starts = twice & (far | ~np.concatenate(([False], twice[:-1])))
    group = np.cumsum(starts)
    turns = np.cumsum(back)
    before = turns[starts][np.maximum(group - 1, 0)] if starts.any() else turns
    later: Bools = twice & (turns > before)
    told = np.zeros(int(group[-1]) + 1, dtype=np.bool_)
    np.logical_or.at(told, group, later)
    return later, told[group]
