"""`argosy records`: rows, JSON objects or texts judged beside others of their group."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options, paths
from argosy.cli.reading_options import with_reading
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput
from argosy.terminal import several

if TYPE_CHECKING:
    from argosy.patterns.records.run import RecordsJob, RecordsResult

_SHOWN = 20
_READING = ("time_format", "skip", "comment", "decimal")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    example = "argosy records signins.jsonl --group user --without id --review --rules rules.md --model openai:gpt-4.1"
    app.command("records", epilog=f"Example: {example}")(with_reading(records, _READING))


def records(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV, JSON lines, JSON, Parquet or text, gzipped or not; - for a pipe.",
            show_default=False,
            callback=options.log,
        ),
    ],
    format_: Annotated[str, typer.Option("--format", help="auto, csv, json, parquet or text.")] = "auto",
    group: Annotated[str | None, typer.Option(help="Field that says whom a record is compared with.")] = None,
    fields: Annotated[str | None, typer.Option(help="Only these fields, by commas; * is anything.")] = None,
    without: Annotated[str | None, typer.Option(help="Not these fields, by commas; * is anything.")] = None,
    names: Annotated[str | None, typer.Option(help="Numbers that are names, such as codes; by commas.")] = None,
    reading: Reading = UNSAID,
    embed: Annotated[
        str,
        typer.Option(
            help="hashed (no model), wordllama, minilm, model2vec:FOLDER, or a server's model as PROVIDER:NAME or "
            "URL#NAME, which is then sent the records."
        ),
    ] = "hashed",
    method: Annotated[str, typer.Option(help="pca-t2, pca (reconstruction alone), kmeans or ecod.")] = "pca-t2",
    components: Annotated[int, typer.Option(min=0, help="Principal components that count as usual.")] = 2,
    clusters: Annotated[int, typer.Option(min=1, help="Most centres of kmeans.")] = 8,
    percentile: Annotated[
        float, typer.Option(min=50, max=100, help="Of training errors; above it a record is flagged.")
    ] = 99.0,
    least: Annotated[int, typer.Option(min=3, help="Smaller groups are compared with all records.")] = 10,
    train: Annotated[
        str | None,
        typer.Option(
            help="Learn from another file, or from the first share of this one, such as 0.7.", callback=paths.read()
        ),
    ] = None,
    review: Annotated[bool, typer.Option("--review", help="Let the model review what was flagged.")] = False,
    rules: Annotated[
        Path | None, typer.Option(help="Rules of your business for the review, Markdown.", callback=paths.read())
    ] = None,
    model: options.ModelNames = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Most tokens, input and output.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls, embeddings included.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, help="Most seconds.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of whatever is drawn by chance.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Parquet or CSV to write: record, group, score, flag, verdict, reason.", callback=paths.written
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Find records that are unlike others of their group, and say what is rare about them."""
    from argosy.agents.models.budget import Caps
    from argosy.choices import one_of
    from argosy.cli.score import check_kind
    from argosy.detectors.records.distances import Method, Shape
    from argosy.detectors.records.groups import GroupOptions
    from argosy.inputs.records.records_file import RecordsFormat, RecordsRequest
    from argosy.patterns.records.run import RecordsJob

    if out:
        check_kind(out)
    read = RecordsRequest(
        file,
        one_of("--format", format_, {each.value: each for each in RecordsFormat}),
        group,
        _listed(fields),
        _listed(without),
        _listed(names),
        reading,
    )
    how = one_of("--method", method, {each.value: each for each in Method})
    task = RecordsJob(
        read,
        embed,
        GroupOptions(how, percentile, least, Shape(components, clusters, seed)),
        _train(train),
        review,
        rules,
        options.model_text(model),
        Caps(budget_calls, budget_tokens, budget_usd, budget_s),
        seed,
    )
    _perform(task, out, as_json)


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _train(text: str | None) -> Path | float | None:
    """A file, or a share above 0 and at most 1. Raises BadInput."""
    if text is None:
        return None
    try:
        share = float(text)
    except ValueError:
        return Path(text)
    if not 0 < share <= 1:
        raise BadInput(
            f"--train {text}", "is no share of the records", "give a number above 0 and at most 1, or a file"
        )
    return share


def _perform(task: "RecordsJob", out: Path | None, as_json: bool) -> None:
    """Runs with progress on stderr, and writes what was found to stdout."""
    import time

    from rich.console import Console

    from argosy.cli.progress import Progress
    from argosy.cli.score import write_table
    from argosy.graphs.recording.observer import Observer
    from argosy.patterns.records.run import judge_records, table_of
    from argosy.workspace import open_workspace

    workspace = open_workspace()
    with Progress(Console(stderr=True, highlight=False), time.monotonic, quiet=as_json) as progress:
        judged = judge_records(task, workspace, Observer(progress.watch))
    if out:
        write_table(table_of(judged), out)
    _print(judged, out, as_json)


def _print(judged: "RecordsResult", out: Path | None, as_json: bool) -> None:
    from argosy.terminal import print_json, printable

    def say(text: str) -> None:
        typer.echo(printable(text))

    told = {"session": judged.session, **judged.report, "out": str(out) if out else None}
    if as_json:
        print_json(told)
        return
    groups = f" in {several(told['groups'], 'group')}" if told["groups"] is not None else ""
    found = f"{told['flagged']:,} of {several(told['size'], 'record')}{groups} flagged{_review_words(told)}"
    say(f"session {judged.session}: {found}")
    for each in told["shown"][:_SHOWN]:
        for line in _lines(each):
            say(line)
    if told["flagged"] > _SHOWN:
        say(f"  and {told['flagged'] - _SHOWN:,} more; --json tells up to a thousand, --out all")
    for note in told["notes"]:
        say(f"note: {note}")
    if out:
        say(f"written to {out}")


def _review_words(told: dict[str, Any]) -> str:
    review = told.get("review")
    if not review:
        return ""
    said = [f"{review[word]} {title}" for word, title in _RULINGS if review[word] or word in ("kept", "dropped")]
    made_up = f"; {review['made_up']} made-up ids passed over" if review["made_up"] else ""
    return f"; review: {', '.join(said)}{made_up}"


_RULINGS = (("kept", "kept"), ("dropped", "dropped"), ("unread", "without a usable answer"), ("unasked", "not asked"))


def _lines(each: dict[str, Any]) -> list[str]:
    group = f" of {each['group']}" if each["group"] is not None else ""
    lines = [f"  {each['verdict']} record {each['record']}{group}, score {each['score']:.3g}: {each['unusual']}"]
    said = each["reason"] if each["verdict"] in ("kept", "dropped") else ""
    return [*lines, f"      {said}"] if said and not said.endswith(each["unusual"]) else lines
