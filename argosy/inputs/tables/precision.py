"""What float64 cannot hold of a column: whole numbers above 2^53, and values that swamp all others."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.detectors.wild import without_wild
from argosy.inputs.tables.column import Column
from argosy.signals.arrays import Floats
from argosy.signals.errors import BadInput

EXACT = 2.0**53
LOST = 0.01
"""Rounding of more than this share of the usual distance of two values is said."""


def precision_notes(column: Column, values: Floats) -> tuple[str, ...]:
    """Sentences on what is lost of a column's numbers, whose values are float64, shape (n,); none where nothing is.

    Raises BadInput where all that tells values apart is lost.
    """
    return (*_rounding(column, values), *_wild(column, values))


def _rounding(column: Column, values: Floats) -> tuple[str, ...]:
    tamed = without_wild(values)
    known = tamed[~np.isnan(tamed)]
    largest = float(np.abs(known).max(initial=0.0))
    if largest <= EXACT:
        return ()
    step = float(np.spacing(largest))
    mend = "subtract a constant, such as the smallest value, before they are written"
    if (known == known[0]).all() and _distinct(column.cells) > 1:
        raise BadInput(column.whole, f"its whole numbers differ by less than {step:g}, which is lost above 2^53", mend)
    moves = np.abs(np.diff(known))
    moves = moves[moves > 0]
    if not len(moves) or step <= LOST * float(np.median(moves)):
        return ()
    return (f"values above 2^53 are rounded to multiples of {step:g}: {mend}",)


def _distinct(cells: pa.Array) -> int:
    return int(pc.count_distinct(cells).as_py()) if pa.types.is_integer(cells.type) else 1


def _wild(column: Column, values: Floats) -> tuple[str, ...]:
    wild = np.flatnonzero(np.isnan(without_wild(values)) & ~np.isnan(values))
    if not len(wild):
        return ()
    more = f", and {len(wild) - 1} more" if len(wild) > 1 else ""
    what = f"{values[wild[0]]:g} in row {column.rows[wild[0]]}{more}"
    return (f"{what} lies far beyond all values before: others are not compared with it",)
