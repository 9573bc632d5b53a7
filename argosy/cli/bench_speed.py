"""`argosy bench --speed`: how fast methods are, as a table and as a picture."""

from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from argosy.benchmarks.bench.speed import PAGE, SIZES, TABLE, SpeedFigure, measure_speed, paces
from argosy.cli.bench_methods import runnable
from argosy.columns import Column, FittedTable
from argosy.eval.bench.cell import CellResult
from argosy.terminal import print_json, stdout_console


def time_methods(methods: list[str], most_points: int | None, timeout_s: float, out: Path, as_json: bool) -> None:
    """Times the methods and tells how fast they are at each length. Raises BadInput."""
    errors = Console(stderr=True, highlight=False)

    def done(result: CellResult) -> None:
        cell = result.cell
        line = f"{cell.method} on {int(cell.series):,} points: {result.status}, {result.wall_s:.1f} s"
        errors.print(line, markup=False, soft_wrap=True)

    found = paces(measure_speed(runnable(methods), most_points or SIZES[-1], timeout_s, out, done))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    console = stdout_console()
    console.print(_table(found))
    console.print(f"{out / TABLE}, {out / PAGE}", markup=False, soft_wrap=True)


def _table(found: list[SpeedFigure]) -> FittedTable:
    titles = ("points", "fit s", "score s", "M points/s", "peak MiB")
    table = FittedTable(Column("method"), *(Column(title, right=True) for title in titles))
    for each in found:
        row = (f"{each.points:,}", f"{each.fit_s:.3f}", f"{each.score_s:.4f}", f"{each.millions_a_second:.2f}")
        table.add_row(each.method, *row, f"{each.peak_mib:.0f}")
    return table
