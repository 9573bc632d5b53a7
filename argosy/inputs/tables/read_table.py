"""Reading a table of records as numbers: rows by columns, words as codes. Times and identifiers are left out."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from argosy.inputs.quoting import named, shown
from argosy.inputs.tables.cells import read_floats
from argosy.inputs.tables.column import Column, is_text, without_blanks
from argosy.inputs.tables.sheet import open_sheet
from argosy.signals.arrays import Floats
from argosy.signals.errors import BadInput

MOST_WORDS = 100
"""A column of text with more distinct words than this names its records; it says nothing of how they are."""

FEWEST_ROWS = 10
MOST_CELLS = 200_000_000


@dataclass(frozen=True, eq=False)
class Matrix:
    """A table of numbers, shape (n, d), NaN = missing, with the names of its columns and notes of what was left out."""

    values: Floats
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_matrix(path: Path, leave_out: Sequence[str] = ()) -> Matrix:
    """CSV or Parquet with a header, or the array `X` of an npz file; columns in `leave_out` are not looked at.

    Raises BadInput, also when less than one column or ten rows are left.
    """
    matrix = _npz(path) if path.suffix == ".npz" else _sheet(path, leave_out)
    rows, columns = matrix.values.shape
    if not columns or rows < FEWEST_ROWS:
        problem = f"leaves {rows} rows and {columns} columns of numbers or words"
        raise BadInput(named(path), problem, f"give at least {FEWEST_ROWS} rows and one column")
    return matrix


def _npz(path: Path) -> Matrix:
    mend = "give an npz file with a numeric array X of rows and columns"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            values = arrays["X"]
    except KeyError as error:
        raise BadInput(named(path), "holds no array X", mend) from error
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput(named(path), f"cannot be read ({' '.join(str(error).split())[:100]})", mend) from error
    if values.ndim != 2 or values.dtype.kind not in "buif":
        raise BadInput(named(path), f"its X has shape {values.shape} and type {values.dtype}", mend)
    numbers = values.astype(np.float64)
    if np.isinf(numbers).any():
        raise BadInput(named(path), "its X holds infinite values", "write missing values as NaN")
    return Matrix(numbers, tuple(f"column {at}" for at in range(numbers.shape[1])))


def _sheet(path: Path, leave_out: Sequence[str]) -> Matrix:
    sheet = open_sheet(path)
    for name in leave_out:
        if name not in sheet.columns:
            raise BadInput(named(path), f"has no column {shown(name)}", f"it has {', '.join(sheet.columns[:20])}")
    names = [name for name in sheet.columns if name not in leave_out]
    found, notes = dict[str, Floats](), list[str]()
    for name, column in sheet.read(names).items():
        values = _numbers(column)
        if isinstance(values, str):
            notes.append(f"column {shown(name)} is left out: {values}")
        else:
            found[name] = values
        if sum(map(len, found.values())) > MOST_CELLS:
            raise BadInput(named(path), f"has more than {MOST_CELLS:,} cells", "give a sample of its rows")
    values = np.column_stack(list(found.values())) if found else np.zeros((0, 0))
    return Matrix(values, tuple(found), (*sheet.notes, *notes))


def _numbers(column: Column) -> Floats | str:
    """Float64 per cell, shape (n,), NaN where it is missing; words as codes by how often they occur. Or why not."""
    if pa.types.is_temporal(column.cells.type):
        return "it holds times"
    if not is_text(column.cells.type):
        return read_floats(column)
    try:
        return read_floats(column)
    except BadInput:
        return _codes(without_blanks(column).cells)


def _codes(cells: pa.Array) -> Floats | str:
    counted = pc.value_counts(pc.drop_null(cells)).to_pylist()
    if len(counted) > MOST_WORDS:
        return f"it holds {len(counted):,} different texts"
    order = sorted(counted, key=lambda each: (-each["counts"], each["values"]))
    place = pc.index_in(cells, value_set=pa.array([each["values"] for each in order], pa.string()))
    return np.array(pc.cast(place, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
