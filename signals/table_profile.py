"""What a table of numbers is like, in plain numbers."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.stats import kurtosis, skew

from argosy.signals.arrays import Floats, Ints

MOST_ROWS = 20_000
MOST_COLUMNS = 500
"""Of larger tables evenly spread rows and columns are looked at."""

FEW_VALUES = 10


@dataclass(frozen=True)
class TableProfile:
    """A table in plain Python numbers; shares from 0 to 1.

    `skew` and `kurtosis` (in excess of a normal distribution's) are medians over the columns that vary, the first of
    absolute sizes. `correlation` is the root mean square between columns, `directions` the share of them that the
    correlation matrix really uses (its participation ratio): 1 when all are independent. `coded` is the share of
    columns with at most ten distinct values, `whole` of those with integers alone, `duplicates` of rows that occur
    before.
    """

    rows: int
    columns: int
    constant_columns: int
    missing_share: float
    skew: float
    kurtosis: float
    correlation: float
    directions: float
    coded: float
    whole: float
    duplicates: float


def table_profile(values: Floats) -> TableProfile:
    """Describes a table of numbers, shape (n, d), NaN = missing. Raises ValueError when it has another shape."""
    if values.ndim != 2:
        raise ValueError(f"a table has rows and columns, not the shape {values.shape}")
    rows, columns = values.shape
    seen = values[np.ix_(_spread(rows, MOST_ROWS), _spread(columns, MOST_COLUMNS))]
    missing = np.isnan(seen)
    filled = np.where(missing, _medians(seen, missing), seen)
    varies = filled.max(axis=0) > filled.min(axis=0) if rows else np.zeros(seen.shape[1], dtype=np.bool_)
    live = filled[:, varies]
    correlation, directions = _relations(live)
    lean, tails = _sizes(live)
    return TableProfile(
        rows=rows,
        columns=columns,
        constant_columns=int(np.count_nonzero(~varies)),
        missing_share=float(missing.mean()) if seen.size else 0.0,
        skew=lean,
        kurtosis=tails,
        correlation=correlation,
        directions=directions,
        coded=_share([len(np.unique(column)) <= FEW_VALUES for column in live.T]),
        whole=_share([bool((column == np.floor(column)).all()) for column in live.T]),
        duplicates=1.0 - np.unique(seen, axis=0).shape[0] / seen.shape[0] if seen.size else 0.0,
    )


def _spread(count: int, most: int) -> Ints:
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64)) if count else np.zeros(0, np.int64)


def _medians(values: Floats, missing: np.ndarray) -> Floats:
    """The median of each column's known values, 0 where none is known; shape (d,)."""
    known = [column[~gone] for column, gone in zip(values.T, missing.T, strict=True)]
    return np.array([np.median(column) if len(column) else 0.0 for column in known])


def _sizes(values: Floats) -> tuple[float, float]:
    """The medians over columns of absolute skew and of excess kurtosis; columns that hardly vary count as 0.

    Columns are taken over their largest size first, so that nothing overflows.
    """
    if not values.size:
        return 0.0, 0.0
    centred = values - np.median(values, axis=0)
    scaled = centred / np.maximum(np.abs(centred).max(axis=0), np.finfo(np.float64).tiny)
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # where nearly all values are the same, scipy warns of lost digits
        lean, tails = np.nan_to_num(skew(scaled)), np.nan_to_num(kurtosis(scaled))
    return float(np.median(np.abs(lean))), float(np.median(tails))


def _relations(values: Floats) -> tuple[float, float]:
    """The root mean square correlation, and the participation ratio of its eigenvalues over their number."""
    if values.shape[1] < 2 or len(values) < 3:
        return 0.0, 1.0
    with np.errstate(
        all="ignore"
    ):  # extremes overflow, and columns that hardly vary have no correlation: both count as 0
        scaled = values / np.maximum(np.abs(values).max(axis=0), np.finfo(np.float64).tiny)
        matrix = np.nan_to_num(np.corrcoef(scaled, rowvar=False))
    squares, columns = float(np.square(matrix).sum()), len(matrix)
    beside = max(0.0, squares - float(np.square(np.diag(matrix)).sum())) / (columns * (columns - 1))
    return float(np.sqrt(beside)), float(np.trace(matrix) ** 2 / (squares * columns)) if squares else 1.0


def _share(found: list[bool]) -> float:
    return float(np.mean(found)) if found else 0.0
