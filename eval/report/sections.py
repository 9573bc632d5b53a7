"""What the page says of one data set: summary, wins, speed against quality, series by series."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from argosy.eval.bench.cell import WHOLE
from argosy.eval.bench.intervals import LEVEL, Interval, bootstrap
from argosy.eval.bench.summary import LESS_IS_BETTER, Summary, per_cell
from argosy.eval.report import pictures
from argosy.eval.report.markup import table
from argosy.signals.arrays import Floats

TIE = 0.005
"""Two methods whose objective differs by no more tie on a series."""

SAME = 1e-12

REFERENCE = "session"
"""What the others are compared with where it was run; else it is the best by objective."""


@dataclass(frozen=True, eq=False)
class Section:
    """The rows and the summary of one data set. `titles` says how metrics are called."""

    name: str
    table: pd.DataFrame
    summary: Summary
    headlines: Sequence[str]
    titles: Mapping[str, str]


def render_section(section: Section) -> str:
    """The section as HTML."""
    parts = (_judged(section), _summary(section), _wins(section), _speed(section), _series(section))
    return "\n".join(part for part in parts if part)


def _judged(section: Section) -> str:
    judged, left = section.summary.judged, section.summary.unjudged
    without = f" {len(left)} more have none there and are left out of every mean: {_names(left)}." if left else ""
    unread = section.summary.unread
    without += f" {len(unread)} could not be used: {_names(unread)}." if unread else ""
    return f"<p>Over the {len(judged)} series whose lockbox holds incidents.{without}</p>"


def _summary(section: Section) -> str:
    methods = [each.method for each in section.summary.standings]
    found = {m: [bootstrap(_by_series(section, m, metric)) for metric in section.headlines] for m in methods}
    best = [_best(metric, [found[m][i].mean for m in methods]) for i, metric in enumerate(section.headlines)]
    rows = []
    for each in section.summary.standings:
        cells = [_interval(interval, top) for interval, top in zip(found[each.method], best, strict=True)]
        spread = each.figures[section.headlines[-1]].spread
        seeds = f"{each.seeds}" + (f" (± {spread:.3f})" if spread == spread else "")
        rows.append([html.escape(each.method), *cells, seeds, str(each.failures or "")])
    titles = [*(section.titles.get(metric, metric) for metric in section.headlines), "seeds", "failed"]
    note = (
        f"Mean over series and, below it, its {LEVEL:.0%} bootstrap interval over series. The best mean is bold. "
        f"± is the standard deviation of the last figure over seeds. A cell that failed counts as 0, "
        "or where less is better not at all."
    )
    return f"<h3>Summary</h3>{table(['method', *titles], rows)}<p class=note>{note}</p>"


def _by_series(section: Section, method: str, metric: str) -> Floats:
    values = per_cell(section.table, method, metric, section.summary.judged)
    return np.asarray(values.mean(axis=1), dtype=np.float64)


def _best(metric: str, means: Sequence[float]) -> float:
    known = [mean for mean in means if mean == mean]
    return (min if metric in LESS_IS_BETTER else max)(known, default=math.nan)


def _interval(interval: Interval, best: float) -> str:
    if not interval.values:
        return "–"
    mean = f"{interval.mean:.3f}"
    mean = f"<b>{mean}</b>" if abs(interval.mean - best) < SAME else mean
    bounds = f"<br><small>{interval.low:.3f} – {interval.high:.3f}</small>" if interval.low == interval.low else ""
    return mean + bounds


def _reference(section: Section) -> str | None:
    methods = [each.method for each in section.summary.standings]
    if REFERENCE in methods:
        return REFERENCE
    means = {m: float(np.nanmean(values)) for m in methods if len(values := _by_series(section, m, "objective"))}
    return max(means, key=lambda name: means[name]) if means else None


def _wins(section: Section) -> str:
    reference = _reference(section)
    if reference is None:
        return ""
    mine = per_cell(section.table, reference, "objective", section.summary.judged).mean(axis=1)
    bars = []
    for each in section.summary.standings:
        other = per_cell(section.table, each.method, "objective", section.summary.judged).mean(axis=1)
        gaps = (mine - other).dropna().to_numpy(dtype=np.float64)
        if each.method != reference and len(gaps):
            wins, losses = int((gaps > TIE).sum()), int((gaps < -TIE).sum())
            bars.append(pictures.Bar(each.method, wins, len(gaps) - wins - losses, losses))
    note = f"Series on which the objective of {reference}, averaged over seeds, is higher, within {TIE:g}, or lower."
    title = html.escape(f"{reference} against each: wins, ties, losses")
    return f"<h3>{title}</h3>{pictures.bars(bars)}<p class=note>{html.escape(note)}</p>"


def _speed(section: Section) -> str:
    whole = section.table[section.table.split == WHOLE]
    timed = whole[whole.metric.isin(["fit_s", "score_s", "session_s"])]
    seconds = timed.groupby("method", observed=True).value.sum()
    points = whole[whole.metric == "points"].groupby("method", observed=True).value.sum()
    rates = (seconds / points * 1e5).dropna()
    found = []
    for each in section.summary.standings:
        values = _by_series(section, each.method, "objective")
        if each.method in rates.index and len(values) and rates[each.method] > 0:
            found.append(pictures.Dot(each.method, float(rates[each.method]), float(np.nanmean(values))))
    note = "Seconds to learn and score 100,000 points, in one process, against the mean objective on the lockbox."
    return f"<h3>Speed against quality</h3>{pictures.dots(found)}<p class=note>{note}</p>" if found else ""


def _series(section: Section) -> str:
    methods = [each.method for each in section.summary.standings]
    tables = {m: per_cell(section.table, m, "objective", section.summary.judged).mean(axis=1) for m in methods}
    lockbox = section.table[section.table.split == "lockbox"]
    incidents = lockbox.groupby("series", observed=True).incidents.max()
    rows = []
    for series in section.summary.judged:
        cells = [_shaded(float(tables[m].get(series, np.nan))) for m in methods]
        rows.append([html.escape(series), str(int(incidents[series])), *cells])
    heads = ["series", "incidents", *methods]
    return f"<h3>Objective by series</h3>{table(heads, rows, 'series')}"


def _shaded(value: float) -> str:
    if value != value:
        return "–"
    return f'<span class=cell style="--v:{value:.3f}">{value:.2f}</span>'


def _names(names: Sequence[str]) -> str:
    return html.escape(", ".join(names[:12]) + (", …" if len(names) > 12 else ""))
