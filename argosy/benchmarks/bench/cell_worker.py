"""One cell, run in a process of its own."""

import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from argosy.benchmarks.bench.methods import METHODS, Place
from argosy.benchmarks.plan import Plan, Stored
from argosy.eval.bench.cell import OK, WHOLE, Cell, CellResult, MetricRow, rows_of
from argosy.eval.bench.method import SeriesCase
from argosy.eval.objective import OBJECTIVES
from argosy.eval.splits import Lockbox, split
from argosy.inputs.tables.read_series import read_series

_KIB_A_MIB = 1024.0


@dataclass(frozen=True)
class CellWorker:
    """Runs any cell of a plan; travels to other processes."""

    plan: Plan
    stored: Mapping[str, Stored]
    out: Path

    def __call__(self, cell: Cell) -> CellResult:
        began, before = time.perf_counter(), _peak_mib()
        stored = self.stored[cell.series]
        loaded = read_series(stored.request)
        labels = loaded.labels_to_learn_from()
        splits = split(len(labels), stored.validation, stored.lockbox)
        stop = splits.validation_stop
        case = SeriesCase(
            loaded.series.part(0, stop),
            labels[:stop].copy(),
            splits,
            Lockbox(loaded.series),
            OBJECTIVES[self.plan.objective],
            cell.seed,
            self.plan.fit_on,
        )
        answer = METHODS[cell.method].make(Place(self.plan, stored, self.out))(case)
        rows = rows_of(answer, labels, splits, cell.method, loaded.series.step_s)
        memory = MetricRow(cell.method, WHOLE, "peak_mib", _peak_mib() - before, 0)
        points = MetricRow(cell.method, WHOLE, "points", float(len(labels)), 0)
        return CellResult(cell, OK, (*rows, memory, points), answer.facts, time.perf_counter() - began)


def _peak_mib() -> float:
    """The most memory that this process has held so far; it begins with what it shares with those beside it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_A_MIB
