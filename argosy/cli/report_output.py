"""The report of a session as lines and tables for a person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from argosy.eval.objective import DEFAULT
from argosy.eval.titles import TITLES
from argosy.inputs.time_text import iso
from argosy.sessions.report import PARTS, Metrics, Report, SplitSection
from argosy.sessions.report_events import EventSection
from argosy.terminal import printable, several

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from argosy.columns import FittedTable

_MOST_EVENTS = 6

OUTCOMES: Mapping[str, str] = {
    "fused": "the rules below were fused with the base",
    "base_only": "no fusion with rules did better than the base alone",
    "no_incidents": "training data holds no incident to learn from, so the base stays as it is",
    "failed": "the session failed; argosy show tells where, argosy resume goes on with it",
}

ENDINGS: Mapping[str, str] = {
    "rounds_spent": "all rounds were used",
    "stalled": "the last rounds brought nothing new",
    "nothing_left": "on training data there was no error left that a rule could mend",
    "library_enough": "stored rules brought most of the gain that was possible, so no model was asked",
    "no_incidents": "there was nothing to learn from",
    "budget_spent": "a cap on calls, tokens, dollars or seconds was reached",
    "interrupted": "you stopped it; what was accepted by then is kept",
}

_COLUMNS = {"event_f1_pa": 0, "point_f1": 0, "event_f1_k10": 2, "auc_pr": 1}
"""The figures of a report, and which is left out first where the screen is narrow; 0 stays."""


_HOW_TO_READ = (
    "1 is perfect, save false points; rules were made on train and chosen on validation, nothing had looked at lockbox"
)


def print_report(report: Report, console: "Console") -> None:
    """Prints the report for a person; text that a model wrote is shown as it is, never as markup."""
    for label, words in _headlines(report):
        console.print(_line(label, words), soft_wrap=True)
    for rule in report.rules:
        numbers = ", ".join(f"{name}={value:g}" for name, value in rule.params.items()) or "no parameters"
        console.print(_line("rule", f"{rule.id} {rule.direction}: {rule.summary} ({numbers})"), soft_wrap=True)
    console.print()
    console.print(_scores_table(report))
    console.print(_line("read", _HOW_TO_READ), soft_wrap=True)
    for line in event_lines(report):
        console.print(_line("events", line), soft_wrap=True)
    console.print(_line("gain", _verdict(report)), soft_wrap=True)
    for line in explanation_lines(report):
        console.print(_line("why", line), soft_wrap=True)
    for note in report.notes:
        console.print(_line("note", note), soft_wrap=True)
    console.print()
    console.print(_line("next", ""))
    for command in _next_commands(report):
        console.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)


def explanation_lines(report: Report) -> Iterator[str]:
    """What was said of alerts of the lockbox, as far as it holds."""
    for each in (report.model_extra or {}).get("explanations", ()):
        said = each["text"] or "nothing that was said of it could be verified"
        struck = f" (struck out as not holding: {len(each['struck'])})" if each["text"] and each["struck"] else ""
        yield f"{each['at']}, {' and '.join(each['by'])}: {said}{struck}"


def _headlines(report: Report) -> Iterator[tuple[str, str]]:
    series, usage = report.series, report.usage
    yield "session", report.session
    counts = several(series.points, "point"), f"{series.step_s:,} s apart", several(series.incidents, "incident")
    yield "series", f"{series.id}: {', '.join(counts)}"
    yield "splits", "; ".join(_split(name, report.splits[name]) for name in PARTS if name in report.splits)
    yield "model", report.model
    yield "base", report.base.name
    yield "outcome", f"{report.outcome}: {OUTCOMES.get(report.outcome, 'as the transcript tells')}"
    if report.ending:
        yield "ended", f"{report.ending}: {ENDINGS.get(report.ending, 'as the transcript tells')}"
    if report.held_back:
        yield "service", _service_words(report)
    if report.rings_once:
        yield (
            "rings",
            f"only the first point of an alert is flagged; the base's scores are multiplied by {report.base_level:.3g}",
        )
    if report.hold_points:
        yield (
            "held",
            f"after a peak the fused score falls slowly, over {report.hold_points:g} points; no alarm changes by that",
        )
    about = " (tokens estimated)" if usage.estimated else ""
    tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out{about}"
    yield "usage", f"{several(usage.calls, 'call')}, {tokens}, ${usage.usd:.4f}, {report.wall_s:.1f} s"


def _service_words(report: Report) -> str:
    """What is in service instead of the fusion."""
    live = f"the base alone, {report.in_service}" if report.in_service else "nothing"
    return f"{live}; {report.held_back} waits for you, see the notes"


def _objective(report: Report) -> str:
    return "mean of the three F1s" if report.objective == DEFAULT.name else report.objective


def _verdict(report: Report) -> str:
    """What the fusion did on data that nothing had looked at, for better or worse."""
    base, fused = report.scores.base.get("lockbox"), report.scores.fused.get("lockbox")
    if not report.rules and not report.rings_once:
        return "nothing was fused, so nothing is gained or lost"
    if report.gain is None or base is None or fused is None:
        return "the lockbox holds no incident, so gain and loss are not known"
    found = (fused.detected or 0) - (base.detected or 0)
    false = (fused.false_points or 0) - (base.false_points or 0)
    what = "fusion is" if report.rules else "base that rings once is"
    word = "better than" if report.gain > 0 else "WORSE than" if report.gain < 0 else "as good as"
    return (
        f"on the lockbox the {what} {word} the base: {_objective(report)} {report.gain:+.3f}, "
        f"incidents found {found:+d}, false points {false:+d}"
    )


def _split(name: str, part: SplitSection) -> str:
    points = part.points
    if points is None and part.start is not None and part.stop is not None:
        points = part.stop - part.start
    counts = [several(points, "point")] if points is not None else []
    counts += [several(part.incidents, "incident")] if part.incidents is not None else []
    return f"{name} {', '.join(counts)}".rstrip()


def _line(label: str, words: str) -> "Text":
    from rich.text import Text

    return Text.assemble((f"{label:<8}", "bold"), printable(words))


def _scores_table(report: Report) -> "FittedTable":
    table = metrics_table("part", "of")
    for part in PARTS:
        subjects = [("base", report.scores.base), *((f"+ {rule.id}", rule.scores) for rule in report.rules)]
        rows = [
            (name, by_part[part]) for name, by_part in (*subjects, ("fused", report.scores.fused)) if part in by_part
        ]
        for index, (name, metrics) in enumerate(rows):
            style = "bold" if name == "fused" else ""
            table.add_row("" if index else part, name, *metrics_cells(metrics), style=style)
    return table


def metrics_table(*leading: str) -> "FittedTable":
    """An empty table with these columns and one for each figure; `metrics_cells` fills the latter."""
    from argosy.columns import Column, FittedTable

    figures = [Column(TITLES[name], right=True, leaves=rank) for name, rank in _COLUMNS.items()]
    return FittedTable(
        *(Column(title) for title in leading),
        *figures,
        Column("detected", right=True),
        Column("false points", right=True),
    )


def metrics_cells(metrics: Metrics) -> Iterator[str]:
    """The figures as words; a dash where there was nothing to measure by."""
    for name in _COLUMNS:
        value = getattr(metrics, name)
        yield "–" if value is None else f"{value:.3f}"
    yield "–" if metrics.detected is None else f"{metrics.detected} of {metrics.incidents}"
    yield "–" if metrics.false_points is None else f"{metrics.false_points:,}"


def _next_commands(report: Report) -> Iterator[str]:
    yield f"argosy show {report.session}"
    if report.rules:
        yield f"argosy rule show {report.rules[0].id}"
    if report.held_back:
        yield f"argosy detector promote {report.held_back}"
    if report.detector:
        yield f"argosy score {report.detector} FILE --out scores.parquet"


def event_lines(report: Report) -> Iterator[str]:
    """A line for each rule and part on which it changed something."""
    for rule in report.rules:
        for part, did in rule.events.items():
            gained, lost = (several(len(each), "incident") for each in (did.gained, did.lost))
            words = [f"{gained} gained{_listed(did.gained, report)}"] if did.gained else []
            words += [f"{lost} LOST{_listed(did.lost, report)}"] if did.lost else []
            words += [f"{several(did.false_points_added, 'false point')} added"] if did.false_points_added else []
            words += (
                [f"{several(did.false_points_removed, 'false point')} taken back"] if did.false_points_removed else []
            )
            if words:
                yield f"{rule.id} {part}: {'; '.join(words)}"


def _listed(events: Sequence[EventSection], report: Report) -> str:
    more = f", and {len(events) - _MOST_EVENTS} more" if len(events) > _MOST_EVENTS else ""
    return f" ({', '.join(_named(each, report) for each in events[:_MOST_EVENTS])}{more})"


def _named(event: EventSection, report: Report) -> str:
    second = event.begins if event.alarm is None else event.alarm  # what argosy why --at is to be asked about
    where = iso(second) if report.times_known else f"index {second // max(1, report.series.step_s)}"
    return where if event.alone else f"{where}, other rules too"
