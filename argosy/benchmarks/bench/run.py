"""A whole benchmark: read, run what is missing, write the table, sum it up."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from rich.console import Console

from argosy.benchmarks.bench.cell_worker import CellWorker
from argosy.benchmarks.bench.methods import METHODS, PAIRS
from argosy.benchmarks.bench.progress import Progress
from argosy.benchmarks.datasets.collection import Chosen, Entry
from argosy.benchmarks.plan import Plan, Stored, data_digest, store_series, versions
from argosy.eval.bench.cell import OK, Cell, CellResult
from argosy.eval.bench.folder import ResultsFolder
from argosy.eval.bench.pool import run_cells
from argosy.eval.bench.protocols import Protocol
from argosy.eval.bench.summary import Summary, summarise
from argosy.eval.bench.table import long_form, write_table
from argosy.eval.objective import OBJECTIVES
from argosy.signals.errors import BadInput
from argosy.terminal import print_line

RESULTS = "results.parquet"


@dataclass(frozen=True)
class BenchRequest:
    """What `argosy bench` is asked for. `chosen` are the series by data set, `layouts` how those are laid out."""

    data: Sequence[Path]
    layouts: Sequence[str]
    chosen: Chosen
    methods: Sequence[str]
    seeds: int
    plan: Plan
    protocol: Protocol
    out: Path
    jobs: int
    timeout_s: float
    retry_failed: bool = False

    @property
    def entries(self) -> list[Entry]:
        return [entry for entries in self.chosen.values() for entry in entries]

    def told(self, text: str) -> str:
        """A text in which the paths that were given are down to their last part: what is published names no folder."""
        return names_only(text, (*self.data, self.out))


@dataclass(frozen=True, eq=False)
class BenchReport:
    """The table and what it comes to: as a whole, and for each data set by name."""

    table: pd.DataFrame
    whole: Summary
    by_set: Mapping[str, Summary]
    settings: dict[str, object]


def run_bench(request: BenchRequest, console: Console, clock: Callable[[], float]) -> BenchReport:
    """Runs every cell that is not finished, and writes the table. Raises BadInput; a cell that fails is counted."""
    settings = request.plan.settings(data_digest(request.data), ", ".join(request.layouts))
    folder = ResultsFolder.open(request.out, settings)
    cells = wanted(request)
    there = {result.cell: result for result in folder.finished()}
    if request.retry_failed:
        there = {cell: result for cell, result in there.items() if result.status == OK}
    stored, unread = _stored(request, folder)
    todo = [cell for cell in cells if cell not in there and cell.series in stored]
    noted = [request.told(f"{id}: {note}") for id, each in stored.items() for note in each.notes]
    for line in (*unread.values(), *noted):
        print_line(line, console)
    if finished := sum(cell in there and cell.series in stored for cell in cells):
        print_line(f"{finished} of {len(cells)} cells are finished already", console)
    for result in _run_missing(request, todo, stored, folder, console, clock):
        there[result.cell] = result
    failed = {cell: CellResult(cell, unread[cell.series]) for cell in cells if cell.series in unread}
    table = long_form({**there, **failed}[cell] for cell in cells)
    write_table(table, request.out / RESULTS)
    return _report(request, table, settings, noted)


def _run_missing(
    request: BenchRequest,
    todo: Sequence[Cell],
    stored: Mapping[str, Stored],
    folder: ResultsFolder,
    console: Console,
    clock: Callable[[], float],
) -> list[CellResult]:
    points = {id: pq.read_metadata(each.file).num_rows for id, each in stored.items()}
    progress = Progress(console, clock, request.jobs, points, todo)
    finished: list[CellResult] = []

    def done(result: CellResult) -> None:
        result = replace(result, status=request.told(result.status))
        folder.write(result)
        finished.append(result)
        progress.done(result)

    if any(METHODS[cell.method].asks for cell in todo):
        _make_store(request.out)
    work = CellWorker(request.plan, stored, request.out)
    run_cells(todo, work, request.jobs, request.timeout_s, folder.log, done, preload=_modules(todo))
    return finished


def _modules(todo: Iterable[Cell]) -> list[str]:
    """What the cells import, so that it is imported once and not by each of them."""
    rows = [METHODS[name] for name in dict.fromkeys(cell.method for cell in todo)]
    sessions = ["argosy.benchmarks.bench.sessions"] if any(row.asks for row in rows) else []
    return [
        "argosy.benchmarks.bench.cell_worker",
        *sessions,
        *dict.fromkeys(row.imports for row in rows if row.imports),
    ]


def _make_store(out: Path) -> None:
    """Makes the store's tables once, before several processes open it."""
    from argosy.benchmarks.results_workspace import STORE, open_results_workspace

    open_results_workspace(out / STORE).close()


