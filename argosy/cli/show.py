"""`argosy show`: a session's transcript, for people and as JSON."""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from argosy.graphs.recording.events import Decision, Failure, ModelCall, SandboxJob
    from argosy.sessions.transcript import Section, Transcript, TranscriptEntry
    from argosy.store.rows import SessionRow

_PROMPT_LINES = 8
_LINE_CHARACTERS = 900  # an evidence block is one line of thousands
_FENCE = "```"
_LANGUAGE = re.compile(r"[ \t]*(\w*)")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("show", epilog="Example: argosy show latest --node review --full")(show)


def show(
    session: Annotated[str, typer.Argument(help="A session's id, its beginning where that is unique, or 'latest'.")],
    full: Annotated[bool, typer.Option("--full", help="Show prompts whole; with --json, inline every text.")] = False,
    node: Annotated[str | None, typer.Option(help="Only what this node did, such as propose.")] = None,
    round_: Annotated[int | None, typer.Option("--round", help="Only this round.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only what concerns this rule or candidate.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the events as one JSON list instead.")] = False,
) -> None:
    """Show what happened in a session: every node, prompt, reply, sandbox outcome, score and decision."""
    from argosy.sessions.transcript import TranscriptFilter, read_transcript, transcript_json
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json, stdout_console

    wanted = TranscriptFilter(node, round_, rule)
    transcript = read_transcript(open_store(read_settings()), session, wanted)
    if as_json:
        print_json(transcript_json(transcript, full))
    else:
        print_transcript(transcript, stdout_console(), full=full, ending=wanted.everything)


def print_transcript(transcript: "Transcript", console: "Console", full: bool = False, ending: bool = True) -> None:
    """Prints the transcript by node and round; `full` shows prompts whole, `ending` the report after it."""
    from argosy.terminal import moment

    row = transcript.session
    about = f"{row.series}, {row.points:,} points, model {row.model}, begun {moment(row.started)} UTC"
    console.print(_words((row.id, "bold"), f" {about}"))
    for section in transcript.sections:
        console.print()
        console.rule(_title(section), align="left", style="dim")
        for block in _blocks(section, full):
            console.print(block)
    if not transcript.sections:
        console.print("nothing of this kind was recorded")
    if ending:
        console.print()
        console.rule(_words(("report", "bold")), align="left", style="dim")
        _print_ending(row, console)


def _title(section: "Section") -> "Text":
    took = "did not end" if section.seconds is None else f"{section.seconds:.2f} s"
    where = f"round {section.round} · " if section.round else ""
    return _words((f"{where}{section.node}", "bold"), f" · {took}")


def _blocks(section: "Section", full: bool) -> "Iterator[RenderableType]":
    """The section's entries; neighbouring scores share a table, and clean jobs of one purpose a line unless `full`."""
    from argosy.graphs.recording.events import Decision, Failure, ModelCall, SandboxJob, ScoreMeasured

    def alike(entry: "TranscriptEntry") -> object:
        match entry.event:
            case ScoreMeasured():
                return "score"
            case SandboxJob(outcome="ran", purpose=purpose) if not full:
                return ("ran", purpose)
        return entry.seq

    for _, neighbours in groupby(section.entries, key=alike):
        entries = list(neighbours)
        match entries[0].event:
            case ScoreMeasured():
                yield _scores(entries)
            case ModelCall() as event:
                yield from _call(event, entries[0], full)
            case SandboxJob():
                yield _jobs([entry.event for entry in entries if isinstance(entry.event, SandboxJob)])
            case Decision() as event:
                yield _decision(event)
            case Failure() as event:
                yield _failure(event)


def _call(event: "ModelCall", entry: "TranscriptEntry", full: bool) -> "Iterator[RenderableType]":
    from rich.padding import Padding

    from argosy.sessions.transcript import candidate_id

    attempt = f" attempt {event.attempt}" if event.attempt else ""
    about = " estimated" if event.estimated else ""
    tokens = f"{event.input_tokens:,} → {event.output_tokens:,} tokens{about}"
    cut = (" · cut at its length limit", "yellow") if event.cut else ""
    yield _words(
        (f"{event.role} {candidate_id(event)}{attempt}", "bold cyan"),
        f" · {event.model} · {tokens} · {event.seconds:.2f} s",
        cut,
    )
    yield Padding(_words((_folded(entry.texts["prompt"], full), "dim")), (0, 0, 0, 2), expand=False)
    for block in _reply(entry.texts["reply"]):
        yield Padding(block, (0, 0, 0, 4), expand=False)


