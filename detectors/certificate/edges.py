"""Awkward series on which rules tend to break."""

from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.form import EdgeFinding
from argosy.detectors.certificate.subject import flagged
from argosy.sandbox.protocol import Input
from argosy.signals.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Edge:
    """An awkward input, and how it is called in a failure."""

    name: str
    input: Input


def edge_cases(values: Floats, seconds: Ints, step_s: int) -> tuple[Edge, ...]:
    """Series that are empty, short, missing, constant, huge or have gaps in time, made of a sample of n > 0 points."""
    level = float(np.nanmedian(values)) if np.isfinite(values).any() else 0.0
    few = min(len(values), 300)

    def even(points: Floats) -> Input:
        return Input(points, seconds[0] + step_s * np.arange(len(points), dtype=np.int64))

    holed = values[:few].copy()
    holed[few // 3 : few // 2] = np.nan
    jumps = seconds[:few] + np.where(np.arange(few) > few // 2, 40 * step_s, 0)
    return (
        Edge("an empty series", even(np.empty(0))),
        Edge("a series of one point", even(values[:1].copy())),
        Edge("a series of three points", even(values[:3].copy())),
        Edge("a series of missing values", even(np.full(60, np.nan))),
        Edge("a constant series", even(np.full(240, level))),
        Edge("a series with missing values", even(holed)),
        Edge("a series of huge values", even(np.where(np.arange(few) % 2, 1e300, -1e300))),
        Edge("a series with a jump in time", Input(values[:few].copy(), jumps.astype(np.int64))),
    )


def edge_finding(edge: Edge, scores: Floats) -> EdgeFinding:
    """The finding for one edge case, from the rule's scores, shape (n,)."""
    points = len(scores)
    return EdgeFinding(
        name=edge.name, points=points, flagged_share=round(float(flagged(scores).mean()), 6) if points else None
    )
