"""`argosy bench`: methods side by side on many labelled series."""

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from argosy.choices import one_of
from argosy.cli import bench_options as these
from argosy.cli import options, paths
from argosy.signals.errors import BadInput

if TYPE_CHECKING:
    from argosy.benchmarks.bench.run import BenchReport, BenchRequest
    from argosy.benchmarks.plan import Plan, SessionOptions
    from argosy.eval.bench.protocols import Protocol

OUT = Path("bench")
REPORT, SUMMARY = "report.html", "summary.md"
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
CALLS_A_CANDIDATE = 2
"""For each rule that a session may ask for, as many calls: one to write it, one to mend or to review it."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "bench", epilog="Example: argosy bench metrics.parquet --methods auto,session --seeds 3 --jobs 2 --out results"
    )(bench)


def bench(
    data: these.Data = None,
    layout: these.Layout = None,
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    step: options.Step = None,
    series: these.Series = None,
    series_file: these.SeriesFile = None,
    methods: these.Methods = None,
    seeds: these.Seeds = 1,
    protocol: these.ProtocolName = "argosy",
    validation: these.Validation = None,
    lockbox: these.Lockbox = None,
    objective: these.ObjectiveName = None,
    fit: these.Fit = None,
    limit: these.Limit = None,
    rounds: these.Rounds = 3,
    candidates: these.Candidates = 5,
    calls: these.Calls = None,
    model: these.ModelName = "embedded",
    sandbox: options.SandboxName = "auto",
    jobs: these.Jobs = 1,
    timeout_s: these.TimeoutS = 900.0,
    retry_failed: these.RetryFailed = False,
    out: these.Out = OUT,
    speed: these.Speed = False,
    list_methods: these.ListMethods = False,
    as_json: options.AsJson = False,
) -> None:
    """Run methods side by side on many labelled series, and tell how they did."""
    from argosy.benchmarks.bench.run import RESULTS, BenchRequest
    from argosy.benchmarks.datasets.collection import Columns, chosen_of
    from argosy.benchmarks.datasets.layouts import open_collections
    from argosy.cli.bench_methods import list_all, runnable
    from argosy.cli.bench_speed import time_methods
    from argosy.eval.bench.protocols import PROTOCOLS

    if list_methods:
        list_all(as_json)
        return
    if speed:
        time_methods(_words(methods), limit, timeout_s, out, as_json)
        return
    if not data:
        raise BadInput("argosy bench", "no data is named", "give a table or a folder: argosy bench DATA")
    for name in (RESULTS, REPORT, SUMMARY):
        paths.keep_apart("--out", out / name, [*data, *([series_file] if series_file else [])])
    held = one_of("--protocol", protocol, PROTOCOLS)
    plan = _plan(
        held, validation, lockbox, objective, fit, limit, _sessions(model, rounds, candidates, calls, sandbox, jobs)
    )
    collections = open_collections(data, layout, Columns(time, value, label, id_column, step))
    chosen = chosen_of(collections, [*_words(series), *_lines(series_file)])
    layouts = [each.layout for each in collections.values()]
    names = runnable(_words(methods))
    _check_parts(names, plan.session)
    _perform(BenchRequest(data, layouts, chosen, names, seeds, plan, held, out, jobs, timeout_s, retry_failed), as_json)


def _sessions(model: str, rounds: int, candidates: int, calls: int | None, sandbox: str, jobs: int) -> "SessionOptions":
    from argosy.benchmarks.plan import SessionOptions
    from argosy.sandboxes import SandboxChoice

    return SessionOptions(
        model=model,
        rounds=rounds,
        candidates=candidates,
        calls=CALLS_A_CANDIDATE * rounds * candidates if calls is None else calls,
        sandbox=one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice}),
        workers=_workers(jobs),
    )


def _check_parts(names: list[str], sessions: "SessionOptions") -> None:
    """Raises what is the matter where methods would need a model or a sandbox that cannot be opened."""
    from argosy.benchmarks.bench.methods import METHODS
    from argosy.benchmarks.bench.sessions import check_parts

    if any(METHODS[name].asks for name in names):
        check_parts(sessions)


def _plan(
    protocol: "Protocol",
    validation: float | None,
    lockbox: float | None,
    objective: str | None,
    fit: str | None,
    limit: int | None,
    sessions: "SessionOptions",
) -> "Plan":
    """The protocol's settings, save those that were given."""
    from argosy.benchmarks.plan import Plan
    from argosy.eval.bench.method import FitOn
    from argosy.eval.objective import OBJECTIVES
    from argosy.eval.splits import check_shares

    chosen_on = protocol.validation if validation is None else validation
    held_back = protocol.lockbox if lockbox is None else lockbox
    check_shares(chosen_on, held_back or 0.0)
    return Plan(
        validation=chosen_on,
        lockbox=held_back,
        objective=one_of("--objective", objective or protocol.objective, {name: name for name in OBJECTIVES}),
        fit_on=one_of("--fit", fit or protocol.fit_on.value, {each.value: each for each in FitOn}),
        limit=limit,
        session=sessions,
    )


def _perform(request: "BenchRequest", as_json: bool) -> None:
    import os
    import time

    from rich.console import Console

    from argosy.benchmarks.bench.print_summary import print_report
    from argosy.benchmarks.bench.run import RESULTS, run_bench
    from argosy.terminal import print_json, stdout_console

    try:
        report = run_bench(request, Console(stderr=True, highlight=False), time.monotonic)
        _write_pages(request, report)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        problem = f"cannot be written: {os.strerror(error.errno).lower()}"
        mend = "mend that and start the same again: finished cells are kept"
        raise BadInput(f"--out {request.out}", problem, mend) from error
    if as_json:
        sets = {name: summary.as_plain() for name, summary in report.by_set.items()} if len(report.by_set) > 1 else {}
        told = {"settings": report.settings, "out": str(request.out), **report.whole.as_plain()}
        print_json({**told, "sets": sets} if sets else told)
    else:
        console = stdout_console()
        print_report(report.whole, report.by_set, console)
        written = ", ".join(str(request.out / name) for name in (RESULTS, REPORT, SUMMARY))
        console.print(written, markup=False, soft_wrap=True)
        if (request.out / "store").is_dir():
            console.print(
                f"transcripts: ARGOSY_HOME={request.out / 'store'} argosy sessions", markup=False, soft_wrap=True
            )
    if report.whole.void:
        raise typer.Exit(1)


def _write_pages(request: "BenchRequest", report: "BenchReport") -> None:
    import shlex
    import sys

    from argosy.eval.report import Page, Section, write_markdown, write_page
    from argosy.eval.titles import TITLES

    protocol = request.protocol
    sections = [
        Section(
            name,
            report.table[report.table.series.isin([entry.id for entry in request.chosen[name]])],
            summary,
            protocol.headlines,
            TITLES,
        )
        for name, summary in report.by_set.items()
    ]
    command = request.told(shlex.join(["argosy", *sys.argv[1:]]))
    page = Page(sections, report.whole, report.settings, _told(protocol, request.plan.objective), command)
    write_page(page, request.out / REPORT)
    write_markdown(page, request.out / SUMMARY)


def _told(protocol: "Protocol", objective: str) -> str:
    instead = "" if objective == protocol.objective else f"; in this run the objective is {objective}"
    return f"{protocol.name}: {protocol.about}{instead}"


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
