"""Known layouts of labelled series: where their labels, steps and cuts between training and test stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from argosy.connectors.tables import TableRequest, list_series, read_series
from signals.arrays import Bools
from signals.errors import BadInput
from signals.series import Series


@dataclass(frozen=True, eq=False)
class Labelled:
    """A series with labels, shape (n,). Without `times_known`, seconds count from an arbitrary zero."""

    series: Series
    labels: Bools
    times_known: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A series of a collection, read when it is its turn.

    `read` raises BadInput. `test_start` says where the layout itself begins its test part.
    """

    id: str
    read: Callable[[], Labelled]
    test_start: int | None = None


@dataclass(frozen=True)
class Collection:
    """All the series there are, and subsets of them that have a name."""

    layout: str
    entries: tuple[Entry, ...]
    subsets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def chosen(self, names: Sequence[str]) -> tuple[Entry, ...]:
        """The entries of these ids or subsets, in the order of the collection; all when none is named.

        Raises BadInput for a name that is neither.
        """
        if not names:
            return self.entries
        wanted = {id for name in names for id in self.subsets.get(name, (name,))}
        unknown = sorted(wanted - {each.id for each in self.entries})
        if unknown:
            there = ", ".join([*self.subsets, *(each.id for each in self.entries[:5])])
            raise BadInput("--series", f"no series {unknown[0]!r}; there are {there}, …", "name series that are there")
        return tuple(each for each in self.entries if each.id in wanted)


@dataclass(frozen=True)
class Columns:
    """The names that were given for the columns of a plain table, and the seconds between points."""

    time: str | None = None
    value: str | None = None
    label: str | None = None
    id_column: str | None = None
    step_s: int | None = None


def table(path: Path, columns: Columns) -> Collection:
    """One table of one or many series, or a folder of tables with one series each. Raises BadInput."""
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.name.endswith((".csv", ".csv.gz", ".parquet")))
        if not files:
            raise BadInput(str(path), "holds no CSV or Parquet file", "name a table, a folder of tables, or a --layout")
        return Collection("table", tuple(entry for file in files for entry in _of_file(file, columns, len(files) > 1)))
    return Collection("table", tuple(_of_file(path, columns, False)))


def _of_file(path: Path, columns: Columns, among_others: bool) -> Iterator[Entry]:
    stem = path.name.partition(".")[0]
    for id in _ids(path, columns):
        request = TableRequest(
            path, columns.time, columns.value, columns.label, columns.id_column if id else None, id, columns.step_s
        )
        name = id if id and not among_others else f"{stem}/{id}" if id else stem
        yield Entry(name, _Reading(request))


def _ids(path: Path, columns: Columns) -> Sequence[str | None]:
    try:
        return list_series(path, columns.id_column)
    except BadInput:
        if columns.id_column is not None:
            raise
        return [None]


@dataclass(frozen=True)
class _Reading:
    request: TableRequest

    def __call__(self) -> Labelled:
        loaded = read_series(self.request)
        if loaded.labels is None:
            mend = "name the column of 0/1 labels with --label"
            raise BadInput(str(self.request.path), "nothing says which points are incidents", mend)
        return Labelled(loaded.series, loaded.labels, loaded.times_known, loaded.notes)


def kpi(path: Path, columns: Columns) -> Collection:
    """AIOps-2018 KPI curves: `train70.parquet` beside `series.csv`, which knows each step and Argos' nineteen."""
    folder = path if path.is_dir() else path.parent
    listed = _read_csv(folder / "series.csv", ("series", "step_s", "argos19"))
    data = folder / "train70.parquet"
    there = set(list_series(data))
    listed = listed[listed.series.isin(there)]
    entries = tuple(
        Entry(str(row.series), _Reading(TableRequest(data, series=str(row.series), step_s=int(row.step_s))))
        for row in listed.itertuples()
    )
    return Collection("kpi", entries, {"argos19": tuple(listed.series[listed.argos19.astype(bool)])})


