"""Incidents that have no end yet: empty, null, 0, or a year that no incident ends in."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.tables.column import Column, is_text, without_blanks
from argosy.inputs.tables.reading import OpenIncidents
from argosy.inputs.tables.times import LATEST_S, PER_SECOND
from argosy.inputs.time_text import iso
from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident

OPEN_END = LATEST_S
"""The end of an incident that lasts still, until it is fitted to the points of a series."""

_NEVER = (
    r"(?i)^(0+(\.0*)?|0001-.*|9999-12-31.*|1970-01-01([T ]00:00(:00(\.0*)?)?)?\s*(Z|[+-]00:?00)?|-62135596800(000)*)$"
)
_WORDS = r"(?i)^(-|–|—|nat|open|ongoing|active|firing|unresolved)$"
_YEAR_2_S, _YEAR_9999_S = -62_104_060_800, 253_370_764_800


def open_ends(column: Column) -> Bools:
    """Which cells of a column of ends stand for none, shape (n,)."""
    column = without_blanks(column)
    cells, kind = column.cells, column.cells.type
    empty: Bools = cells.is_null().to_numpy(False)
    if is_text(kind):
        return empty | _matches(cells, _NEVER) | _matches(cells, _WORDS)
    if pa.types.is_timestamp(kind):
        return empty | _outside(cells.cast(pa.int64()), PER_SECOND[kind.unit])
    if pa.types.is_date(kind):
        return empty | _outside(cells.cast(pa.date32()).cast(pa.int32()), 1 / 86_400)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return empty | _outside(cells, 1)
    return empty


def _matches(cells: pa.Array, pattern: str) -> Bools:
    found: Bools = pc.fill_null(pc.match_substring_regex(cells, pattern), False).to_numpy(False)
    return found


def _outside(cells: pa.Array, per_second: float) -> Bools:
    """Zero, the year 1, and from the year 9999 on where the unit is known."""
    numbers = np.nan_to_num(pc.fill_null(cells.cast(pa.float64(), safe=False), 0.0).to_numpy(False))
    seconds = numbers / per_second
    beyond = seconds >= _YEAR_9999_S if per_second != 1 else np.zeros(len(numbers), dtype=np.bool_)
    outside: Bools = (numbers == 0) | (seconds < _YEAR_2_S) | beyond
    return outside


def closed(starts: Ints, ends: Ints, column: Column, meaning: OpenIncidents | None) -> tuple[Ints, Bools]:
    """The ends, where those that are `OPEN_END` and not the last mean what is asked for; and which to keep, shape (n,).

    Raises BadInput for an earlier one when nothing says what it means.
    """
    earlier = (ends == OPEN_END) & (starts < starts.max(initial=0))
    keep: Bools = np.ones(len(starts), dtype=np.bool_)
    if not earlier.any() or meaning is OpenIncidents.LAST:
        return ends, keep
    if meaning is OpenIncidents.DROP:
        return ends, ~earlier
    order = np.sort(starts)
    following = order[np.minimum(np.searchsorted(order, starts, side="right"), len(order) - 1)]
    if meaning is OpenIncidents.NEXT:
        return np.where(earlier, following, ends), keep
    first = int(np.argmax(earlier))
    problem = f"the incident has no end, and a later one starts at {iso(int(following[first]))}"
    mend = "give it an end, or say what it means with --open-incidents next, last or drop"
    raise BadInput(column.place(first), problem, mend)


def cut_at(incidents: Sequence[Incident], last_s: int) -> tuple[Incident, ...]:
    """The same, those that are open ending at `last_s`."""
    return tuple(replace(each, end=max(last_s, each.start)) if each.end >= OPEN_END else each for each in incidents)
