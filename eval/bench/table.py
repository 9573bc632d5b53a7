"""The table of a benchmark in long form: one row for each series, method, seed, split and metric."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from argosy.eval.bench.cell import WHOLE, CellResult

COLUMNS = ("series", "method", "seed", "split", "metric", "value", "incidents", "status")


def long_form(results: Iterable[CellResult]) -> pd.DataFrame:
    """All rows, sorted; a failed cell is there with its status, its seconds and no other figure."""
    rows: list[tuple[str, str, int, str, str, float, int, str]] = []
    for result in results:
        cell = result.cell
        rows.append((cell.series, cell.method, cell.seed, WHOLE, "wall_s", result.wall_s, 0, result.status))
        rows += [
            (cell.series, row.method, cell.seed, row.split, row.metric, row.value, row.incidents, result.status)
            for row in result.rows
        ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"seed": "int64", "value": "float64", "incidents": "int64"}
    )
    return frame.sort_values(list(COLUMNS[:5]), kind="stable", ignore_index=True)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Writes the table so that a kill leaves the old one or the new one."""
    fresh = path.with_name(f".{path.name}")
    frame.to_parquet(fresh, index=False)
    fresh.replace(path)
