"""What `argosy detect` writes to stdout: who said what, and the alerts that came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from argosy.eval.titles import TITLES
from argosy.terminal import several

if TYPE_CHECKING:
    from argosy.inputs.signal_file import ReadSignal
    from argosy.patterns.detect import DetectResult

_SHOWN = 15
_LINE_CHARS = 160


def print_detect(
    given: "ReadSignal", done: "DetectResult", out: Path | None, picture: Path | None, as_json: bool
) -> None:
    """Writes the report as JSON, or the patterns and first alerts for a person."""
    from argosy.terminal import print_json, printable

    told = {"session": done.session, **done.report, "out": str(out) if out else None}
    if as_json:
        print_json(told)
        return

    def say(text: str) -> None:
        typer.echo(printable(text))

    alerts = several(told["alerts"], "alert")
    say(f"session {done.session}: {told['flagged']:,} of {told['points']:,} flagged in {alerts}")
    for each in told["patterns"]:
        say(_pattern_words(each))
    if told["metrics"]:
        say(f"  {'fused: ' + told['fuse']:<18} {_metric_words(told['metrics'])}")
    for alert in told["shown"][:_SHOWN]:
        for line in [*_alert_lines(alert), *_quoted(given, alert)]:
            say(line)
    if told["alerts"] > _SHOWN:
        say(f"  and {told['alerts'] - _SHOWN} more; --json and --out tell them all")
    if told["explained"] and told["explained"] < told["alerts"]:
        say(f"note: {told['explained']} of {told['alerts']} alerts were explained; --explain-most says how many")
    for note in [*told["notes"], *([told["unexplained"]] if told["unexplained"] else [])]:
        say(f"note: {note}")
    for path in filter(None, (out, picture)):
        say(f"written to {path}")


def _pattern_words(each: dict[str, Any]) -> str:
    if not each["heard"]:
        return f"  {each['pattern']:<18} not heard: {each['why_not']}"
    figures = f"; {_metric_words(each['metrics'])}" if each["metrics"] else ""
    notes = "; ".join(each["notes"])
    return f"  {each['pattern']:<18} {each['flagged']:,} flagged{figures}{f' ({notes})' if notes else ''}"


def _metric_words(metrics: dict[str, Any]) -> str:
    """The figures on the points that nobody learned from."""
    words = [
        f"{TITLES[name]} {metrics[name]:.3f}" for name in ("event_f1_pa", "point_f1") if metrics.get(name) is not None
    ]
    return ", ".join(
        [*words, f"{metrics['detected']} of {metrics['incidents']} incidents found past what was learned from"]
    )


def _quoted(given: "ReadSignal", alert: dict[str, Any]) -> list[str]:
    """The first line of a log that an alert is about."""
    from argosy.signals.lines import Lines

    if not isinstance(given.signal, Lines):
        return []
    return [f"    line {given.signal.number(alert['start'])}: {str(given.signal.texts[alert['start']])[:_LINE_CHARS]}"]


def _record_words(records: list[int]) -> str:
    if len(records) == 1:
        return f"record {records[0]}"
    listed = ", ".join(map(str, records[:_SHOWN]))
    return f"records {listed}" + (f" and {len(records) - _SHOWN} more" if len(records) > _SHOWN else "")


def alert_line(alert: Mapping[str, Any]) -> str:
    """Where an alert is, when, how high its score, and who raised it; `argosy why --at` takes its first time."""
    from argosy.inputs.time_text import iso

    where = _record_words(alert["records"]) if alert.get("records") else f"{alert['start']}:{alert['stop']}"
    if alert["begins"] is not None:
        points = several(alert["stop"] - alert["start"], "point")
        where += f" ({iso(alert['begins'])} to {iso(alert['ends'])}, {points})"
    return f"alert {where} highest score {alert['score']:.3g} by {', '.join(alert['fired'])}"


def _alert_lines(alert: dict[str, Any]) -> list[str]:
    lines = [alert_line(alert)]
    lines += [f"    {reason}" for reason in alert["reasons"]]
    if said := alert["explanation"]:
        about = {"trimmed": f" (struck out as not holding: {len(said['struck'])})"}
        text = said["text"] or "no verified explanation: " + (
            "; ".join(said["wrong"][:3]) or "nothing could be checked"
        )
        lines.append(f"    {said['standing']}: {text}{about.get(said['standing'], '')}")
    return lines
