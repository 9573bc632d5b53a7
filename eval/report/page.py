"""The page: what was run, what came of it, and on what it rests."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from eval.bench.cell import WHOLE
from eval.bench.folder import write_whole
from eval.bench.intervals import LEVEL, Interval, bootstrap
from eval.bench.summary import Summary, per_cell
from eval.report import pictures
from eval.report.style import STYLE
from signals.arrays import Floats

LISTED_FAILURES = 200
TIE = 0.005
"""Two methods whose objective differs by no more tie on a series."""


@dataclass(frozen=True, eq=False)
class Page:
    """All that the page tells. `titles` says how metrics are called; `settings` are shown as they are."""

    table: pd.DataFrame
    summary: Summary
    headlines: Sequence[str]
    titles: Mapping[str, str]
    settings: Mapping[str, object]
    protocol: str
    command: str


def write_page(page: Page, path: Path) -> None:
    """Writes one HTML file that refers to no other."""
    write_whole(path, render(page))


def render(page: Page) -> str:
    """The page as text."""
    parts = [
        _head(page),
        _guards(page),
        _summary(page),
        _wins(page),
        _speed(page),
        _series(page),
        _failures(page),
        _settings(page),
    ]
    body = "\n".join(part for part in parts if part)
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>argosy bench</title>{STYLE}'
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>\n'


def _head(page: Page) -> str:
    judged, left = page.summary.judged, page.summary.unjudged
    without = f" {len(left)} more have none there and are left out of every mean: {_names(left)}." if left else ""
    return (
        f"<h1>{len(page.summary.standings)} methods on {len(judged)} series</h1>"
        f"<p>Figures are of the lockbox, the last part of each series, over the {len(judged)} series "
        f"whose lockbox holds incidents.{without}</p><p>Protocol: {html.escape(page.protocol)}.</p>"
    )


def _guards(page: Page) -> str:
    summary = page.summary
    if summary.void:
        return (
            f'<p class="void"><b>Void.</b> {html.escape("; ".join(summary.void))}. No figure here means anything.</p>'
        )
    often = [f"{name} ({count} times)" for name, count in summary.openings.items() if count != 1]
    ahead = [f"{each.method} ({each.points:,} points on {each.series} series)" for each in summary.looked_ahead]
    told = [
        "A detector that knows the true labels reaches 1.0.",
        f"Opened the lockbox more than once: {', '.join(often)}."
        if often
        else "Every method opened each lockbox once.",
        f"Changed past scores once the future was known, so not causal: {', '.join(ahead)}." if ahead else "",
    ]
    return f'<p class="guards">{html.escape(" ".join(told))}</p>'


def _summary(page: Page) -> str:
    methods = [each.method for each in page.summary.standings]
    intervals = {(m, metric): bootstrap(_by_series(page, m, metric)) for m in methods for metric in page.headlines}
    best = {metric: max((_mean(intervals[m, metric]) for m in methods), default=0.0) for metric in page.headlines}
    rows = []
    for each in page.summary.standings:
        cells = [_interval(intervals[each.method, metric], best[metric]) for metric in page.headlines]
        spread = each.figures[page.headlines[-1]].spread
        seeds = f"{each.seeds}" + (f" (± {spread:.3f})" if spread == spread else "")
        rows.append([html.escape(each.method), *cells, seeds, str(each.failures or "")])
    titles = [*(page.titles.get(metric, metric) for metric in page.headlines), "seeds", "failed"]
    note = (
        f"Mean over series and, below it, its {LEVEL:.0%} bootstrap interval over series. The best mean is bold. "
        f"± is the standard deviation of the last figure over seeds. A cell that failed counts as 0."
    )
    return f"<h2>Summary</h2>{_table(['method', *titles], rows)}<p class=note>{note}</p>"


def _by_series(page: Page, method: str, metric: str) -> Floats:
    table = per_cell(page.table, method, metric, page.summary.judged)
    return np.asarray(table.mean(axis=1), dtype=np.float64)


def _mean(interval: Interval) -> float:
    return interval.mean if interval.values else -1.0


def _interval(interval: Interval, best: float) -> str:
    if not interval.values:
        return "–"
    mean = f"{interval.mean:.3f}"
    mean = f"<b>{mean}</b>" if interval.mean >= best - 1e-12 and interval.mean > 0 else mean
    bounds = f"<br><small>{interval.low:.3f} – {interval.high:.3f}</small>" if interval.low == interval.low else ""
    return mean + bounds


def _reference(page: Page) -> str | None:
    """What the others are compared with: a session where there is one, else the best by objective."""
    methods = [each.method for each in page.summary.standings]
    if "session" in methods:
        return "session"
    means = {m: float(np.nanmean(values)) for m in methods if len(values := _by_series(page, m, "objective"))}
    return max(means, key=lambda name: means[name]) if means else None


def _wins(page: Page) -> str:
    reference = _reference(page)
    if reference is None:
        return ""
    mine = per_cell(page.table, reference, "objective", page.summary.judged).mean(axis=1)
    bars = []
    for each in page.summary.standings:
        other = per_cell(page.table, each.method, "objective", page.summary.judged).mean(axis=1)
        gaps = (mine - other).dropna().to_numpy(dtype=np.float64)
        if each.method != reference and len(gaps):
            wins, losses = int((gaps > TIE).sum()), int((gaps < -TIE).sum())
            bars.append(pictures.Bar(each.method, wins, len(gaps) - wins - losses, losses))
    note = f"Series on which the objective of {reference}, averaged over seeds, is higher, within {TIE:g}, or lower."
    title = html.escape(f"{reference} against each: wins, ties, losses")
    return f"<h2>{title}</h2>{pictures.bars(bars)}<p class=note>{html.escape(note)}</p>"


def _speed(page: Page) -> str:
    whole = page.table[page.table.split == WHOLE]
    timed = whole[whole.metric.isin(["fit_s", "score_s", "session_s"])]
    seconds = timed.groupby("method", observed=True).value.sum()
    points = whole[whole.metric == "points"].groupby("method", observed=True).value.sum()
    rates = (seconds / points * 1e5).dropna()
    found = []
    for each in page.summary.standings:
        values = _by_series(page, each.method, "objective")
        if each.method in rates.index and len(values) and rates[each.method] > 0:
            found.append(pictures.Dot(each.method, float(rates[each.method]), float(np.nanmean(values))))
    note = "Seconds to learn and score 100,000 points, in one process, against the mean objective on the lockbox."
    return f"<h2>Speed against quality</h2>{pictures.dots(found)}<p class=note>{note}</p>" if found else ""


def _series(page: Page) -> str:
    methods = [each.method for each in page.summary.standings]
    tables = {m: per_cell(page.table, m, "objective", page.summary.judged).mean(axis=1) for m in methods}
    lockbox = page.table[page.table.split == "lockbox"]
    incidents = lockbox.groupby("series", observed=True).incidents.max()
    rows = []
    for series in page.summary.judged:
        cells = [_shaded(float(tables[m].get(series, np.nan))) for m in methods]
        rows.append([html.escape(series), str(int(incidents[series])), *cells])
    heads = ["series", "incidents", *methods]
    return f"<h2>Objective by series</h2>{_table(heads, rows, 'series')}"


def _shaded(value: float) -> str:
    if value != value:
        return "–"
    return f'<span class=cell style="--v:{value:.3f}">{value:.2f}</span>'


def _failures(page: Page) -> str:
    failures = page.summary.failures
    if not failures:
        return "<h2>Failures</h2><p>No cell failed.</p>"
    rows = [[html.escape(str(each)) for each in failure] for failure in failures[:LISTED_FAILURES]]
    more = (
        f"<p class=note>{len(failures) - LISTED_FAILURES} more are in results.parquet.</p>"
        if len(failures) > LISTED_FAILURES
        else ""
    )
    return f"<h2>{len(failures)} failures</h2>{_table(['series', 'method', 'seed', 'why'], rows)}{more}"


def _settings(page: Page) -> str:
    rows = [[html.escape(name), html.escape(str(value))] for name, value in page.settings.items()]
    return f"<h2>How it was made</h2><pre>{html.escape(page.command)}</pre>{_table(['setting', 'value'], rows)}"


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    head = "".join(f"<th>{html.escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class=scroll><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _names(names: Sequence[str]) -> str:
    return html.escape(", ".join(names[:12]) + (", …" if len(names) > 12 else ""))
