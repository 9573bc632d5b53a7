"""A cell: one method on one series with one seed, and everything that is kept of it."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from argosy.eval.bench.method import MethodAnswer
from argosy.eval.metrics import measure, measure_further
from argosy.eval.objective import DEFAULT
from argosy.eval.promptness import alerts_a_week
from argosy.eval.splits import Part, Splits
from argosy.eval.sweep import sweep
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none
from argosy.signals.incidents import runs

OK = "ok"
WHOLE = "whole"
"""The split of figures that belong to no part: seconds, calls, rules."""

CHANGED = 1e-6
"""Past scores may differ by so much, relative to their size, before they count as changed."""

_SLUG = re.compile(r"[^A-Za-z0-9._-]+")


def slug(text: str) -> str:
    """A file name for any text, distinct for distinct texts.

    >>> slug("robust_z"), slug("a/b")
    ('robust_z', 'a_b-c14cddc0')
    """
    plain = _SLUG.sub("_", text)[:80]
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, order=True)
class Cell:
    """One thing to run."""

    series: str
    method: str
    seed: int

    @property
    def file_name(self) -> str:
        return f"{slug(self.series)}~{self.method}~{self.seed}.json"


@dataclass(frozen=True)
class MetricRow:
    """One measured number; `value` is NaN where there was nothing to measure by."""

    method: str
    split: str
    metric: str
    value: float
    incidents: int


@dataclass(frozen=True)
class CellResult:
    """What is kept of a cell. `status` is `ok` or why it failed; a failure has no rows but its seconds."""

    cell: Cell
    status: str
    rows: tuple[MetricRow, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    wall_s: float = 0.0

    def as_json(self) -> str:
        """The result as text; NaN becomes null."""
        plain = asdict(self)
        for row in plain["rows"]:
            row["value"] = finite_or_none(row["value"])
        return json.dumps(plain, allow_nan=False)

    @staticmethod
    def of_json(text: str) -> "CellResult":
        """Reads what `as_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        plain = json.loads(text)
        rows = tuple(
            MetricRow(**{**row, "value": math.nan if row["value"] is None else row["value"]}) for row in plain["rows"]
        )
        return CellResult(Cell(**plain["cell"]), plain["status"], rows, plain["facts"], plain["wall_s"])


def rows_of(answer: MethodAnswer, labels: Bools, splits: Splits, method: str, step_s: int) -> tuple[MetricRow, ...]:
    """Measures every part. `labels`, shape (n,), are those of the whole series.

    Raises ValueError when scores have another shape.
    """
    found = [row for name, scores in answer.scores.items() for row in _by_part(name, scores, labels, splits, step_s)]
    incidents = len(runs(labels))
    figures = {**answer.figures, "lockbox_openings": float(answer.openings)}
    if answer.past is not None:
        changed = past_changed(answer.past, answer.scores[method][: len(answer.past)])
        figures["past_changed_points"] = float(changed)
    found += [MetricRow(method, WHOLE, metric, float(value), incidents) for metric, value in figures.items()]
    return tuple(found)


def past_changed(before: Floats, after: Floats) -> int:
    """How many past scores are others once the future is known, a hair in the last digits aside. Both shape (m,)."""
    with np.errstate(invalid="ignore"):
        same = (
            (before == after)
            | (np.isnan(before) & np.isnan(after))
            | np.isclose(before, after, rtol=CHANGED, atol=CHANGED)
        )
    flips = (before >= 1.0) != (after >= 1.0)
    return int(np.count_nonzero(~same | (flips & ~np.isclose(before, after, rtol=CHANGED, atol=CHANGED))))


def _by_part(name: str, scores: Floats, labels: Bools, splits: Splits, step_s: int) -> list[MetricRow]:
    if scores.shape != labels.shape:
        raise ValueError(f"{name} gave scores of shape {scores.shape} for {len(labels)} points")
    found = []
    for part in Part:
        where = splits.of(part)
        incidents = len(runs(labels[where]))
        measured = _figures(labels[where], scores[where], step_s)
        found += [MetricRow(name, part.value, metric, float(value), incidents) for metric, value in measured.items()]
    return found


def _figures(labels: Bools, scores: Floats, step_s: int) -> dict[str, float]:
    """Every metric of one part; those whose threshold was found on the part itself are called oracle."""
    return {
        **measure(labels, scores),
        **measure_further(labels, scores),
        "alerts_a_week": alerts_a_week(scores >= 1.0, step_s),
        "oracle_objective": sweep(labels, scores, DEFAULT).value,
    }
