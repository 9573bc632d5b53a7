"""`argosy bench`: methods side by side on many labelled series."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from argosy.commands import options
from argosy.commands.choices import one_of
from signals.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from argosy.benchmarks.collection import Collection
    from argosy.benchmarks.methods import Method
    from argosy.benchmarks.plan import Plan
    from eval.bench.protocols import Protocol

OUT = Path("bench")
REPORT = "report.html"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "bench", epilog="Example: argosy bench metrics.parquet --methods auto,session --seeds 3 --jobs 2 --out results"
    )(bench)


def bench(
    data: Annotated[
        Path | None, typer.Argument(help="Labelled table of series, or a folder of them.", show_default=False)
    ] = None,
    layout: Annotated[
        str | None, typer.Option(help="table, kpi, nab, gutentag, tods, ucr or tsb; told by the files when left out.")
    ] = None,
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    step: options.Step = None,
    series: Annotated[str | None, typer.Option(help="Only these series, or named subsets: a,b,c.")] = None,
    series_file: Annotated[Path | None, typer.Option(help="A file with one series a line.")] = None,
    methods: Annotated[str | None, typer.Option(help="Only these methods: a,b,c. All when left out.")] = None,
    seeds: Annotated[
        int, typer.Option(min=1, max=1000, help="Methods that draw by chance run with seeds 0 … N-1.")
    ] = 1,
    protocol: Annotated[
        str, typer.Option(help="argosy, argos, tsb_ad, k_delay or nab_windows: cuts, objective and headline figures.")
    ] = "argosy",
    validation: Annotated[
        float | None, typer.Option(help="Share of the points that choices are made on.", show_default="0.2")
    ] = None,
    lockbox: Annotated[
        float | None, typer.Option(help="Last share of the points; the layout's own test part, or 0.3.")
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            help="default (mean of the three), event_f1_pa, point_f1 or event_f1_k10.", show_default="the protocol's"
        ),
    ] = None,
    fit: Annotated[
        str | None,
        typer.Option(
            help="What detectors learn from: train (as a session's base) or known (with validation).",
            show_default="the protocol's",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=50, help="Only the first N points of each series.")] = None,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Most rounds of a session.")] = 3,
    candidates: Annotated[int, typer.Option(min=1, max=50, help="Rules asked for in a round of a session.")] = 5,
    model: Annotated[str, typer.Option(help="Model of the sessions.")] = "embedded",
    sandbox: options.SandboxName = "auto",
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Cells at once.")] = 1,
    timeout_s: Annotated[float, typer.Option("--timeout-s", min=1, help="Most seconds for one cell.")] = 900.0,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run failed cells again.")] = False,
    out: Annotated[Path, typer.Option(help="Folder of the results; taken up where a run ended.")] = OUT,
    speed: Annotated[
        bool, typer.Option("--speed", help="Time the methods on made-up series of 1,000 to --limit points, and end.")
    ] = False,
    list_methods: Annotated[bool, typer.Option("--list", help="List the methods and end.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Run methods side by side on many labelled series, and tell how they did."""
    from argosy.benchmarks.collection import Columns
    from argosy.benchmarks.layouts import open_collection
    from argosy.benchmarks.plan import Plan, SessionOptions
    from argosy.sandboxes import SandboxChoice
    from eval.bench.method import FitOn
    from eval.bench.protocols import PROTOCOLS
    from eval.objective import OBJECTIVES

    if list_methods:
        _list(as_json)
        return
    if speed:
        _speed(_words(methods), limit or 1_000_000, timeout_s, out, as_json)
        return
    if data is None:
        raise BadInput("argosy bench", "no data is named", "give a table or a folder: argosy bench DATA")
    rules = one_of("--protocol", protocol, PROTOCOLS)
    plan = Plan(
        validation=rules.validation if validation is None else validation,
        lockbox=rules.lockbox if lockbox is None else lockbox,
        objective=one_of("--objective", objective or rules.objective, {name: name for name in OBJECTIVES}),
        fit_on=one_of("--fit", fit or rules.fit_on.value, {each.value: each for each in FitOn}),
        limit=limit,
        session=SessionOptions(
            model=model,
            rounds=rounds,
            candidates=candidates,
            sandbox=one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice}),
            workers=_workers(jobs),
        ),
    )
    collection = open_collection(data, layout, Columns(time, value, label, id_column, step))
    chosen = [*_words(series), *_lines(series_file)]
    _perform(data, collection, chosen, _words(methods), seeds, plan, rules, out, jobs, timeout_s, retry_failed, as_json)


