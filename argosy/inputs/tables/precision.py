"""What float64 cannot hold of a column, and what it cannot tell: points that may separate thousands."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.detectors.wild import without_wild
from argosy.inputs.tables.column import Column
from argosy.signals.arrays import Floats
from argosy.signals.errors import BadInput

EXACT = 2.0**53
LOST = 0.01
FAR_LARGER = 20.0
"""Rounding of more than this share of the usual distance of two values is said."""


def precision_notes(column: Column, values: Floats) -> tuple[str, ...]:
    """Sentences on what is lost of a column's numbers, whose values are float64, shape (n,); none where nothing is.

    Raises BadInput where all that tells values apart is lost.
    """
    return (*_rounding(column, values), *_wild(column, values), *_thousands(column, values))


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


def _thousands(column: Column, values: Floats) -> tuple[str, ...]:
    """1.234 beside 987 may be 1,234: then all are below 1,000, and those with decimals have three and seem tiny."""
    sizes = np.abs(values[~np.isnan(values) & (values != 0)])
    whole = sizes == np.floor(sizes)
    if not whole.any() or whole.all() or sizes.max() >= 1_000 or sizes[~whole].min() < 1:
        return ()
    milli = sizes * 1_000
    exact = np.isclose(milli, np.round(milli), rtol=0, atol=1e-6).all()
    if not exact or np.median(sizes[whole]) < FAR_LARGER * np.median(sizes[~whole]):
        return ()
    first = int(np.flatnonzero(np.abs(values) == sizes[~whole][0])[0])
    return (
        f"{column.text(first)} is read with decimals, far below the whole numbers beside it: if points separate "
        "thousands, give --decimal ,",
    )
