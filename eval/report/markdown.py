"""The tables of a benchmark as Markdown, to stand in a repository as they are."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from argosy.eval.bench.folder import write_whole
from argosy.eval.bench.summary import Figure, Gain, Summary
from argosy.eval.report.overview import by_set
from argosy.eval.report.page import Page
from argosy.eval.report.sections import Section


def write_markdown(page: Page, path: Path) -> None:
    """Writes what was run, every table, what sessions gained, and each failure."""
    write_whole(path, render_markdown(page))


def render_markdown(page: Page) -> str:
    """The same as text."""
    several = len(page.sections) > 1
    blocks = [
        f"# {len(page.whole.standings)} methods on {len(page.whole.judged)} series",
        f"```sh\n{page.command}\n```",
    ]
    blocks += [f"**Void**: {reason}; no figure means anything." for reason in page.whole.void]
    blocks.append(f"Protocol: {page.protocol}. Figures are of the lockbox, the last part of each series.")
    if several:
        blocks.append(_overview(page.sections))
    for section in page.sections:
        blocks += [f"## {section.name}"] if several else []
        blocks += [_judged(section.summary), _standings(section), _gains(section)]
    blocks += [_failures(page.whole), _settings(page)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _overview(sections: Sequence[Section]) -> str:
    rows = [[method, *map(_number, values)] for method, values in by_set(sections).items()]
    return "Mean objective by data set:\n\n" + _table(["method", *(each.name for each in sections), "mean"], rows)


def _judged(summary: Summary) -> str:
    without = f"; {len(summary.unjudged)} without are left out" if summary.unjudged else ""
    return f"Means over the {len(summary.judged)} series whose lockbox holds incidents{without}; ± over seeds."


def _standings(section: Section) -> str:
    heads = ["method", *(section.titles.get(each, each) for each in section.headlines), "seeds", "failed"]
    rows = [
        [each.method, *(_figure(each.figures[name]) for name in section.headlines), str(each.seeds), str(each.failures)]
        for each in section.summary.standings
    ]
    return _table(heads, rows)


def _gains(section: Section) -> str:
    summary = section.summary
    lines = [
        f"- {method}: {share:.0%} of the cells end with rules, {summary.calls.get(method, math.nan):.1f} calls a cell"
        for method, share in summary.with_rules.items()
    ]
    return "\n".join([*lines, *(_gain(each, section.titles) for each in summary.gains)])


def _gain(gain: Gain, titles: Mapping[str, str]) -> str:
    what = titles.get(gain.metric, gain.metric)
    return (
        f"- {gain.method} over {gain.over}: {gain.mean:+.3f} of {what} on {gain.cells} cells, "
        f"{gain.better} better, {gain.same} same, {gain.worse} worse, worst {gain.worst:+.3f}"
    )


def _failures(summary: Summary) -> str:
    if not summary.failures:
        return "No cell failed."
    heads = ["series", "method", "seed", "why"]
    rows = [[series, method, str(seed), why.replace("|", "/")] for series, method, seed, why in summary.failures]
    return f"{len(summary.failures)} cells failed:\n\n" + _table(heads, rows)


def _settings(page: Page) -> str:
    return _table(["setting", "value"], ([name, str(value)] for name, value in page.settings.items()))


def _figure(figure: Figure) -> str:
    return _number(figure.mean) + ("" if math.isnan(figure.spread) else f" ± {figure.spread:.3f}")


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
