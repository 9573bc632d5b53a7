"""Which public names of the libraries rules may use: collected from the installed ones.

`names` looks at each module's public names and leaves out what reaches files, the environment, chance or the clock;
what is left is committed as allowed.json and read by vetting, so that the list can be read and cut by hand.
"""

import importlib
import inspect
import json
import types
from collections.abc import Iterable
from pathlib import Path

from argosy.sandbox.listing import ALLOWED
from argosy.sandbox.vetting import barred

MODULES = (
    *("numpy", "numpy.fft", "numpy.linalg", "numpy.ma", "numpy.polynomial", "numpy.lib.stride_tricks"),
    *("pandas", "pandas.api.types", "pandas.api.indexers", "pandas.tseries.offsets"),
    *("scipy", "scipy.cluster.hierarchy", "scipy.cluster.vq", "scipy.fft", "scipy.integrate", "scipy.interpolate"),
    *("scipy.linalg", "scipy.ndimage", "scipy.optimize", "scipy.signal", "scipy.signal.windows", "scipy.sparse"),
    *("scipy.sparse.linalg", "scipy.spatial", "scipy.spatial.distance", "scipy.special", "scipy.stats"),
    *("scipy.stats.mstats", "scipy.stats.qmc"),
    *("math", "statistics", "collections", "itertools", "functools"),
)
_VALUES = (float, int, complex, bool, str, bytes, list, tuple, dict, set, frozenset, range, slice, Exception)
_RESULTS = (
    *("x", "fun", "success", "message", "status", "nit", "nfev", "jac", "hess_inv", "cov_x", "cost", "grad", "root"),
    *("slope", "intercept", "rvalue", "pvalue", "stderr", "intercept_stderr", "statistic", "zscore", "correlation"),
    *("mean", "variance", "minmax", "skewness", "kurtosis", "nobs", "mode", "count", "t", "y", "sol", "df"),
    *("lowerlimit", "binsize", "extrapoints", "cumcount", "frequency", "edges", "bin_edges", "binnumber"),
)


def names() -> dict[str, list[str]]:
    """Public names by module, and under "" those of the values that the libraries give."""
    found: dict[str, list[str]] = {}
    values: set[str] = set(_RESULTS)
    for name in MODULES:
        module = importlib.import_module(name)
        public = [each for each in _public(module) if barred(each) is None]
        found[name] = sorted({each for each in public if _kept(module, each)})
        values |= _members(getattr(module, each, None) for each in public)
    values |= _members([*_VALUES, *_pandas_values()])
    found[""] = sorted(each for each in values if barred(each) is None)
    return found


def write(path: Path = ALLOWED) -> None:
    """Writes the lists, one module a line."""
    lines = [f"{json.dumps(module)}: {json.dumps(each)}" for module, each in sorted(names().items())]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _public(module: types.ModuleType) -> list[str]:
    return [each for each in getattr(module, "__all__", None) or dir(module) if not each.startswith("_")]


def _kept(module: types.ModuleType, name: str) -> bool:
    """No modules that the table does not name, and none of another's that happen to be there."""
    value = getattr(module, name, None)
    return not inspect.ismodule(value) or f"{module.__name__}.{name}" in MODULES


def _members(values: Iterable[object]) -> set[str]:
    """The public attributes of classes, and of the classes of plain values."""
    found: set[str] = set()
    for each in values:
        if inspect.ismodule(each) or inspect.isroutine(each):
            continue
        kind = each if isinstance(each, type) else type(each)
        found |= {name for name in dir(kind) if not name.startswith("_")}
    return found


def _pandas_values() -> list[object]:
    """One of each kind of value that tables and columns hand out."""
    import pandas as pd

    when = pd.date_range("2020-01-01", periods=4, freq="h", tz="UTC")
    column = pd.Series([1.0, 2.0, 3.0, 4.0], index=when)
    frame = column.to_frame("v")
    return [
        *(column.rolling(2), column.ewm(span=2), column.expanding(), column.resample("2h"), frame.groupby("v")),
        *(frame.groupby("v")["v"], frame.rolling(2), pd.Series(when).dt, pd.Series(["a"]).str, column.iloc, column.at),
        *(pd.Series(["a"], dtype="category").cat, when, when[0], when[1] - when[0], column.index, column.array, frame),
        *(pd.Series(when - when[0]).dt, column.to_numpy().flat, column.dtype, pd.Interval(0, 1), column),
    ]
