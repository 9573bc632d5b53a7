"""`argosy sigllm`: a language model reads a series as digits, and says what is anomalous or what comes next."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options, paths
from argosy.cli.reading_options import with_reading
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput
from argosy.terminal import several

if TYPE_CHECKING:
    from argosy.inputs.tables.loaded_series import LoadedSeries
    from argosy.patterns.sigllm import Options, SigllmRequest, SigllmResult

_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Adds the command."""
    example = "argosy sigllm metric.csv --method prompter --model vllm:NAME --slice 1000:1500 --budget-calls 80"
    app.command("sigllm", epilog=f"Example: {example}")(sigllm)


@with_reading
def sigllm(
    file: options.File,
    method: Annotated[
        str, typer.Option(help="prompter: the model lists anomalous values. detector: it forecasts, errors are judged.")
    ] = "prompter",
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    step: options.Step = None,
    incidents: options.Incidents = None,
    reading: Reading = UNSAID,
    slice_: Annotated[
        str | None, typer.Option("--slice", help="Only the points A:B, counted from 0, without B.")
    ] = None,
    interval: Annotated[int | None, typer.Option(min=1, help="Means over so many seconds instead of points.")] = None,
    decimals: Annotated[int, typer.Option(min=-12, max=9, help="Decimals kept; below 0 digits are dropped.")] = 2,
    digits: Annotated[str, typer.Option(help="auto, spaced (for GPT's tokenizers) or joined.")] = "auto",
    window: Annotated[int | None, typer.Option(min=2, help="Points in a prompt (prompter 200, detector 140).")] = None,
    step_size: Annotated[
        int | None, typer.Option(min=1, help="From window to window (prompter 40, detector 1).")
    ] = None,
    samples: Annotated[int | None, typer.Option(min=1, help="Answers a window (prompter 10, detector 1).")] = None,
    padding: Annotated[int | None, typer.Option(min=0, help="Points on both sides of what is anomalous (50).")] = None,
    alpha: Annotated[float | None, typer.Option(min=0, max=1, help="Prompter: share of samples (0.4).")] = None,
    beta: Annotated[float | None, typer.Option(min=0, max=1, help="Prompter: share of windows (0.5).")] = None,
    horizon: Annotated[int | None, typer.Option(min=1, help="Detector: points forecast at once (5).")] = None,
    deviations: Annotated[float | None, typer.Option(min=0, help="Detector: σ above the mean error (4).")] = None,
    portion: Annotated[
        float | None, typer.Option(min=0.01, max=1, help="Detector: share of the errors that share a threshold (0.3).")
    ] = None,
    drop_outliers: Annotated[
        bool | None, typer.Option("--drop-outliers/--keep-outliers", help="Detector: leave wild forecasts out (no).")
    ] = None,
    model: options.ModelNames = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Most tokens, input and output.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, help="Most seconds.")] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of the first sample; each has its own.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Parquet or CSV to write: timestamp, value, score, flag.", callback=paths.written),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much would be asked.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Find anomalies in a series by telling it to a language model as digits (SigLLM)."""
    from argosy.agents.models.budget import Caps
    from argosy.cli.score import check_kind
    from argosy.inputs.tables.read_series import TableRequest, read_series
    from argosy.patterns.sigllm import SigllmRequest

    if out:
        check_kind(out)
    named = options.model_text(model)
    common = {"window": window, "step": step_size, "samples": samples}
    own: dict[str, dict[str, Any]] = {
        "prompter": {"alpha": alpha, "beta": beta, "padding": padding},
        "detector": {"horizon": horizon, "drop_outliers": drop_outliers},
        "thresholding": {"deviations": deviations, "portion": portion, "padding": padding},
    }
    how = _options(method, common, own, interval, decimals, digits, named)
    table = TableRequest(file, time, value, label, id_column, series, step, incidents, reading=reading)
    loaded = _sliced(read_series(table), slice_)
    caps = Caps(budget_calls, budget_tokens, budget_usd, budget_s)
    request = SigllmRequest(loaded.series, how, named, seed, caps)
    if dry_run:
        _tell_plan(request, as_json)
        return
    _perform(request, loaded, out, as_json)


def _options(
    method: str,
    common: Mapping[str, Any],
    own: Mapping[str, Mapping[str, Any]],
    interval: int | None,
    decimals: int,
    digits: str,
    model: str,
) -> "Options":
    """The options of a method: its defaults but for what was given. Raises BadInput for what is of the other."""
    from argosy.agents.sigllm.digits import Digits, digits_for
    from argosy.agents.sigllm.findings import Preparation
    from argosy.agents.sigllm.forecaster import ForecasterOptions
    from argosy.agents.sigllm.prompter import PrompterOptions
    from argosy.agents.sigllm.thresholds import Thresholding
    from argosy.choices import one_of

    form = one_of("--digits", digits, {"auto": digits_for(model)} | {each.value: each for each in Digits})
    prepared = Preparation(interval, decimals, form)
    chosen = one_of("--method", method, {"prompter": PrompterOptions, "detector": ForecasterOptions})
    if chosen is PrompterOptions:
        _refuse_given("detector", {**own["detector"], **own["thresholding"], "padding": None})
        return replace(PrompterOptions(preparation=prepared), **_given(common), **_given(own["prompter"]))
    _refuse_given("prompter", {**own["prompter"], "padding": None})
    limits = replace(Thresholding(), **_given(own["thresholding"]))
    base = ForecasterOptions(preparation=prepared, thresholding=limits)
    return replace(base, **_given(common), **_given(own["detector"]))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _refuse_given(method: str, values: Mapping[str, Any]) -> None:
    for name in _given(values):
        raise BadInput(f"--{name.replace('_', '-')}", f"is an option of the {method}", f"add --method {method}")


