"""`argosy why`: the explanation of one verdict, without a model; in words as well where one is named."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.reading_options import with_reading
from argosy.inputs.tables.reading import UNSAID, Reading

if TYPE_CHECKING:
    from rich.console import Console

    from argosy.detectors.why.clauses import Clause
    from argosy.detectors.why.explain import Explanation, RuleVerdict
    from argosy.service.explain import PointExplanation
    from argosy.service.explain_in_words import WordsResult
    from argosy.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("why", epilog="Example: argosy why latest metric.csv --at 2024-05-01T13:05:00Z")(explain_point)


@with_reading
def explain_point(
    detector: Annotated[str, typer.Argument(help="A detector's or session's id, its beginning, or latest.")],
    file: options.File,
    at: Annotated[str, typer.Option("--at", help="The point: ISO 8601 or Unix time, or an index.", show_default=False)],
    time: options.Time = None,
    value: options.Value = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    step: options.Step = None,
    reading: Reading = UNSAID,
    sandbox: options.SandboxName = "auto",
    accept_risk: options.AcceptRisk = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Have a model put it into words, each checked against the series.")
    ] = False,
    model: options.ModelNames = None,
    as_json: options.AsJson = False,
) -> None:
    """Say why a point was flagged or not: base, rules, clauses that decided, and the nearest changes that turn it."""
    from argosy.choices import one_of
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.sandboxes import SandboxChoice
    from argosy.service.explain import explain_point
    from argosy.service.explanation_json import explanation_json
    from argosy.terminal import print_json, stdout_console
    from argosy.workspace import open_workspace

    choice = one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice})
    table = TableRequest(file, time, value, None, id_column, series, step, reading=reading)
    workspace = open_workspace()
    found = explain_point(workspace.store, detector, table, at, choice, accept_risk)
    said = _said(found, workspace, options.model_text(model)) if explain else None
    if as_json:
        print_json(explanation_json(found) | ({} if said is None else _words_json(said)))
    else:
        print_why(found, stdout_console())
        for line in _words_lines(said):
            typer.echo(line)


def _said(found: "PointExplanation", workspace: "Workspace", model: str) -> "WordsResult":
    from argosy.service.explain_in_words import WordsRequest, in_words

    return in_words(found, WordsRequest(model), workspace)


def _words_json(said: "WordsResult") -> dict[str, Any]:
    from argosy.agents.checked_explanation import as_json

    return {"in_words": {"session": said.session, **as_json(said.explained)}}


def _words_lines(said: "WordsResult | None") -> Iterator[str]:
    from argosy.terminal import printable

    if said is None:
        return
    explained = said.explained
    yield printable(f"in words {explained.text or 'nothing that was said could be verified'}")
    if explained.struck:
        yield printable(f"         struck out as not holding: {' | '.join(explained.struck)}")
    who = "a language model" if explained.by_language_model else "the embedded stand-in, no language model"
    yield f"         {explained.status.value}; by {who}; argosy show {said.session} tells what was asked"


def print_why(found: "PointExplanation", console: "Console") -> None:
    """Prints an explanation; text that a model wrote is shown as it is, never as markup."""
    from rich.text import Text

    from argosy.terminal import printable

    for label, words in _lines(found):
        console.print(Text.assemble((f"{label:<9}", "bold"), printable(words)), soft_wrap=True)


def _lines(found: "PointExplanation") -> Iterator[tuple[str, str]]:
    from argosy.service.explanation_json import verdict

    said = found.explanation
    value = "no value" if said.value != said.value else f"value {said.value:.6g}"
    yield "point", f"{found.at} of {found.series}, {value}"
    yield "verdict", verdict(said, found.base)
    yield "base", f"{found.base}: {_score_words(said.base_score, 'alarms', 'normal')}"
    for rule in said.rules:
        yield from _rule_lines(rule)
    yield from _change_lines(said)
    for note in found.notes:
        yield "note", note


def _score_words(score: float, fires: str, silent: str) -> str:
    if score != score:
        return f"no opinion, so {silent}"
    where, verdict = ("at or above", fires) if score >= 1 else ("below", silent)
    return f"score {score:.6g}, {where} its threshold 1: {verdict}"


_IDLE = {
    "agreed": " (this changes nothing here)",
    "muted": " (it has lately acted more often than it may, and is not listened to)",
}


def _rule_lines(rule: "RuleVerdict") -> Iterator[tuple[str, str]]:
    from argosy.detectors.why.clauses import deciding

    serving = rule.rule
    words = _score_words(rule.score, "fires", "silent")
    idle = _IDLE.get(rule.role.value, "")
    yield "rule", f"{serving.id} {serving.direction.value}: {words}{idle}. {serving.rule.summary}"
    if rule.note:
        yield "", f"  {rule.note}"
    if rule.clause:
        yield "", "decided by " + " and ".join(_clause_words(each) for each in deciding(rule.clause))
        yield from (("", line) for line in _tree(rule.clause, 0))
    else:
        yield from (("", f"    {name} = {_shown(value)}") for name, value in rule.values.items())


def _tree(clause: "Clause", depth: int) -> Iterator[str]:
    """The clause and its parts, one a line; `>` marks those from which the score came."""
    how = f"   ({clause.how.value})" if clause.parts and clause.how.name in ("LARGEST", "SMALLEST", "WINDOW") else ""
    yield f"{'> ' if clause.decides else '  '}{'  ' * depth}{_clause_words(clause)}{how}"
    for part in clause.parts:
        yield from _tree(part, depth + 1)


def _clause_words(clause: "Clause") -> str:
    return clause.text if clause.value is None else f"{clause.text} → {_shown(clause.value)}"


def _change_lines(said: "Explanation") -> Iterator[tuple[str, str]]:
    from argosy.service.explanation_json import sentence

    goal = "would not have fired with" if said.flagged else "would have fired with"
    changes = said.turned.changes
    if not changes:
        yield "changes", f"no single number turns this verdict{_why_none(said)}"
        return
    for change in changes:
        yield "changes" if change is changes[0] else "", f"{goal} {sentence(change)}"
    yield "", "each is the nearest found, and was run again alone in the sandbox: the verdict turned"


def _why_none(said: "Explanation") -> str:
    """What stands in the way, where several detectors uphold the verdict."""
    if said.flagged and said.base_alarms and any(rule.role.value == "agreed" for rule in said.rules):
        return ": the base and a flag rule would each have alarmed alone"
    firing = [rule.rule.id for rule in said.rules if rule.role.value in ("added", "cleared")]
    return f": {' and '.join(firing)} would each have done alone" if len(firing) > 1 else " within its range"


def _shown(value: float | bool) -> str:
    if isinstance(value, bool):
        return str(value)
    return "missing" if value != value else f"{value:.6g}"
