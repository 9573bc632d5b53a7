"""Several data sets at a glance: the mean objective of every method on each, and over them."""

import html
import math
from collections.abc import Sequence

import numpy as np

from argosy.eval.report.markup import table
from argosy.eval.report.sections import Section

METRIC = "objective"


def by_set(sections: Sequence[Section]) -> dict[str, list[float]]:
    """For each method its mean objective on every data set, the last entry their mean; NaN where it was not run."""
    methods = dict.fromkeys(each.method for section in sections for each in section.summary.standings)
    found: dict[str, list[float]] = {}
    for method in methods:
        means = [_mean(section, method) for section in sections]
        found[method] = [*means, float(np.mean(means))]
    return found


def _mean(section: Section, method: str) -> float:
    figures = [each.figures for each in section.summary.standings if each.method == method]
    return figures[0][METRIC].mean if figures and METRIC in figures[0] else math.nan


def overview(sections: Sequence[Section]) -> str:
    """The table as HTML; nothing where the protocol has no objective among its headlines."""
    found = by_set(sections)
    if all(math.isnan(value) for values in found.values() for value in values):
        return ""
    best = [
        max((v for v in column if not math.isnan(v)), default=math.nan) for column in zip(*found.values(), strict=True)
    ]
    rows = [
        [html.escape(method), *(_cell(value, top) for value, top in zip(values, best, strict=True))]
        for method, values in found.items()
    ]
    heads = ["method", *(section.name for section in sections), "mean"]
    note = "Mean objective on the lockboxes of each data set, and the mean over data sets."
    return f"<h2>All data sets</h2>{table(heads, rows)}<p class=note>{note}</p>"


def _cell(value: float, top: float) -> str:
    if math.isnan(value):
        return "–"
    return f"<b>{value:.3f}</b>" if value >= top - 1e-12 else f"{value:.3f}"