def _sliced(loaded: "LoadedSeries", text: str | None) -> "LoadedSeries":
    """The points A:B. Raises BadInput for what names none."""
    if text is None:
        return loaded
    size = len(loaded.series)
    first, colon, last = text.partition(":")
    try:
        start, stop = int(first or 0), int(last or size)
    except ValueError:
        start, stop = 0, 0
    if not colon or not 0 <= start < stop or start >= size:
        raise BadInput(f"--slice {text}", f"names none of the {size:,} points", "write for instance 1000:1500")
    labels = None if loaded.labels is None else loaded.labels[start:stop]
    return replace(loaded, series=loaded.series.part(start, stop), labels=labels)


def _tell_plan(request: "SigllmRequest", as_json: bool) -> None:
    from argosy.patterns.sigllm import plan_json
    from argosy.terminal import print_json

    told = plan_json(request)
    if as_json:
        print_json(told)
        return
    answers, windows = several(told["answers"], "answer"), several(told["windows"], "window")
    typer.echo(f"{answers}: {windows}, {several(told['samples'], 'sample')} each")
    typer.echo(
        f"prompts of up to {told['prompt_characters']:,} characters, replies of up to {told['reply_tokens']} tokens"
    )


def _perform(request: "SigllmRequest", loaded: "LoadedSeries", out: Path | None, as_json: bool) -> None:
    """Runs with progress on stderr, and writes what was found to stdout."""
    import time

    from rich.console import Console

    from argosy.cli.interrupts import drained
    from argosy.cli.progress import Progress
    from argosy.cli.score import write_table
    from argosy.graphs.recording.observer import Observer
    from argosy.patterns.sigllm import run_sigllm, table_of
    from argosy.workspace import open_workspace

    workspace = open_workspace()
    errors = Console(stderr=True, highlight=False)
    with drained(errors) as interrupted, Progress(errors, time.monotonic, quiet=as_json) as progress:
        done = run_sigllm(request, workspace, Observer(progress.watch, interrupted))
    if out:
        write_table(table_of(request.series, done.findings.scores, loaded.times_known), out)
    _print(done, loaded, out, as_json)


def _print(done: "SigllmResult", loaded: "LoadedSeries", out: Path | None, as_json: bool) -> None:
    from argosy.patterns.sigllm import measured
    from argosy.terminal import print_json

    metrics = None if loaded.labels is None else measured(loaded.labels, done.findings.scores)
    notes = [*loaded.notes, *done.report["notes"]]
    told = {
        "session": done.session,
        **done.report,
        "notes": notes,
        "metrics": metrics,
        "out": str(out) if out else None,
    }
    if as_json:
        print_json(told)
        return
    answers, windows = several(told["answers"], "answer"), several(told["windows"], "window")
    said = f"{answers} on {windows}, {told['unreadable']} unreadable"
    typer.echo(f"session {done.session}: {said}, {told['not_asked']} not asked")
    points = several(told["points"], "point")
    typer.echo(f"{told['flagged']:,} of {points} flagged, {told['no_opinion']:,} without an opinion")
    for each in told["anomalies"][:_SHOWN]:
        typer.echo(f"  {_where(each, loaded.times_known)}  score {each['score']:.3f}  {each['reason']}")
    if len(told["anomalies"]) > _SHOWN:
        typer.echo(f"  and {len(told['anomalies']) - _SHOWN} more; --json tells them all")
    if metrics is not None:
        found = f"{metrics['found']} of {metrics['incidents']} incidents found"
        f1 = "none" if metrics["overlap_f1"] is None else f"{metrics['overlap_f1']:.3f}"
        typer.echo(f"{found}, {metrics['false_intervals']} false intervals, segment-overlap F1 {f1}")
    if told["why_not_asked"]:
        notes.append(f"{told['not_asked']} answers were not asked for: {told['why_not_asked']}")
    for note in notes:
        typer.echo(f"note: {note}")
    if out:
        typer.echo(f"written to {out}")


def _where(anomaly: Mapping[str, Any], times_known: bool) -> str:
    from argosy.inputs.time_text import iso

    places = f"{anomaly['start']}:{anomaly['stop']}"
    return f"{places} ({iso(anomaly['begins'])} to {iso(anomaly['ends'])})" if times_known else places
