"""The picture of a session: the series, its incidents, and who raised an alarm when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from argosy.eval.splits import Part, Splits
from argosy.pictures.close_ups import CloseUp, Contrast, scenes
from argosy.pictures.downsample import bars, envelope
from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident, labels_at
from argosy.signals.series import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
COLUMNS = 1600
LONGEST_NAME, LONGEST_TITLE = 24, 150
MOST_SCENES = 4
FEWEST_AROUND, MOST_AROUND = 40, 400
"""How many points a closer look shows on either side of an event, depending on its length."""

INK, SERIES, INCIDENT, BASE, FUSED = "#333333", "#4d4d4d", "#F0C05A", "#D55E00", "#0072B2"
RULES = ("#009E73", "#CC79A7", "#56B4E9", "#8C6D1F")
"""Colours of Okabe and Ito (2008), told apart by people who see colours differently."""


@dataclass(frozen=True, eq=False)
class _Lane:
    """One detector's alarms beneath the series."""

    name: str
    flags: Bools
    color: str


@dataclass(frozen=True, eq=False)
class _View:
    """A series as it is drawn: `x` in days since 1970 or in steps, `width` the length of a step in x."""

    x: Floats
    values: Floats
    width: float
    labels: Bools
    lanes: tuple["_Lane", ...]
    dated: bool


def check_drawable(path: Path) -> None:
    """Makes the folder for a picture. Raises BadInput for another suffix, and where nothing can be written."""
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(str(path), f"cannot draw {path.suffix or 'without a suffix'}", "use " + ", ".join(SUFFIXES))
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.touch()
        unfinished.unlink()
    except OSError as error:
        raise BadInput(str(path), (error.strerror or str(error)).lower(), "name a file that can be written") from error


def draw(
    path: Path,
    series: Series,
    incidents: Sequence[Incident],
    base_flags: Bools | None,
    fused_flags: Bools,
    rule_flags: Mapping[str, Bools],
    splits: Splits,
    title: str,
    *,
    base_name: str = "base",
    times_known: bool = True,
) -> Path:
    """Draws a session into a .png, .svg or .pdf file and returns its path.

    Flags are bools per point, shape (n,); `rule_flags` by the name of the rule, or of the pattern where there is no
    base and `base_flags` is None. Where `times_known` is False the horizontal axis counts steps. Raises BadInput for
    another suffix and when the file cannot be written.
    """
    check_drawable(path)
    view = _view(series, incidents, base_flags, fused_flags, rule_flags, base_name, times_known)
    compared = np.zeros_like(fused_flags) if base_flags is None else base_flags
    figure = _figure(view, splits, scenes(view.labels, compared, fused_flags, MOST_SCENES), title)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        figure.savefig(unfinished, format=path.suffix.lower()[1:], dpi=150)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BadInput(str(path), f"cannot be written ({error.strerror})", "name a path that can, with room") from error
    return path


def _view(
    series: Series,
    incidents: Sequence[Incident],
    base: Bools | None,
    fused: Bools,
    rules: Mapping[str, Bools],
    base_name: str,
    times_known: bool,
) -> _View:
    unit = 86_400 if times_known else series.step_s
    colors = (RULES[number % len(RULES)] for number in range(len(rules)))
    lanes = (
        *([] if base is None else [_Lane(f"base: {base_name}", base, BASE)]),
        *(_Lane(name, flags, color) for (name, flags), color in zip(rules.items(), colors, strict=True)),
        _Lane("fused", fused, FUSED),
    )
    labels = labels_at(incidents, series.seconds)
    return _View(series.seconds / unit, series.values, series.step_s / unit, labels, lanes, times_known)


def _figure(view: _View, splits: Splits, closer: Sequence[CloseUp], title: str) -> "Figure":
    from matplotlib.figure import Figure

    lanes_high = 0.3 * len(view.lanes) + 0.1
    heights = [3.2, lanes_high, *([0.35, 2.4] if closer else [])]
    figure = Figure(figsize=(14, sum(heights) + 1.5), layout="constrained", facecolor="white")
    grid = figure.add_gridspec(len(heights), max(1, len(closer)), height_ratios=heights)
    top = figure.add_subplot(grid[0, :])
    below = figure.add_subplot(grid[1, :], sharex=top)
    _draw_series(top, view, slice(0, len(view.x)))
    _draw_lanes(below, view)
    _draw_splits(top, below, view, splits)
    _label_time(below, view)
    top.tick_params(labelbottom=False)
    for number, scene in enumerate(closer):
        _draw_scene(figure.add_subplot(grid[3, number]), view, scene)
    figure.suptitle(_drawable(title), x=0.01, ha="left", fontsize=13, color=INK, parse_math=False)
    _draw_legend(figure, has_base=any(lane.color == BASE for lane in view.lanes))
    return figure


