"""`argosy select`: which detector suits a series or a table, and why; and cards for detectors that have none."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from argosy.cli import options, paths
from argosy.cli.reading_options import with_reading
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

if TYPE_CHECKING:
    from argosy.detectors.cards import Card, CardKind, Goal
    from argosy.patterns.selection.run import SelectRequest, SelectResult
    from argosy.workspace import Workspace

_FILE = "file"
_SHOWN = 3

Cards = Annotated[
    Path | None,
    typer.Option("--cards", help="Your own cards: a YAML file, or a folder of them.", callback=paths.read()),
]
Unreviewed = Annotated[bool, typer.Option("--unreviewed", help="Use cards, too, that nobody has reviewed.")]
Practices = Annotated[
    Path | None,
    typer.Option("--practices", help="Your team's practices (Markdown), for the model.", callback=paths.read()),
]


class _FileUnlessCard(TyperGroup):
    """`argosy select FILE` is `argosy select file FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [_FILE, *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    text = "Say which detector suits a series or a table, and why. A FILE may follow at once: argosy select metric.csv"
    group = typer.Typer(cls=_FileUnlessCard, no_args_is_help=True, help=text, epilog="Example: argosy select m.csv")
    group.command(_FILE, epilog="Example: argosy select metric.csv --goal rank")(select_for_file)
    card_example = "argosy select card pyod.models.kde:KDE --model openai:gpt-4.1 --out kde.yaml"
    group.command("card", epilog=f"Example: {card_example}")(card)
    app.add_typer(group, name="select")


@with_reading
def select_for_file(
    file: options.SignalFile,
    table: Annotated[
        bool, typer.Option("--table", help="Judge rows of a table (CSV, Parquet, npz), no series.")
    ] = False,
    goal: Annotated[str, typer.Option(help="flag: alarms at a threshold. rank: a ranking, for series.")] = "flag",
    among: Annotated[str | None, typer.Option(help="Choose only among these, by commas.")] = None,
    cards: Cards = None,
    unreviewed: Unreviewed = False,
    practices: Practices = None,
    past: Annotated[
        bool, typer.Option("--past/--no-past", help="Let past results count: your sessions' and those that come along.")
    ] = True,
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    step: options.Step = None,
    reading: Reading = UNSAID,
    model: options.ModelNames = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of whatever is drawn by chance.")] = 0,
    as_json: options.AsJson = False,
) -> None:
    """Profile a series (or, with --table, a table), match it with cards, and choose a detector."""
    from argosy.agents.models.budget import Caps
    from argosy.choices import one_of
    from argosy.detectors.cards import CardKind, Goal
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.patterns.selection.own_cards import read_practices
    from argosy.patterns.selection.run import SelectRequest
    from argosy.workspace import open_workspace

    aim = one_of("--goal", goal, {"flag": Goal.FLAG, "rank": Goal.RANK})
    kind = CardKind.TABLE if table else CardKind.SERIES
    names = [name.strip() for name in (among or "").split(",") if name.strip()]
    listed, notes = _offer(kind, aim, names, cards, unreviewed)
    words = read_practices(practices)
    request = TableRequest(file, time, value, label, id_column, series, step, reading=reading)
    subject, more = _subject(request, kind, aim, listed)
    workspace = open_workspace()
    asked = SelectRequest(
        subject,
        listed,
        _past(workspace.store, kind, aim) if past else (),
        words,
        options.model_text(model),
        seed,
        Caps(calls=budget_calls, usd=budget_usd),
        (*notes, *more),
    )
    _perform(asked, workspace, as_json)


def _offer(
    kind: "CardKind", goal: "Goal", among: list[str], path: Path | None, unreviewed: bool
) -> tuple[tuple["Card", ...], tuple[str, ...]]:
    from argosy.detectors.cards import CardKind, read_cards
    from argosy.detectors.cards.card_files import all_cards
    from argosy.detectors.rivals import tabular
    from argosy.patterns.selection.run import offered, runnable

    own, notes = read_cards(path, kind, unreviewed=unreviewed) if path else ((), ())
    found = offered(all_cards(own, kind), among, runnable(kind, goal), [card.name for card in own])
    if kind is CardKind.TABLE and not tabular.is_installed():
        notes = (*notes, "to run these detectors, install pyod: pip install 'argosy[pyod]'")
    return found, notes


def _subject(request: Any, kind: "CardKind", goal: "Goal", cards: tuple["Card", ...]) -> tuple[Any, tuple[str, ...]]:
    from argosy.detectors.cards import CardKind
    from argosy.inputs.tables.read_series import read_series
    from argosy.inputs.tables.read_table import read_matrix
    from argosy.patterns.selection.run import of_series, of_table

    if kind is CardKind.SERIES:
        loaded = read_series(request).newest()
        return of_series(loaded.series, loaded.labels, goal), tuple(loaded.notes)
    matrix = read_matrix(request.path, [request.label] if request.label else [])
    return of_table(request.path.name.partition(".")[0], matrix.values, cards), matrix.notes


def _past(store: Any, kind: "CardKind", goal: "Goal") -> tuple[Any, ...]:
    """The store's own results, where it has some of this kind, before those that come along."""
    from argosy.detectors.cards import CardKind, Goal, packaged_past
    from argosy.patterns.selection.past_results import past_results

    own = past_results(store) if kind is CardKind.SERIES and goal is Goal.FLAG else ()
    return (*own, *packaged_past(kind, goal))


def _perform(request: "SelectRequest", workspace: "Workspace", as_json: bool) -> None:
    from argosy.patterns.selection.run import run_selection
    from argosy.terminal import print_json

    done = run_selection(request, workspace)
    if as_json:
        print_json(done.report)
    else:
        _print(done, request)


def _print(done: "SelectResult", request: "SelectRequest") -> None:
    from rich.text import Text

    from argosy.detectors.cards.card import TAGS
    from argosy.terminal import printable, stdout_console

    console, report = stdout_console(), done.report

    def line(label: str, words: str) -> None:
        console.print(Text.assemble((f"{label:<8}", "bold"), printable(words)), soft_wrap=True)

    line("session", done.session)
    line(report["kind"], f"{report['subject']}: {request.subject.size:,} {_UNITS[report['kind']]}")
    for tag in report["tags"]:
        line("tag", f"{tag}: {TAGS[request.subject.kind].get(tag, '')}")
    for place, each in enumerate(report["ranking"][:_SHOWN], start=1):
        doubt = "" if each["reviewed"] else " (by a card that nobody has reviewed)"
        line(f"{place}.", f"{each['name']} {each['score']:g}{doubt}")
        for reason in each["reasons"]:
            line("", f"  {reason}")
    if rest := report["ranking"][_SHOWN:]:
        line("then", ", ".join(f"{each['name']} {each['score']:g}" for each in rest))
    for name, why in report["refused"].items():
        line("refused", f"{name}: {why}")
    said = f": {report['reason']}" if report["by"] == "model" else ""
    line("choice", f"{report['choice']}, by {_AUTHORS[report['by']]}{said}")
    for note in report["notes"]:
        line("note", note)


_UNITS = {"series": "points", "table": "rows"}
_AUTHORS = {
    "model": "the model",
    "embedded": "the embedded author: no language model, it takes the best match",
    "cards": "the cards alone",
}


def card(
    detector: Annotated[str, typer.Argument(help="MODULE:CLASS of the detector; its source is read, not run.")],
    out: Annotated[
        Path, typer.Option(help="The card to write, a YAML file that is not there yet.", callback=paths.written)
    ],
    table: Annotated[bool, typer.Option("--table/--series", help="What the detector judges.")] = True,
    model: options.ModelNames = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of whatever is drawn by chance.")] = 0,
    as_json: options.AsJson = False,
) -> None:
    """Have a model write a card from a detector's docstring and source, to be reviewed by a person."""
    from argosy.agents.models.budget import Caps
    from argosy.detectors.cards import CardKind
    from argosy.patterns.selection.own_cards import write_new_card
    from argosy.patterns.selection.read_source import read_detector_source
    from argosy.terminal import print_json, printable
    from argosy.workspace import open_workspace

    if out.exists():
        raise BadInput(str(out), "is there already", "name a new file, or remove it")
    unknown = read_detector_source(detector, CardKind.TABLE if table else CardKind.SERIES)
    caps = Caps(calls=budget_calls, usd=budget_usd)
    written = write_new_card(unknown, out, options.model_text(model), seed, caps, open_workspace())
    if as_json:
        print_json({"card": str(out), "detector": detector, **written.model_dump(mode="json")})
    else:
        typer.echo(f"{printable(str(out))}: a draft by {printable(written.written_by)}")
        typer.echo("read it, mend it, and set `reviewed: true`; before that only --unreviewed uses it")
