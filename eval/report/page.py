"""The page: what was run, what came of it, and on what it rests."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from argosy.eval.bench.folder import write_whole
from argosy.eval.bench.summary import Summary
from argosy.eval.report.markup import table
from argosy.eval.report.overview import overview
from argosy.eval.report.sections import Section, render_section
from argosy.eval.report.style import STYLE

LISTED_FAILURES = 200


@dataclass(frozen=True, eq=False)
class Page:
    """All that the page tells: a section for each data set, and the summary of `whole` for guards and failures."""

    sections: Sequence[Section]
    whole: Summary
    settings: Mapping[str, object]
    protocol: str
    command: str


def write_page(page: Page, path: Path) -> None:
    """Writes one HTML file that refers to no other."""
    write_whole(path, render(page))


def render(page: Page) -> str:
    """The page as text."""
    body = "\n".join([_head(page), _guards(page), _sections(page), _failures(page), _settings(page)])
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>argosy bench</title>{STYLE}'
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>\n'


def _head(page: Page) -> str:
    sets = f" of {len(page.sections)} data sets" if len(page.sections) > 1 else ""
    return (
        f"<h1>{len(page.whole.standings)} methods on {len(page.whole.judged)} series{sets}</h1>"
        f"<p>Figures are of the lockbox, the last part of each series.</p>"
        f"<p>Protocol: {html.escape(page.protocol)}.</p>"
    )


def _sections(page: Page) -> str:
    if len(page.sections) == 1:
        return render_section(page.sections[0])
    parts = [f"<h2>{html.escape(each.name)}</h2>{render_section(each)}" for each in page.sections]
    return "\n".join([overview(page.sections), *parts])


def _guards(page: Page) -> str:
    summary = page.whole
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


def _failures(page: Page) -> str:
    failures = page.whole.failures
    if not failures:
        return "<h2>Failures</h2><p>No cell failed.</p>"
    rows = [[html.escape(str(each)) for each in failure] for failure in failures[:LISTED_FAILURES]]
    more = (
        f"<p class=note>{len(failures) - LISTED_FAILURES} more are in results.parquet.</p>"
        if len(failures) > LISTED_FAILURES
        else ""
    )
    return f"<h2>{len(failures)} failures</h2>{table(['series', 'method', 'seed', 'why'], rows)}{more}"


def _settings(page: Page) -> str:
    rows = [[html.escape(name), html.escape(str(value))] for name, value in page.settings.items()]
    return f"<h2>How it was made</h2><pre>{html.escape(page.command)}</pre>{table(['setting', 'value'], rows)}"
