"""How fast methods are, and how that grows: each method and length in a process of its own, on made-up series."""

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from argosy.benchmarks.bench.methods import SINGLE
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.rivals import RIVALS
from argosy.eval.bench.cell import OK, WHOLE, Cell, CellResult, MetricRow
from argosy.eval.bench.pool import run_cells
from argosy.eval.bench.table import long_form, write_table
from argosy.eval.objective import DEFAULT
from argosy.eval.report.growth import write_growth
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
MOST_TRAINING = 100_000
"""Detectors learn from the first half of a series, and from no more points than this."""

SLOW_S = 20.0
"""A method that took longer for one length is not tried with the next."""

WARM_UP_POINTS = 1_000
"""What a method is run on before it is timed, so that set-up (imports, compiling) is not."""

TABLE, PAGE = "speed.parquet", "speed.html"

_STEP_S, _DAY = 60, 1440
_KIB_A_MIB = 1024.0


def measure_speed(
    methods: Sequence[str], most_points: int, timeout_s: float, out: Path, done: Callable[[CellResult], None]
) -> pd.DataFrame:
    """Times fit and score for each length up to `most_points`; writes `speed.parquet` and `speed.html`.

    Seconds are those of the processor, of one thread, apart from start, imports and compiling; scoring is run twice
    and the faster time kept. Sessions and controls are left out. Raises BadInput where nothing is left to time.
    """
    (out / "logs").mkdir(parents=True, exist_ok=True)
    names = [name for name in methods if name in SINGLE]
    if not names or most_points < SIZES[0]:
        mend = f"name detectors, and at least {SIZES[0]:,} points with --limit"
        raise BadInput("argosy bench --speed", "nothing is left to time", mend)
    preload = [
        __name__,
        *dict.fromkeys(rival.imports for name in names if (rival := RIVALS.get(name)) and rival.imports),
    ]
    results: list[CellResult] = []

    def keep(result: CellResult) -> None:
        results.append(result)
        done(result)

    for size in (size for size in SIZES if size <= most_points):
        cells = [Cell(str(size), name, 0) for name in names]
        run_cells(cells, time_cell, 1, timeout_s, lambda cell: _log(out, cell), keep, preload)
        slow = {each.cell.method for each in results if each.status != OK or _timed_s(each) > SLOW_S}
        names = [name for name in names if name not in slow]
    table = long_form(results)
    write_table(table, out / TABLE)
    write_growth(table, out / PAGE)
    return table


def _log(out: Path, cell: Cell) -> Path:
    return out / "logs" / f"speed~{cell.file_name}"


def _timed_s(result: CellResult) -> float:
    return sum(row.value for row in result.rows if row.metric in ("fit_s", "score_s"))


def time_cell(cell: Cell) -> CellResult:
    """Times one method on a series of as many points as the cell's series says."""
    began = time.perf_counter()
    small, marks = generated_series(WARM_UP_POINTS)
    _detector(cell.method).fit(small, marks).score(small)
    series, labels = generated_series(int(cell.series))
    stop = min(len(series) // 2, MOST_TRAINING)
    before = _peak_mib()
    detector = _detector(cell.method)
    clock = time.process_time()
    detector.fit(series.part(0, stop), labels[:stop])
    fit_s = time.process_time() - clock
    score_s = _score_s(detector, series)
    score_s = min(score_s, _score_s(detector, series)) if score_s < SLOW_S / 4 else score_s
    figures = {"fit_s": fit_s, "fit_points": stop, "score_s": score_s, "points": len(series)}
    figures |= {"points_a_second": len(series) / max(score_s, 1e-9), "peak_mib": _peak_mib() - before}
    rows = tuple(MetricRow(cell.method, WHOLE, name, float(value), 0) for name, value in figures.items())
    return CellResult(cell, OK, rows, wall_s=time.perf_counter() - began)


def generated_series(points: int) -> tuple[Series, Bools]:
    """A daily season with noise at one-minute steps, and an incident of ten points in every five hundred."""
    draw = np.random.default_rng(0)
    values = 100 + 10 * np.sin(np.arange(points) * (2 * np.pi / _DAY)) + draw.normal(size=points)
    labels = np.zeros(points, dtype=np.bool_)
    for start in range(300, points, 500):
        labels[start : start + 10] = True
    values[labels] += 12
    return Series(str(points), np.arange(points, dtype=np.int64) * _STEP_S, values, _STEP_S), labels


def _detector(name: str) -> Detector:
    return BASELINES[name](DEFAULT, 0) if name in BASELINES else RIVALS[name].detector(DEFAULT, 0)


def _score_s(detector: Detector, series: Series) -> float:
    clock = time.process_time()
    detector.score(series)
    return time.process_time() - clock


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_A_MIB


@dataclass(frozen=True)
class SpeedFigure:
    """A method's figures at 100,000 points, or at the longest length below that it was tried with."""

    method: str
    points: int
    fit_s: float
    score_s: float
    peak_mib: float

    @property
    def millions_a_second(self) -> float:
        """Points scored in a second, in millions."""
        return self.points / max(self.score_s, 1e-9) / 1e6


def paces(table: pd.DataFrame) -> list[SpeedFigure]:
    """One for each method, fastest first."""
    found = []
    for method, rows in table[table.status == OK].groupby("method", observed=True):
        by_size = rows.assign(size=rows.series.astype(int)).pivot_table(index="size", columns="metric", values="value")
        at = by_size[by_size.index <= 100_000].iloc[-1]
        figures = (float(at[name]) for name in ("fit_s", "score_s", "peak_mib"))
        found.append(SpeedFigure(str(method), int(at["points"]), *figures))
    return sorted(found, key=lambda each: each.score_s / each.points)
