"""`argosy detect`: several patterns on one signal, their verdicts fused, alerts explained."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options, paths
from argosy.cli.reading_options import with_reading
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

if TYPE_CHECKING:
    from argosy.inputs.signal_file import ReadSignal
    from argosy.patterns.detect import DetectRequest, DetectResult

DEFAULTS = {"series": "robust_z,seasonal", "lines": "logprompt", "records": "embeddings"}
"""The patterns that judge where none is named, by what the signal is."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    example = "argosy detect metric.csv --patterns robust_z,seasonal,direct --fuse vote --explain --out found.parquet"
    app.command("detect", epilog=f"Example: {example}")(detect)


@with_reading
def detect(
    file: options.SignalFile,
    patterns: Annotated[
        str | None,
        typer.Option(help="Who judges, by commas; an unknown name lists them all. Usual: robust_z,seasonal."),
    ] = None,
    fuse: Annotated[
        str, typer.Option(help="How they agree: any, all, vote (more than half), mean or weighted.")
    ] = "any",
    weights: Annotated[
        str | None, typer.Option(help="For --fuse weighted: robust_z=2,direct=1; others have 1.")
    ] = None,
    signal: Annotated[str, typer.Option(help="What the file holds: auto, series, lines or records.")] = "auto",
    select: Annotated[
        bool, typer.Option("--select", help="Let the selector choose among the patterns (all baselines by default).")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say in words why alerts were raised.")] = False,
    explain_most: Annotated[int, typer.Option(min=1, help="Most alerts to explain.")] = 10,
    form: Annotated[str, typer.Option(help="How `direct` asks: direct, plot, examples or steps.")] = "direct",
    examples: Annotated[int, typer.Option(min=1, max=5, help="Examples for --form examples.")] = 2,
    window_tokens: Annotated[
        int, typer.Option(min=100, help="Most tokens of values in one prompt of `direct`.")
    ] = 2_500,
    learn: Annotated[
        float | None, typer.Option(min=0.01, max=1, help="First share to learn from: of a series .5, else all.")
    ] = None,
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    step: options.Step = None,
    incidents: options.Incidents = None,
    reading: Reading = UNSAID,
    model: options.ModelNames = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Most tokens, input and output.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, help="Most seconds.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of whatever is drawn by chance.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Parquet or CSV to write: scores, flags and who fired.", callback=paths.written)
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the series with everybody's alarms to this file.", callback=paths.written)
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Judge one signal by several patterns at once: baselines, models asked directly, logs and records by prompt."""
    from argosy.agents.direct import DirectSettings, PromptForm
    from argosy.agents.models.budget import Caps
    from argosy.choices import one_of
    from argosy.cli.score import check_kind
    from argosy.detectors.fusion.blend import Blend
    from argosy.graphs.detect.context import DetectSettings
    from argosy.inputs.signal_file import read_signal
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.patterns.detect import DetectRequest, rows_for
    from argosy.pictures.series import check_drawable

    if out:
        check_kind(out)
    if picture:
        check_drawable(picture)
    how = one_of("--fuse", fuse, {each.value: each for each in Blend})
    of_series = (time, value, label, id_column, series, step, incidents)
    kind = _kind(signal, file, patterns, any(each is not None for each in of_series))
    if picture and kind.value != "series":
        raise BadInput(f"--picture {picture}", "only series are drawn", "leave it out")
    names = _names(patterns, kind.value, select)
    rows_for(kind, names)
    settings = DetectSettings(
        patterns=names,
        how=how,
        weights=_weights(weights, how is Blend.WEIGHTED, names),
        explain=explain_most if explain else 0,
        seed=seed,
        direct=DirectSettings(
            one_of("--form", form, {each.value: each for each in PromptForm}), examples, window_tokens
        ),
    )
    given = read_signal(
        kind, TableRequest(file, time, value, label, id_column, series, step, incidents, reading=reading)
    )
    caps = Caps(budget_calls, budget_tokens, budget_usd, budget_s)
    request = DetectRequest(given, settings, options.model_text(model), caps, learn, select)
    _perform(request, out, picture, as_json)


def _kind(word: str, file: Path, patterns: str | None, has_columns: bool) -> Any:
    """What the file is read as: as said, as the patterns need it, a series where columns are named, or by its name."""
    from argosy.choices import one_of
    from argosy.graphs.detect.patterns import SignalKind, of_kind
    from argosy.inputs.tables.file_start import holds_series

    if word != "auto":
        return one_of("--signal", word, {"auto": None} | {each.value: each for each in SignalKind})
    names = [name.strip() for name in (patterns or "").split(",") if name.strip()]
    kinds = [kind for kind in SignalKind if names and all(name in of_kind(kind) for name in names)]
    if len(kinds) == 1:
        return kinds[0]
    if has_columns or file.suffix.lower() not in (".log", ".txt", ".jsonl", ".json"):
        return SignalKind.SERIES
    return SignalKind.SERIES if holds_series(file, gzipped=False) else SignalKind.LINES


def _names(patterns: str | None, kind: str, select: bool) -> tuple[str, ...]:
    from argosy.detectors.baselines.table import BASELINES

    usual = ",".join(BASELINES) if select and kind == "series" else DEFAULTS[kind]
    names = tuple(name.strip() for name in (patterns or usual).split(",") if name.strip())
    if not names:
        raise BadInput("--patterns", "names none", f"give for instance {DEFAULTS[kind]}")
    return names


def _weights(text: str | None, wanted: bool, names: tuple[str, ...]) -> dict[str, float]:
    """Reads NAME=WEIGHT,… Raises BadInput for what is no weight, or of no pattern."""
    if text and not wanted:
        raise BadInput(f"--weights {text}", "only --fuse weighted goes by weights", "add --fuse weighted")
    found: dict[str, float] = {}
    for part in (text or "").split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        if not part.strip():
            continue
        try:
            weight = float(number)
        except ValueError:
            weight = -1.0
        if name not in names or not 0 <= weight < float("inf"):
            problem = f"{part.strip()!r} is no weight of a pattern that judges"
            raise BadInput(f"--weights {text}", problem, "write NAME=NUMBER,NAME=NUMBER with numbers from 0 up")
        found[name] = weight
    if wanted and not any(found.get(name, 1.0) for name in names):
        raise BadInput(f"--weights {text}", "no pattern counts", "give one a weight above 0")
    return found


def _perform(request: "DetectRequest", out: Path | None, picture: Path | None, as_json: bool) -> None:
    """Runs with progress on stderr, and writes what was found to stdout."""
    import time

    from rich.console import Console

    from argosy.cli.detect_output import print_detect
    from argosy.cli.progress import Progress
    from argosy.cli.score import write_table
    from argosy.graphs.recording.observer import Observer
    from argosy.patterns.detect import detect as run
    from argosy.patterns.detect import table_of
    from argosy.workspace import open_workspace

    workspace = open_workspace()
    with Progress(Console(stderr=True, highlight=False), time.monotonic, quiet=as_json) as progress:
        done = run(request, workspace, Observer(progress.watch))
    if out:
        write_table(table_of(request.given, done), out)
    if picture:
        _draw(request.given, done, picture)
    print_detect(request.given, done, out, picture, as_json)


def _draw(given: "ReadSignal", done: "DetectResult", picture: Path) -> None:
    from argosy.eval.splits import Splits
    from argosy.pictures.series import draw
    from argosy.signals.series import Series

    if not isinstance(given.signal, Series):
        raise BadInput(f"--picture {picture}", "only series are drawn", "leave it out")
    points = len(given.signal)
    draw(
        picture,
        given.signal,
        given.incidents,
        None,
        done.fused.flags,
        {name: scores.flags for name, scores in done.pattern_scores.items()},
        Splits(done.learn_stop, points, points),
        f"{given.signal.id}: {' and '.join(done.pattern_scores)}, fused by {done.report['fuse']}",
        times_known=given.times_known,
    )
