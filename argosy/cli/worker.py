"""`argosy worker`: executes what schedules ask for."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from argosy.cli import paths
from argosy.scheduling.defaults import LEASE_S
from argosy.signals.errors import BadInput

if TYPE_CHECKING:
    from argosy.scheduling.rows import ScheduleRow


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("worker", epilog="Example: argosy worker --metrics argosy.prom --log worker.jsonl")(worker)


def worker(
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Runs at once; one of a detector at a time anyway.")] = 1,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, then end.")] = False,
    metrics: Annotated[
        Path | None, typer.Option(help="Text file for Prometheus' node exporter.", callback=paths.written)
    ] = None,
    metrics_port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of /metrics on 127.0.0.1.")] = None,
    log: Annotated[
        Path | None, typer.Option(help="Append JSON lines to this file; - is stderr.", callback=paths.written)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON lines of --log on stdout.")] = False,
    lease: Annotated[
        float, typer.Option(min=2.0, max=86_400, help="Seconds without a beat until others take over.")
    ] = LEASE_S,
) -> None:
    """Run what schedules ask for, beside other workers; Ctrl-C lets what is under way end, twice ends at once."""
    from argosy.scheduling.lease import WorkerPace, check_pace
    from argosy.scheduling.perform import performer
    from argosy.scheduling.schedules import Schedules
    from argosy.scheduling.telemetry import Log, Metrics
    from argosy.scheduling.worker import Worker
    from argosy.workspace import open_workspace

    pace = check_pace(WorkerPace(jobs, lease))
    workspace = open_workspace()
    store = workspace.store
    _keep_apart({"--metrics": metrics, "--log": log}, Schedules(store, workspace.clock).listed())
    numbers = Metrics(metrics, metrics_port)
    numbers.write()
    with _opened(log, as_json) as stream, _stopping() as stopping:
        executor = Worker(
            store,
            performer(workspace, os.environ),
            workspace.clock,
            lambda name: Log(stream, name, store.redaction, workspace.clock),
            numbers,
            pace,
        )
        typer.echo(f"argosy: worker {executor.id} on {store.database.place}", err=True)
        executor.work(stopping, until_idle=once)
    store.close()


def _keep_apart(goals: Mapping[str, Path | None], schedules: "Iterable[ScheduleRow]") -> None:
    """Raises BadInput where the worker would write onto a file that a schedule reads."""
    from glob import glob

    kept = [row.source for row in schedules]
    patterns = [(source.get("data") or {}).get("pattern") or "" for source in kept]
    sources = [Path(each) for pattern in patterns for each in glob(pattern, recursive=True)]
    sources += [Path(path) for source in kept if (path := (source.get("incidents") or {}).get("path"))]
    for option, goal in goals.items():
        if goal is not None:
            paths.keep_apart(option, goal, sources)


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM: the first stops; the second ends the process, whose threads would otherwise hold it."""
    import signal
    from types import FrameType

    asked = False

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            typer.echo("argosy: ended at once; another worker takes over what was under way", err=True)
            os._exit(130)
        asked = True
        typer.echo("argosy: stopping after what is under way (again to end at once)", err=True)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _opened(log: Path | None, as_json: bool) -> Iterator[IO[str] | None]:
    import sys

    if log is not None and as_json:
        raise BadInput(f"--log {log}", "and --json tell the same lines in two places", "give one of the two")
    if log is None:
        yield sys.stdout if as_json else None
    elif str(log) == "-":
        yield sys.stderr
    else:
        try:
            stream = log.open("a", encoding="utf-8")
        except OSError as error:
            raise BadInput(f"--log {log}", (error.strerror or str(error)).lower(), "name a file of yours") from error
        try:
            yield stream
        finally:
            with suppress(OSError):  # what a full disk did not take
                stream.close()
