"""A whole benchmark: read, run what is missing, write the table, sum it up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from rich.console import Console

from argosy.benchmarks.collection import Collection, Entry
from argosy.benchmarks.methods import METHODS, PAIRS
from argosy.benchmarks.plan import Plan, Stored, data_digest, store_series
from argosy.benchmarks.progress import Progress
from argosy.benchmarks.work import Bench
from eval.bench.cell import OK, Cell, Result
from eval.bench.folder import ResultsFolder
from eval.bench.pool import run_cells
from eval.bench.protocols import Protocol
from eval.bench.summary import Summary, summarise
from eval.bench.table import long_form, write_table
from signals.errors import BadInput

RESULTS = "results.parquet"


@dataclass(frozen=True)
class BenchRequest:
    """What `argosy bench` is asked for."""

    data: Path
    collection: Collection
    entries: Sequence[Entry]
    methods: Sequence[str]
    seeds: int
    plan: Plan
    protocol: Protocol
    out: Path
    jobs: int
    timeout_s: float
    retry_failed: bool = False


@dataclass(frozen=True, eq=False)
class BenchReport:
    """The table and what it comes to."""

    table: pd.DataFrame
    summary: Summary
    results: tuple[Result, ...]
    settings: dict[str, object]


def run_bench(request: BenchRequest, console: Console, clock: Callable[[], float]) -> BenchReport:
    """Runs every cell that is not finished, and writes the table. Raises BadInput; a cell that fails is counted."""
    settings = request.plan.settings(data_digest(request.data), request.collection.layout)
    folder = ResultsFolder.open(request.out, settings)
    cells = wanted(request)
    there = {result.cell: result for result in folder.finished()}
    if request.retry_failed:
        there = {cell: result for cell, result in there.items() if result.status == OK}
    stored, unread = _stored(request, folder)
    points = {id: pq.read_metadata(each.file).num_rows for id, each in stored.items()}
    todo = [cell for cell in cells if cell not in there and cell.series in stored]
    modules = ["argosy.benchmarks.work"]
    if any(cell.method == "session" for cell in todo):
        _make_store(request.out)
        modules.append("argosy.benchmarks.sessions")
    if len(todo) < len(cells):
        console.print(f"{len(cells) - len(todo)} of {len(cells)} cells are finished already", markup=False)
    progress = Progress(console, clock, request.jobs, points, todo)

    def done(result: Result) -> None:
        folder.write(result)
        there[result.cell] = result
        progress.done(result)

    work = Bench(request.plan, stored, request.out)
    run_cells(todo, work, request.jobs, request.timeout_s, folder.log, done, preload=modules)
    failed = {cell: Result(cell, unread[cell.series]) for cell in cells if cell.series in unread}
    results = tuple({**there, **failed}[cell] for cell in cells)
    table = long_form(results)
    write_table(table, request.out / RESULTS)
    return BenchReport(table, summarise(table, _names(request), PAIRS, request.protocol.headlines), results, settings)


def _make_store(out: Path) -> None:
    """Makes the store's tables once, before several processes open it."""
    from argosy.benchmarks.sessions import store_settings
    from argosy.store.store import open_store

    open_store(store_settings(out)).close()


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
            unread[entry.id] = f"not read: {error}"
    if not stored:
        raise BadInput(str(request.data), f"none of its series can be read; {next(iter(unread.values()))}", "mend it")
    return stored, unread
