"""Pictures for the page, as SVG in its colours."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

_LEFT, _WIDTH, _ROW = 150, 640, 24


@dataclass(frozen=True)
class Bar:
    """Wins, ties and losses against one method."""

    name: str
    wins: int
    ties: int
    losses: int


def bars(rows: Sequence[Bar]) -> str:
    """A stacked bar for each row, counts inside."""
    drawn = []
    for number, row in enumerate(rows):
        y, x, total = number * _ROW, float(_LEFT), max(1, row.wins + row.ties + row.losses)
        drawn.append(f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{html.escape(row.name)}</text>')
        for count, kind in ((row.wins, "win"), (row.ties, "tie"), (row.losses, "loss")):
            width = _WIDTH * count / total
            if count:
                ink = "onlight" if kind == "tie" else "on"
                drawn.append(f'<rect class="{kind}" x="{x:.1f}" y="{y + 2}" width="{width:.1f}" height="{_ROW - 5}"/>')
                drawn.append(
                    f'<text class="{ink}" x="{x + width / 2:.1f}" y="{y + 16}" text-anchor="middle">{count}</text>'
                )
            x += width
    return _svg(_LEFT + _WIDTH, len(rows) * _ROW, drawn, "wins, ties and losses")


@dataclass(frozen=True)
class Dot:
    """A method at x, on a logarithmic scale, and y in [0, 1]."""

    name: str
    x: float
    y: float


_PLOT_X, _PLOT_W, _PLOT_H, _TOP = 44, 700, 330, 12


def dots(points: Sequence[Dot]) -> str:
    """A scatter plot; labels that would cover each other move down."""
    low = math.floor(math.log10(min(each.x for each in points)))
    high = max(low + 1, math.ceil(math.log10(max(each.x for each in points))))
    top = max(0.1, math.ceil(max(each.y for each in points) * 10 + 0.2) / 10)

    def place(each: Dot) -> tuple[float, float]:
        x = _PLOT_X + (math.log10(each.x) - low) / (high - low) * _PLOT_W
        return x, _TOP + _PLOT_H * (1 - max(0.0, each.y) / top)

    drawn = [*_level_lines(top), *_decades(low, high)]
    taken = [(x - 5, y + 4, 10.0) for x, y in map(place, points)]
    for each in sorted(points, key=lambda point: -point.y):
        x, y = place(each)
        width, left = 7.0 * len(each.name), x > _PLOT_X + 0.8 * _PLOT_W
        start = x - 8 - width if left else x + 8
        label = _free(start, y + 4, width, taken)
        taken.append((start, label, width))
        anchor = "end" if left else "start"
        drawn.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>')
        at = f'x="{x - 8 if left else x + 8:.1f}" y="{label:.1f}" text-anchor="{anchor}"'
        drawn.append(f"<text {at}>{html.escape(each.name)}</text>")
    return _svg(_PLOT_X + _PLOT_W + 110, _TOP + _PLOT_H + 40, drawn, "speed against quality")


def _free(x: float, y: float, width: float, taken: Sequence[tuple[float, float, float]]) -> float:
    """The first height from y downwards at which a label of this width covers none that is there."""
    while any(abs(y - other) < 13 and x < start + size and start < x + width for start, other, size in taken):
        y += 3.0
    return y


def _level_lines(top: float) -> list[str]:
    drawn = []
    for tenth in range(0, round(top * 10) + 1, 1 if top <= 0.5 else 2):
        y = _TOP + _PLOT_H * (1 - tenth / 10 / top)
        drawn.append(f'<line class="grid" x1="{_PLOT_X}" x2="{_PLOT_X + _PLOT_W}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(f'<text class="dim" x="{_PLOT_X - 8}" y="{y + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>')
    return drawn


def _decades(low: int, high: int) -> list[str]:
    drawn = []
    for power in range(low, high + 1):
        x = _PLOT_X + (power - low) / (high - low) * _PLOT_W
        drawn.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _PLOT_H}"/>')
        drawn.append(
            f'<text class="dim" x="{x:.1f}" y="{_TOP + _PLOT_H + 18}" text-anchor="middle">{10.0**power:g} s</text>'
        )
    return drawn


def _svg(width: int, height: int, drawn: Sequence[str], title: str) -> str:
    body = "".join(drawn)
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{title}">{body}</svg>'