def _draw_series(axes: "Axes", view: _View, where: slice) -> None:
    x, values = view.x[where], view.values[where]
    axes.broken_barh(
        bars(x, view.labels[where], COLUMNS // 2, view.width),
        (0, 1),
        transform=axes.get_xaxis_transform(),
        color=INCIDENT,
        alpha=0.6,
        linewidth=0,
    )
    axes.plot(*envelope(x, values, COLUMNS, 1.5 * view.width), color=SERIES, linewidth=0.7, solid_joinstyle="round")
    _plain(axes)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)


def _draw_lanes(axes: "Axes", view: _View) -> None:
    for row, lane in enumerate(view.lanes):
        spans = bars(view.x, lane.flags, COLUMNS // 2, view.width)
        axes.broken_barh(spans, (row - 0.38, 0.76), color=lane.color, linewidth=0)
    spans = bars(view.x, view.labels, COLUMNS // 2, view.width)
    axes.broken_barh(
        spans, (0, 1), transform=axes.get_xaxis_transform(), color=INCIDENT, alpha=0.45, linewidth=0, zorder=0
    )
    axes.set_ylim(len(view.lanes) - 0.45, -0.55)
    names = [_drawable(lane.name, LONGEST_NAME) for lane in view.lanes]
    axes.set_yticks(range(len(names)), names, fontsize=9, parse_math=False)
    _plain(axes)
    axes.tick_params(axis="y", length=0)
    for tick, lane in zip(axes.get_yticklabels(), view.lanes, strict=True):
        tick.set_color(lane.color)


def _draw_splits(top: "Axes", below: "Axes", view: _View, splits: Splits) -> None:
    for part in Part:
        where = splits.of(part)
        if where.start >= where.stop:
            continue
        left, right = view.x[where.start], view.x[where.stop - 1]
        top.text((left + right) / 2, 1.02, part.value, transform=top.get_xaxis_transform(), ha="center", color=INK)
        if where.start:
            for axes in (top, below):
                axes.axvline(left, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    top.set_xlim(view.x[0] - view.width, view.x[-1] + 2 * view.width)


def _draw_scene(axes: "Axes", view: _View, scene: CloseUp) -> None:
    around = int(np.clip(3 * (scene.stop - scene.start), FEWEST_AROUND, MOST_AROUND))
    where = slice(max(0, scene.start - around), min(len(view.x), scene.stop + around))
    _draw_series(axes, view, where)
    low, high = axes.get_ylim()
    axes.set_yticks([tick for tick in axes.get_yticks() if low <= tick <= high])
    step = 0.07 * (high - low)
    for row, lane in enumerate(view.lanes, start=1):
        spans = bars(view.x[where], lane.flags[where], 200, view.width)
        axes.broken_barh(spans, (low - (row + 0.35) * step, 0.7 * step), color=lane.color, linewidth=0)
    axes.set_ylim(low - (len(view.lanes) + 0.8) * step, high)
    good = scene.contrast in (Contrast.FOUND, Contrast.CLEARED)
    axes.set_title(scene.contrast.value, fontsize=10, loc="left", color=FUSED if good else BASE)
    axes.set_xlim(view.x[where.start], view.x[where.stop - 1] + view.width)
    _label_time(axes, view, ticks=5)


def _label_time(axes: "Axes", view: _View, ticks: int = 10) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if view.dated:
        locator = AutoDateLocator(minticks=3, maxticks=ticks)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    else:
        axes.xaxis.set_major_locator(MaxNLocator(ticks, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.set_xlabel("index", fontsize=9, color=INK)


def _draw_legend(figure: "Figure", has_base: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=SERIES, linewidth=1.2, label="series"),
        Patch(color=INCIDENT, label="labelled incident"),
        *([Patch(color=BASE, label="base alarm")] if has_base else []),
        Patch(color=RULES[0], label=f"{'rule' if has_base else 'pattern'} alarm (one colour each)"),
        Patch(color=FUSED, label="fused alarm"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=9)


def _plain(axes: "Axes") -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=9, colors=INK)


def _drawable(text: str, longest: int = LONGEST_TITLE) -> str:
    """The text, cut, with a question mark for each letter that the font does not have."""
    from matplotlib.font_manager import findfont, get_font

    letters: Callable[[int], bool] = get_font(findfont("DejaVu Sans")).get_charmap().__contains__
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(letter if letters(ord(letter)) else "?" for letter in text)