def nab(path: Path, columns: Columns) -> Collection:
    """Numenta's benchmark as one table with windows as labels; repeated times keep their first point."""
    return _frames("nab", _file_of(path, "nab.parquet"), _in_order)


def gutentag(path: Path, columns: Columns) -> Collection:
    """GutenTAG series as one table with a training and a test split, each counted from 0."""
    return _frames("gutentag", _file_of(path, "gutentag.parquet"), _train_then_test)


def tods(path: Path, columns: Columns) -> Collection:
    """TODS series as one table with a training and a test split."""
    return _frames("tods", _file_of(path, "tods.parquet"), _train_then_test)


LAYOUTS: Mapping[str, Callable[[Path, Columns], Collection]] = {
    "table": table,
    "kpi": kpi,
    "nab": nab,
    "gutentag": gutentag,
    "tods": tods,
}

_MARKS = {"train70.parquet": "kpi", "nab.parquet": "nab", "gutentag.parquet": "gutentag", "tods.parquet": "tods"}


def open_collection(path: Path, layout: str | None, columns: Columns) -> Collection:
    """Reads what series there are; without a layout, it is told by the files. Raises BadInput."""
    if not path.exists():
        raise BadInput(str(path), "no such file or folder", "check the path")
    if layout is not None and layout not in LAYOUTS:
        raise BadInput(f"--layout {layout}", "is not known", f"give one of {', '.join(LAYOUTS)}")
    return LAYOUTS[layout or _told(path)](path, columns)


def _told(path: Path) -> str:
    for name, layout in _MARKS.items():
        if (path / name).is_file() or (path.name == name and path.is_file()):
            return layout
    return "table"


def _file_of(path: Path, name: str) -> Path:
    file = path / name if path.is_dir() else path
    if not file.is_file():
        raise BadInput(str(file), "no such file", "check the path, or name another --layout")
    return file


def _read_csv(file: Path, names: Sequence[str]) -> pd.DataFrame:
    if not file.is_file():
        raise BadInput(str(file), "no such file", "check the path, or name another --layout")
    frame = pd.read_csv(file, dtype={"series": str})
    missing = [name for name in names if name not in frame]
    if missing:
        raise BadInput(str(file), f"no column {missing[0]!r}", "name another --layout")
    return frame


def _frames(layout: str, file: Path, arrange: Callable[[pd.DataFrame], pd.DataFrame]) -> Collection:
    """One table that is read at once; `arrange` makes of one series' rows what a series can be."""
    frame = pd.read_parquet(file)
    entries = []
    for id, rows in frame.groupby("series", sort=False, observed=True):
        starts = (
            np.flatnonzero((rows["split"] == "test").to_numpy()) if "split" in rows else np.zeros(0, dtype=np.int64)
        )
        entries.append(Entry(str(id), _Arranged(str(id), rows, arrange), int(starts[0]) if len(starts) else None))
    return Collection(layout, tuple(entries))


@dataclass(frozen=True, eq=False)
class _Arranged:
    id: str
    rows: pd.DataFrame
    arrange: Callable[[pd.DataFrame], pd.DataFrame]

    def __call__(self) -> Labelled:
        rows = self.arrange(self.rows)
        seconds = rows.timestamp.to_numpy(dtype=np.int64)
        step_s = max(1, int(np.median(np.diff(seconds)))) if len(seconds) > 1 else 1
        series = Series(self.id, seconds, rows.value.to_numpy(dtype=np.float64), step_s)
        left = len(self.rows) - len(rows)
        notes = (f"{left} points at times that were there before were left out",) if left else ()
        return Labelled(series, rows.label.to_numpy(dtype=np.bool_), seconds[0] > 0, notes)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop_duplicates("timestamp").sort_values("timestamp", kind="stable")


def _train_then_test(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(timestamp=np.arange(len(rows), dtype=np.int64))