def _folded(prompt: str, full: bool) -> str:
    """The prompt; unless whole, without the system text, which is the same in every call of a role."""
    if full:
        return prompt.strip()
    asked = prompt.partition("\n[human]\n")[2] or prompt
    lines = [line for line in asked.strip().split("\n") if line.strip()]
    shown = lines if len(lines) <= _PROMPT_LINES + 1 else lines[:_PROMPT_LINES]
    short = [line if len(line) <= _LINE_CHARACTERS else f"{line[:_LINE_CHARACTERS]} …" for line in shown]
    more = len(lines) - len(shown)
    return "\n".join([*short, *([f"… {more} more lines, and the system text; --full shows them"] if more else [])])


def _reply(reply: str) -> "Iterator[RenderableType]":
    """The reply with its fenced Python highlighted; a fence that a cut reply left open runs to the end."""
    from argosy.terminal import python_code

    for prose, language, code in _parts(reply):
        if prose.strip():
            yield _words(prose.strip())
        if language in ("", "python", "py"):
            yield python_code(code)
        elif language is not None:
            yield _words(code.strip())
    if not reply.strip():
        yield _words("(an empty reply)")


def _parts(reply: str) -> "Iterator[tuple[str, str | None, str]]":
    """Prose, and the language and text of the fence after it; at the end prose alone, with None."""
    rest = 0
    while (opens := reply.find(_FENCE, rest)) >= 0 and (line_end := reply.find("\n", opens)) >= 0:
        found = _LANGUAGE.match(reply, opens + len(_FENCE), line_end)
        closes = reply.find(_FENCE, line_end + 1)
        closes = len(reply) if closes < 0 else closes
        yield reply[rest:opens], (found[1] if found else "").lower(), reply[line_end + 1 : closes]
        rest = closes + len(_FENCE)
    yield reply[rest:], None, ""


def _jobs(events: "list[SandboxJob]") -> "RenderableType":
    """One line for jobs of one purpose and outcome, and the detail of the first."""
    first = events[0]
    evaluations, sources = sum(event.evaluations for event in events), {event.source[:8]: None for event in events}
    counts = [f"{len(events)} jobs"] if len(events) > 1 else []
    counts.append(f"{evaluations:,} evaluation{'' if evaluations == 1 else 's'} in {first.sandbox}")
    seconds = sum(event.seconds for event in events)
    return _words(
        (f"{first.purpose}: {first.outcome.replace('_', ' ')}", "green" if first.outcome == "ran" else "yellow"),
        f" · {', '.join(counts)} · {seconds:.2f} s · source {', '.join(sources)}",
        "".join(f"\n    {line}" for line in first.detail.strip().split("\n") if line),
    )


def _scores(entries: "list[TranscriptEntry]") -> "RenderableType":
    from rich.padding import Padding

    from argosy.cli.report_output import metrics_cells, metrics_table
    from argosy.graphs.recording.events import ScoreMeasured
    from argosy.sessions.report import Metrics

    table = metrics_table("of", "part")
    for entry in entries:
        if isinstance(entry.event, ScoreMeasured):
            metrics = Metrics.model_validate(entry.event.metrics)
            table.add_row(entry.event.subject, entry.event.part, *metrics_cells(metrics))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _decision(event: "Decision") -> "RenderableType":
    facts = ", ".join(f"{name} {_fact(value)}" for name, value in event.facts.items())
    return _words(
        (event.subject, "bold"),
        " → ",
        (event.verdict.replace("_", " "), "bold magenta"),
        f": {event.why}" if event.why else "",
        (f"\n    {facts}" if facts else "", "dim"),
    )


def _fact(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "–" if value is None else str(value)


def _failure(event: "Failure") -> "RenderableType":
    return _words(("failed: ", "bold red"), event.error, f"\n    mend: {event.mend}" if event.mend else "")


def _print_ending(row: "SessionRow", console: "Console") -> None:
    import pydantic

    from argosy.cli.report_output import print_report
    from argosy.sessions.report import Report
    from argosy.store.sessions import PATTERN

    if row.report is None:
        console.print("the session has not ended, or was killed: argosy resume goes on with it")
        return
    if PATTERN in row.settings:
        console.print(_words(("outcome ", "bold"), f"{row.outcome}"))
        for name, value in row.report.items():
            console.print(_words((f"{name} ", "bold"), value if isinstance(value, str) else json.dumps(value)))
        return
    try:
        report = Report.model_validate(row.report)
    except pydantic.ValidationError:
        console.print(_words(("outcome ", "bold"), f"{row.outcome}: {row.report.get('error', 'no report was made')}"))
        return
    print_report(report, console)


def _words(*parts: str | tuple[str, str]) -> "Text":
    """Text of these parts, some with a style; never read as markup, never able to command the terminal."""
    from rich.text import Text

    from argosy.terminal import printable

    return Text.assemble(*((printable(p), "") if isinstance(p, str) else (printable(p[0]), p[1]) for p in parts))
