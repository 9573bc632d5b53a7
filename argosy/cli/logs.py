"""`argosy logs`: a log read by a model, template by template."""

from pathlib import Path
from typing import Annotated

import typer

from argosy.cli import options, paths


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("logs", epilog="Example: journalctl -o json | argosy logs - --model ollama:qwen3 --out verdicts.jsonl")(
        logs
    )


def logs(
    file: Annotated[
        Path,
        typer.Argument(
            help="Text, JSON, Parquet or journald export, packed (gzip, bzip2, xz, zstd) or not; - reads a pipe.",
            show_default=False,
            callback=options.log,
        ),
    ],
    strategy: Annotated[
        str, typer.Option(help="simple, self-prompt, implicit-cot, explicit-cot or in-context.")
    ] = "simple",
    model: options.ModelNames = None,
    sample: Annotated[
        Path | None,
        typer.Option(
            help="Labelled log, for self-prompt and in-context: JSON lines or Parquet.", callback=paths.read()
        ),
    ] = None,
    label: Annotated[str, typer.Option(help="Field of the sample that says 1 or abnormal, 0 or normal.")] = "label",
    message: Annotated[str | None, typer.Option(help="Field of the message, where it has no usual name.")] = None,
    session: Annotated[
        str | None, typer.Option(help="What lines belong together by: a field; of plain text a regular expression.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write every line with verdict and reason: text, .jsonl or .parquet.", callback=paths.written
        ),
    ] = None,
    examples: Annotated[
        int, typer.Option(min=0, max=3, help="Lines as they were written, shown beside a template; 0 shows none.")
    ] = 1,
    prompt_tokens: Annotated[int, typer.Option(min=200, help="Most tokens of log in one prompt.")] = 2_000,
    batch: Annotated[int, typer.Option(min=1, max=500, help="Most templates in one prompt.")] = 40,
    attempts: Annotated[int, typer.Option(min=1, max=10, help="Most questions for a batch with missing answers.")] = 3,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="Most questions side by side.")] = 4,
    most_templates: Annotated[int, typer.Option(min=1, help="Most templates; what fits none is only counted.")] = 5_000,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Most tokens, input and output.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, help="Most seconds of asking.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask again what is known from earlier runs.")] = False,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed that the model is given.")] = 0,
    as_json: options.AsJson = False,
) -> None:
    """Read a log: which lines are abnormal, and why. Each template is put to the model once."""

    from rich.console import Console

    from argosy.agents.logs.batches import Bounds
    from argosy.agents.logs.strategies import Strategy
    from argosy.agents.models.budget import Caps
    from argosy.choices import one_of
    from argosy.cli.interrupts import drained
    from argosy.cli.log_progress import LogProgress
    from argosy.inputs.logs.log_file import LogRequest
    from argosy.patterns.logs.report import print_log_report
    from argosy.patterns.logs.run import LogObserver, LogsRequest, read_log
    from argosy.patterns.logs.verdict_cache import FILE, VerdictCache
    from argosy.terminal import print_json, stdout_console
    from argosy.workspace import open_workspace

    request = LogsRequest(
        LogRequest(file, message, session),
        one_of("--strategy", strategy, {each.value: each for each in Strategy}),
        options.model_text(model),
        LogRequest(sample, message, None, label) if sample else None,
        Bounds(prompt_tokens, batch, attempts, at_once, examples),
        Caps(budget_calls, budget_tokens, budget_usd, budget_s),
        seed,
        most_templates,
        out,
    )
    workspace = open_workspace()
    kept = VerdictCache(workspace.settings.home / FILE, workspace.store.redaction.text, workspace.clock, fresh)
    errors = Console(stderr=True, highlight=False)
    with drained(errors) as interrupted, LogProgress(errors, quiet=as_json) as progress:
        watching = LogObserver(mined=progress.mined, judged=progress.judged, interrupted=interrupted)
        report = read_log(request, workspace, kept, watching)
    if as_json:
        print_json(report.as_json())
    else:
        print_log_report(report, stdout_console())
