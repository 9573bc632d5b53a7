"""The summary of a benchmark for a person."""

import math
from collections.abc import Mapping

from rich.console import Console

from argosy.benchmarks.bench.methods import SINGLE
from argosy.columns import Column, FittedTable
from argosy.eval.bench.summary import LESS_IS_BETTER, Figure, Gain, MethodSummary, Summary, best_of
from argosy.eval.titles import TITLES
from argosy.terminal import clock_time, print_line, printable, several

_LISTED = 10


def print_report(whole: Summary, by_set: Mapping[str, Summary], console: Console) -> None:
    """Prints for each data set the means on the lockbox and what sessions gained, then guards and every failure."""
    for reason in whole.void:
        print_line(f"VOID: {reason}; no figure of this run means anything", console)
    for name, summary in by_set.items():
        console.print(_table(summary, name if len(by_set) > 1 else "lockbox, mean"))
        for line in (_judged(summary), *_sessions(summary), ""):
            print_line(line, console)
    for line in (*_guards(whole), *_failures(whole)):
        print_line(line, console)


def _table(summary: Summary, title: str) -> FittedTable:
    metrics = list(summary.standings[0].figures) if summary.standings else []
    measured = [Column(TITLES[each], right=True, leaves=_leaves(at, len(metrics))) for at, each in enumerate(metrics)]
    counts = [Column(each, right=True, leaves=leaves) for each, leaves in (("seeds", 2), ("failed", 0), ("time", 1))]
    table = FittedTable(Column(printable(title)), *measured, *counts)
    for each in summary.standings:
        figures = [_figure(each.figures[metric]) for metric in metrics]
        time = clock_time(each.wall_s) if each.wall_s else ""
        table.add_row(each.method, *figures, str(each.seeds), str(each.failures or ""), time)
    return table


def _leaves(place: int, figures: int) -> int:
    """When a figure leaves a narrow screen: the last after seeds and time, the first never."""
    return 2 + figures - place if place else 0


def _figure(figure: Figure) -> str:
    if math.isnan(figure.mean):
        return "–"
    return f"{figure.mean:.3f}" + ("" if math.isnan(figure.spread) else f"±{figure.spread:.3f}".replace("0.", "."))


def _judged(summary: Summary) -> str:
    left = f"; {len(summary.unjudged)} without are left out: {_some(summary.unjudged)}" if summary.unjudged else ""
    left += f"; {len(summary.unread)} could not be used: {_some(summary.unread)}" if summary.unread else ""
    judged = f": {_some(summary.judged)}" if summary.judged else ""
    return f"over the {len(summary.judged)} series whose lockbox holds incidents{judged}{left}"


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[: 2 * _LISTED]) + (", …" if len(names) > 2 * _LISTED else "")


def _sessions(summary: Summary) -> list[str]:
    lines = [
        f"{method}: {share:.0%} of the cells end with rules, {summary.calls.get(method, math.nan):.1f} calls a cell"
        for method, share in summary.with_rules.items()
    ]
    lines += [_gain(each) for each in summary.gains if each.over not in SINGLE]
    session = next((each for each in summary.standings if each.method == "session"), None)
    for metric in session.figures if session else ():
        best = None if metric in LESS_IS_BETTER else best_of(summary.standings, SINGLE, metric)
        if session and best:
            lines.append(_lead(session, best, metric))
    return lines


def _gain(gain: Gain) -> str:
    what = TITLES.get(gain.metric, gain.metric)
    return (
        f"{gain.method} over {gain.over}, {what}: mean {gain.mean:+.3f} on {gain.cells} cells, "
        f"{gain.better} better, {gain.same} same, {gain.worse} worse, "
        f"worst {gain.worst:+.3f}" + (f" ({gain.worst_series})" if gain.worst < 0 else "")
    )


def _lead(session: MethodSummary, best: MethodSummary, metric: str) -> str:
    mine, other = session.figures[metric].mean, best.figures[metric].mean
    return f"{TITLES[metric]}: session {mine:.3f}, best single baseline {best.method} {other:.3f}, {mine - other:+.3f}"


def _guards(summary: Summary) -> list[str]:
    lines = [
        f"{each.method} is not causal: {each.points:,} past scores on {each.series} series changed with the future"
        for each in summary.looked_ahead
    ]
    often = [f"{method} ({count} times)" for method, count in summary.openings.items() if count != 1]
    opened = f"opened more than once by {', '.join(often)}" if often else "opened once by every method"
    return [*lines, f"lockboxes: {opened}" + ("" if summary.void else "; the true labels reach 1.0")]


def _failures(summary: Summary) -> list[str]:
    lines = [f"failed, and counted as 0: {several(len(summary.failures), 'cell')}"] if summary.failures else []
    lines += [f"  {series} {method} seed {seed}: {why}" for series, method, seed, why in summary.failures[:_LISTED]]
    if len(summary.failures) > _LISTED:
        lines.append(f"  … and {len(summary.failures) - _LISTED} more, in results.parquet")
    return lines
