"""A page of one picture: how the time to score grows with the length of a series."""

import html
import math
from pathlib import Path

import pandas as pd

from argosy.eval.bench.cell import OK
from argosy.eval.bench.folder import write_whole
from argosy.eval.report.markup import table as html_table
from argosy.eval.report.style import STYLE

_X, _W, _H, _TOP, _LABELS = 60, 640, 420, 14, 150


def write_growth(table: pd.DataFrame, path: Path) -> None:
    """Draws `score_s` over the number of points, both on logarithmic scales, from the long table of a speed run.

    Below it stand all figures: seconds to fit and to score, points a second, memory.
    """
    scored = table[(table.status == OK) & (table.metric == "score_s") & (table.value > 0)]
    lines = {
        str(method): sorted(zip(rows.series.astype(int), rows.value.astype(float), strict=True))
        for method, rows in scored.groupby("method", observed=True)
    }
    note = "<p class=note>One thread, both axes logarithmic.</p>"
    body = f"<h1>Seconds to score, by number of points</h1>{_picture(lines)}{note}{_figures(table)}"
    head = f'<meta charset="utf-8"><title>argosy bench --speed</title>{STYLE}'
    write_whole(path, f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>\n')


def _figures(table: pd.DataFrame) -> str:
    ok = table[table.status == OK]
    if ok.empty:
        return ""
    wide = ok.assign(size=ok.series.astype(int)).pivot_table(index=["method", "size"], columns="metric", values="value")
    columns = ["method", "size", "fit_s", "score_s", "points_a_second", "peak_mib"]
    rows = [
        [html.escape(str(method)), f"{size:,}", f"{fit_s:.3f}", f"{score_s:.4f}", f"{rate / 1e6:.2f}", f"{peak:.0f}"]
        for method, size, fit_s, score_s, rate, peak in wide.reset_index()[columns].itertuples(index=False)
    ]
    note = (
        "<p class=note>Learnt from the first half of a series, of 100,000 points at most; memory above the start's.</p>"
    )
    return f"{html_table(['method', 'points', 'fit s', 'score s', 'million points a second', 'peak MiB'], rows)}{note}"


def _picture(lines: dict[str, list[tuple[int, float]]]) -> str:
    places = [place for line in lines.values() for place in line]
    if not places:
        return "<p>Nothing was scored.</p>"
    x_low, x_high = _decades([x for x, _ in places])
    y_low, y_high = _decades([y for _, y in places])

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_low) / (x_high - x_low)
        up = (math.log10(y) - y_low) / (y_high - y_low)
        return _X + across * _W, _TOP + (1 - up) * _H

    drawn = []
    for power in range(x_low, x_high + 1):
        x, _ = at(10.0**power, 10.0**y_low)
        drawn.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _H}"/>')
        drawn.append(f'<text class="dim" x="{x:.1f}" y="{_TOP + _H + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(y_low, y_high + 1):
        _, y = at(10.0**x_low, 10.0**power)
        drawn.append(f'<line class="grid" x1="{_X}" x2="{_X + _W}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(f'<text class="dim" x="{_X - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    floor = 0.0
    for name, line in sorted(lines.items(), key=lambda item: -item[1][-1][1]):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*place) for place in line))
        x, y = at(*line[-1])
        floor = max(y + 4, floor + 13) if x > _X + _W - 5 else floor
        label = floor if x > _X + _W - 5 else y - 6
        drawn.append(f'<polyline points="{path}" fill="none" stroke="var(--dot)" stroke-width="1.5" opacity=".75"/>')
        drawn.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
        drawn.append(f'<text x="{x + 7:.1f}" y="{label:.1f}">{html.escape(name)}</text>')
    size = f'viewBox="0 0 {_X + _W + _LABELS} {_TOP + _H + 30}" width="{_X + _W + _LABELS}"'
    return f'<svg {size} role="img" aria-label="time to score by number of points">{"".join(drawn)}</svg>'


def _decades(values: list[int] | list[float]) -> tuple[int, int]:
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))