def _report(
    request: BenchRequest, table: pd.DataFrame, settings: dict[str, object], noted: Sequence[str]
) -> BenchReport:
    aim = OBJECTIVES[request.plan.objective].metric

    def summed(rows: pd.DataFrame) -> Summary:
        return summarise(rows, _names(request), PAIRS, request.protocol.headlines, aim)

    packages = sorted({row.needs for name in request.methods if (row := METHODS[name]).needs})
    shown = {
        **settings,
        "model": request.told(request.plan.session.model),
        "methods": ", ".join(request.methods),
        "seeds": f"0 to {request.seeds - 1}",
    }
    if packages:
        shown["extras"] = versions(packages).partition(", ")[2]
    if noted:
        rest = f"; and {len(noted) - _MOST_NOTED} more" if len(noted) > _MOST_NOTED else ""
        shown["notes on the data"] = "; ".join(noted[:_MOST_NOTED]) + rest
    ids = {name: [entry.id for entry in entries] for name, entries in request.chosen.items()}
    by_set = {name: summed(table[table.series.isin(mine)]) for name, mine in ids.items()}
    return BenchReport(table, next(iter(by_set.values())) if len(by_set) == 1 else summed(table), by_set, shown)


def wanted(request: BenchRequest) -> list[Cell]:
    """All cells: series by series, quick methods before slow ones; methods without chance once."""
    return [
        Cell(entry.id, name, seed)
        for name in _run(request)
        for entry in request.entries
        for seed in range(request.seeds if METHODS[name].by_chance else 1)
    ]


def _run(request: BenchRequest) -> list[str]:
    """The methods of a run in the order of their table: the guards, and those asked for."""
    return [name for name, row in METHODS.items() if row.guard or name in request.methods]


def _names(request: BenchRequest) -> list[str]:
    return [name for method in _run(request) for name in (*METHODS[method].brings, method)]


def _stored(request: BenchRequest, folder: ResultsFolder) -> tuple[dict[str, Stored], dict[str, str]]:
    """The series as files, and why those that cannot be read cannot."""
    stored, unread = {}, {}
    for entry in request.entries:
        try:
            stored[entry.id] = store_series(entry, request.plan, folder)
        except BadInput as error:
            unread[entry.id] = request.told(f"not read: {error}")
    if not stored:
        why = next(iter(unread.values()), "there is none")
        raise BadInput(", ".join(map(str, request.data)), f"none of its series can be read; {why}", "mend it")
    return stored, unread


_MOST_NOTED = 20
_ABSOLUTE = re.compile(r"(?<![\w/.])/(?!/)(?:[^/\s,|=#'\"]+/)*([^/\s,|=#'\"]+)")


def names_only(text: str, paths: Iterable[Path]) -> str:
    """The text with each of these paths, as given or in full, and every other absolute one down to its last part.

    >>> names_only("argosy bench 'my data/a.csv' --out=/tmp/o/x --model gguf:/m/q.gguf", [Path("my data/a.csv")])
    "argosy bench 'a.csv' --out=x --model gguf:q.gguf"
    """
    told = {str(form): path.resolve().name for path in paths for form in (path, path.absolute(), path.resolve())}
    for form in sorted(told, key=len, reverse=True):
        if "/" in form:
            text = text.replace(form, told[form])
    return _ABSOLUTE.sub(r"\1", text)
