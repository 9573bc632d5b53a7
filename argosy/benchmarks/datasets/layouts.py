"""From a path to its series: a table, a folder of tables, or one of the layouts that benchmarks come in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from argosy.benchmarks.datasets import archives
from argosy.benchmarks.datasets.collection import Collection, Columns, Entry, Reading
from argosy.inputs.tables.read_series import TableRequest, list_series
from argosy.signals.errors import BadInput


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
        yield Entry(name, Reading(request))


def _ids(path: Path, columns: Columns) -> Sequence[str | None]:
    try:
        return list_series(path, columns.id_column)
    except BadInput:
        if columns.id_column is not None:
            raise
        return [None]


ARCHIVES: Mapping[str, Callable[[Path], Collection]] = {
    "kpi": archives.kpi,
    "nab": archives.nab,
    "gutentag": archives.gutentag,
    "tods": archives.tods,
    "ucr": archives.ucr,
    "tsb": archives.tsb,
}

TABLE = "table"

_MARKS = {"train70.parquet": "kpi", "nab.parquet": "nab", "gutentag.parquet": "gutentag", "tods.parquet": "tods"}


def open_collection(path: Path, layout: str | None, columns: Columns) -> Collection:
    """Reads what series there are; without a layout, it is told by the files. Raises BadInput."""
    if not path.exists():
        raise BadInput(str(path), "no such file or folder", "check the path")
    layout = layout or _told(path)
    if layout == TABLE:
        return table(path, columns)
    if layout not in ARCHIVES:
        raise BadInput(f"--layout {layout}", "is not known", f"give one of {', '.join((TABLE, *ARCHIVES))}")
    return ARCHIVES[layout](path)


def open_collections(paths: Sequence[Path], layout: str | None, columns: Columns) -> dict[str, Collection]:
    """Several data sets by name: of their layout, or of the file or folder where they are plain tables.

    Raises BadInput, also when two have one name.
    """
    found: dict[str, Collection] = {}
    for path in paths:
        collection = open_collection(path, layout, columns)
        name = path.name.partition(".")[0] if collection.layout == TABLE else collection.layout
        if name in found:
            raise BadInput(str(path), f"there is another data set called {name!r}", "benchmark it by itself")
        found[name] = collection
    return found


def _told(path: Path) -> str:
    for name, layout in _MARKS.items():
        if (path / name).is_file() or (path.name == name and path.is_file()):
            return layout
    for layout, pattern in archives.FILE_NAMES.items():
        if path.is_dir() and any(pattern.fullmatch(each.name) for each in path.iterdir()):
            return layout
    return TABLE