def _perform(
    data: Path,
    collection: "Collection",
    series: list[str],
    methods: list[str],
    seeds: int,
    plan: "Plan",
    protocol: "Protocol",
    out: Path,
    jobs: int,
    timeout_s: float,
    retry_failed: bool,
    as_json: bool,
) -> None:
    import shlex
    import sys
    import time

    from rich.console import Console

    from argosy.benchmarks.printing import TITLES, print_summary
    from argosy.benchmarks.run import RESULTS, BenchRequest, run_bench
    from argosy.terminal import print_json, stdout_console
    from eval.report import Page, write_page

    errors = Console(stderr=True, highlight=False)
    request = BenchRequest(
        data=data,
        collection=collection,
        entries=collection.chosen(series),
        methods=_methods(methods, errors),
        seeds=seeds,
        plan=plan,
        protocol=protocol,
        out=out,
        jobs=jobs,
        timeout_s=timeout_s,
        retry_failed=retry_failed,
    )
    report = run_bench(request, errors, time.monotonic)
    about = f"{protocol.name}: {protocol.about}"
    command = shlex.join(["argosy", *sys.argv[1:]])
    page = Page(report.table, report.summary, protocol.headlines, TITLES, report.settings, about, command)
    write_page(page, out / REPORT)
    if as_json:
        print_json({"settings": report.settings, "out": str(out), **report.summary.as_plain()})
        return
    console = stdout_console()
    print_summary(report.summary, console)
    console.print(f"{out / RESULTS}, {out / REPORT}", markup=False, soft_wrap=True)
    if "session" in request.methods:
        console.print(f"transcripts: ARGOSY_HOME={out / 'store'} argosy sessions", markup=False, soft_wrap=True)
    if report.summary.void:
        raise typer.Exit(1)


def _speed(methods: list[str], most_points: int, timeout_s: float, out: Path, as_json: bool) -> None:
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    from argosy.benchmarks.speed import measure_speed, paces
    from argosy.terminal import print_json, stdout_console
    from eval.bench.cell import Result

    errors = Console(stderr=True, highlight=False)

    def done(result: Result) -> None:
        cell = result.cell
        line = f"{cell.method} on {int(cell.series):,} points: {result.status}, {result.wall_s:.1f} s"
        errors.print(line, markup=False, soft_wrap=True)

    found = paces(measure_speed(_methods(methods, errors), most_points, timeout_s, out, done))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1))
    for title in ("method", "points", "fit s", "score s", "M points/s", "peak MiB"):
        table.add_column(title, justify="left" if title == "method" else "right")
    for each in found:
        rate = each.points / max(each.score_s, 1e-9) / 1e6
        row = (f"{each.points:,}", f"{each.fit_s:.3f}", f"{each.score_s:.4f}", f"{rate:.2f}", f"{each.peak_mib:.0f}")
        table.add_row(each.method, *row)
    console = stdout_console()
    console.print(table)
    console.print(f"{out / 'speed.parquet'}, {out / 'speed.html'}", markup=False, soft_wrap=True)


def _methods(names: list[str], console: "Console") -> list[str]:
    """The methods asked for, or all that can run here. Raises BadInput for one that is unknown or lacks its package."""
    from argosy.benchmarks.methods import METHODS

    if not names:
        for each in METHODS.values():
            if not each.there:
                console.print(f"{each.name} is left out: it needs {each.needs}, which is not installed", markup=False)
        return [name for name, each in METHODS.items() if each.there]
    for name in names:
        row = one_of("--methods", name, METHODS)
        if not row.there:
            raise BadInput(
                f"--methods {name}", f"needs {row.needs}, which is not installed", f"pip install {row.needs}"
            )
    return names


def _list(as_json: bool) -> None:
    from argosy.benchmarks.methods import METHODS
    from argosy.terminal import print_json, stdout_console

    rows = [
        {
            "method": each.name,
            "summary": each.summary,
            "causal": each.causal,
            "by_chance": each.by_chance,
            "needs": each.needs,
            "there": each.there,
        }
        for each in METHODS.values()
    ]
    if as_json:
        print_json(rows)
        return
    console = stdout_console()
    for each in METHODS.values():
        marks = "".join(f" ({word})" for word, holds in _marks(each).items() if holds)
        console.print(f"{each.name:<18} {each.summary}{marks}", markup=False, soft_wrap=True)


def _marks(method: "Method") -> dict[str, bool]:
    return {
        "not causal": not method.causal,
        "by chance": method.by_chance,
        f"needs {method.needs}, which is not installed": not method.there,
    }


def _words(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        return [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"--series-file {file}", f"cannot be read: {error}", "give a text file with one id a line"
        ) from error


def _workers(jobs: int) -> int:
    """Threads of one session, so that all jobs together fill the cores."""
    import os

    return max(1, len(os.sched_getaffinity(0)) // jobs)
