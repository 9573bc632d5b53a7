"""ROC-AUC of detectors on labelled tables, each fit in a process of its own with a time limit."""

import importlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from argosy.detectors.rivals.tabular import TABULAR, standardised
from argosy.eval.bench.cell import OK, WHOLE, Cell, CellResult, MetricRow
from argosy.eval.bench.pool import run_cells
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput

ADENGINE = "ADEngine"
NO_ANSWER = 0.5
"""The ROC-AUC of a ranking by chance: what a detector gets that does not answer in time."""

FINISHED = "figures.jsonl"


@dataclass(frozen=True)
class FitOne:
    """Fits the detector of a cell on the table of a cell; the labels are looked at afterwards."""

    folder: Path

    def __call__(self, cell: Cell) -> CellResult:
        values, labels = read_labelled(self.folder / f"{cell.series}.npz")
        began = time.perf_counter()
        facts: dict[str, str] = {}
        if cell.method == ADENGINE:
            facts["choice"], scores = _adengine(values, cell.seed)
        else:
            scores = TABULAR[cell.method].scores(standardised(values), cell.seed)
        seconds = time.perf_counter() - began
        row = MetricRow(cell.method, WHOLE, "roc_auc", roc_auc(labels, scores), int(labels.sum()))
        return CellResult(cell, OK, (row,), facts, seconds)


def _adengine(values: Floats, seed: int) -> tuple[str, Floats]:
    """What PyOD's own engine chooses from the table, and that detector's scores."""
    engine = importlib.import_module("pyod.utils.ad_engine").ADEngine(random_state=seed)
    scaled = standardised(values)
    plan = engine.plan_detection(engine.profile_data(scaled, data_type="tabular"))
    fitted = engine.build_detector(plan).fit(scaled)
    return str(plan["detector_name"]), np.asarray(fitted.decision_scores_, dtype=np.float64).ravel()


def read_labelled(path: Path) -> tuple[Floats, Bools]:
    """The table `X`, shape (n, d), and the labels `y`, shape (n,), of an npz file. Raises BadInput."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            values, labels = arrays["X"].astype(np.float64), arrays["y"].ravel() > 0
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(str(path), f"is no table X with labels y ({error})", "give npz files as in ADBench") from error
    if values.ndim != 2 or len(values) != len(labels) or not 0 < labels.sum() < len(labels):
        raise BadInput(str(path), "its X and y do not go together", "give rows by columns, and labels of both kinds")
    return values, labels


def roc_auc(labels: Bools, scores: Floats) -> float:
    """The area under the ROC curve; scores that are no number rank lowest."""
    from sklearn.metrics import roc_auc_score

    known = np.nan_to_num(scores, nan=-np.finfo(np.float64).max / 4)
    return float(roc_auc_score(labels, known))


def tables_in(folder: Path) -> list[str]:
    """The names of the npz files of a folder."""
    return sorted((each.stem for each in folder.glob("*.npz")), key=_numbered)


def _numbered(name: str) -> tuple[float, str]:
    first = name.partition("_")[0]
    return (float(first) if first.isdigit() else math.inf, name)


def measured(
    folder: Path, names: Sequence[str], methods: Sequence[str], timeout_s: float, out: Path, told: Callable[[str], None]
) -> list[CellResult]:
    """Every method on every table; what an earlier run finished is read from the folder `out` and not run again."""
    out.mkdir(parents=True, exist_ok=True)
    kept = out / FINISHED
    lines = kept.read_text().splitlines() if kept.exists() else []
    results = [CellResult.of_json(line) for line in lines]
    done = {result.cell for result in results}
    cells = [Cell(name, method, 0) for name in names for method in methods]

    def keep(result: CellResult) -> None:
        results.append(result)
        with kept.open("a") as file:
            file.write(result.as_json() + "\n")
        told(f"{result.cell.series} {result.cell.method}: {result.status}, {result.wall_s:.1f} s")

    (out / "logs").mkdir(exist_ok=True)
    left = [cell for cell in cells if cell not in done]
    run_cells(left, FitOne(folder), 1, timeout_s, lambda cell: out / "logs" / cell.file_name, keep, [__name__])
    wanted = set(cells)
    return [result for result in results if result.cell in wanted]


def figures_of(results: Sequence[CellResult]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """One row a table, one column a method, chance where there was no answer; and what ADEngine chose by table."""
    values = {(each.cell.series, each.cell.method): each.rows[0].value if each.rows else NO_ANSWER for each in results}
    table = pd.Series(values).unstack()
    chosen = {
        each.cell.series: each.facts.get("choice", each.status) for each in results if each.cell.method == ADENGINE
    }
    return table, chosen
