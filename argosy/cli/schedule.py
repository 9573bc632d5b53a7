"""`argosy schedule`: refreshes on time."""

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.reading_options import with_reading
from argosy.cli.schedule_output import moment_utc, print_one, print_runs, print_schedules
from argosy.graphs.refresh.defaults import EXPIRES_DAYS, PROBATION_DAYS, SHADOW_DAYS
from argosy.inputs.tables.reading import UNSAID, Reading

if TYPE_CHECKING:
    from argosy.scheduling.schedules import Schedules
    from argosy.store.store import Store

Which = Annotated[str, typer.Argument(help="A schedule's id, or its beginning.")]

MOST_DAYS = 36_500.0
MOST_USD = 1e6
MOST_S = 86_400.0


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    commands = typer.Typer(help="Refresh detectors on time: argosy worker executes.", no_args_is_help=True)
    example = "--cron '30 3 * * *' --zone Europe/Berlin --gaps hold --files 'data/*.csv'"
    commands.command("add", epilog=f"Example: argosy schedule add latest {example}")(add)
    commands.command("list", epilog="Example: argosy schedule list --json")(listing)
    commands.command("pause", epilog="Example: argosy schedule pause c-2026")(pause)
    commands.command("resume", epilog="Example: argosy schedule resume c-2026")(resume)
    commands.command("run-now", epilog="Example: argosy schedule run-now c-2026")(run_now)
    commands.command("remove", epilog="Example: argosy schedule remove c-2026")(remove)
    commands.command("history", epilog="Example: argosy schedule history c-2026 --limit 20")(history)
    app.add_typer(commands, name="schedule")


@with_reading
def add(
    detector: Annotated[str, typer.Argument(help="A detector's or session's id, its beginning, or latest.")],
    cron: Annotated[str, typer.Option(help="Minute, hour, day, month, weekday; or @hourly, @daily, @weekly.")],
    zone: Annotated[str, typer.Option(help="Time zone of the cron line.")] = "UTC",
    missed: Annotated[str, typer.Option(help="Times that no worker was there for: skip, once or catch-up:N.")] = "once",
    files: Annotated[str | None, typer.Option(help="A file, or a pattern in quotes.")] = None,
    sql: Annotated[str | None, typer.Option(help="SQLAlchemy URL; a password as ${NAME}.")] = None,
    prometheus: Annotated[str | None, typer.Option(help="http://host:9090; a password as ${NAME}.")] = None,
    query: Annotated[str | None, typer.Option(help="SQL, where :since and :until may stand; or PromQL.")] = None,
    base_query: Annotated[str | None, typer.Option(help="PromQL of the base's scores.")] = None,
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    incidents: options.Incidents = None,
    reading: Reading = UNSAID,
    incidents_sql: Annotated[str | None, typer.Option(help="SQLAlchemy URL of incidents.")] = None,
    incidents_query: Annotated[
        str | None, typer.Option(help="SQL: start, end, and maybe kind, author, labelled.")
    ] = None,
    lookback_days: Annotated[
        float, typer.Option(min=0, max=MOST_DAYS, help="How far back labels may still come.")
    ] = 30.0,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=MOST_S, help="Seconds to wait for an answer of the source.")
    ] = 30.0,
    model: options.ModelNames = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, max=MOST_USD, help="Most dollars of one refresh.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls of one refresh.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Most tokens of one refresh.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, max=MOST_S, help="Most seconds of one search.")] = None,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Most rounds of a search again.")] = 2,
    candidates: Annotated[int, typer.Option(min=1, max=50, help="Rules asked for in a round of it.")] = 5,
    search: Annotated[bool, typer.Option(help="Whether a session may look for rules again.")] = True,
    sandbox: options.SandboxName = "auto",
    accept_risk: options.AcceptRisk = False,
    approve: Annotated[bool, typer.Option("--approve", help="A person must agree before a promotion.")] = False,
    shadow_points: Annotated[int | None, typer.Option(min=0, help="Points a challenger scores in shadow.")] = None,
    shadow_days: Annotated[
        float | None,
        typer.Option(min=0, max=MOST_DAYS, help=f"Days in shadow; {SHADOW_DAYS:g} where no points are given."),
    ] = None,
    expires_days: Annotated[
        float, typer.Option(min=0, max=MOST_DAYS, help="A detector made on older data is due; 0: never.")
    ] = EXPIRES_DAYS,
    probation_days: Annotated[
        float, typer.Option(min=0, max=MOST_DAYS, help="So long after promotion it may be rolled back.")
    ] = PROBATION_DAYS,
    as_json: options.AsJson = False,
) -> None:
    """Refresh a detector by a cron line, on newer data of a source."""
    from argosy.choices import one_of
    from argosy.cli.schedule_source import SourceOptions, columns_of, incidents_of, query_notes, source_of
    from argosy.sandboxes import SandboxChoice
    from argosy.scheduling.cron import Cron
    from argosy.scheduling.missed_policy import MissedPolicy
    from argosy.scheduling.perform import RequestSpec, check_model, check_scheduled
    from argosy.service.made_with import reading_made_with

    asked = SourceOptions(
        files, sql, prometheus, query, base_query, columns_of(time, value, label, id_column, series),
        incidents_of(incidents, incidents_sql, incidents_query), lookback_days, timeout, reading,
    ).checked()  # fmt: skip
    request = RequestSpec(
        model=check_model(options.model_text(model), _models()),
        calls=budget_calls,
        tokens=budget_tokens,
        usd=budget_usd,
        seconds=budget_s,
        sandbox=one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice}),
        accept_risk=accept_risk,
        rounds=rounds,
        candidates=candidates,
        search=search,
        approve=approve,
        shadow_points=shadow_points,
        shadow_days=shadow_days,
        expires_days=expires_days or None,
        probation_days=probation_days,
    )
    schedules, store = _open()
    line, policy = Cron.read(cron, zone), MissedPolicy.read(missed)
    row = store.detectors.find(detector)
    live = check_scheduled(store, row.id)
    asked, about_rates = asked.as_made(reading_made_with(store, live))
    source = source_of(asked, live.step_s, live.base.get("column"))
    said = query_notes(source, live.base.get("column"), os.environ, int(_now()))
    others = [each.id for each in schedules.listed() if each.line == store.service.line_of(row.id)]
    added = schedules.add(row.id, line, policy, source.as_json(), request.as_json())
    print_one(added, as_json, f"added; argosy worker runs it, next at {moment_utc(added.next)}")
    for note in (
        *([f"{', '.join(others)} refreshes this detector, too"] if others else []),
        *asked.not_there_yet(),
        *about_rates,
        *said,
    ):
        typer.echo(f"note: {note}", err=True)


def listing(as_json: options.AsJson = False) -> None:
    """List schedules: when they come next, and what came of them last."""
    from argosy.scheduling.listing import run_json, schedule_json
    from argosy.scheduling.runs import Runs
    from argosy.terminal import print_json

    schedules, store = _open()
    runs = Runs(store.database, store.redaction, _now)
    found = [(row, runs.last(row.id)) for row in schedules.listed()]
    if as_json:
        print_json(
            [schedule_json(row) | {"last": run_json(last, row.detector) if last else None} for row, last in found]
        )
    elif not found:
        typer.echo("No schedule yet. argosy schedule add DETECTOR makes one.")
    else:
        print_schedules(found)


def pause(schedule: Which, as_json: options.AsJson = False) -> None:
    """Hold a schedule; what runs goes on."""
    print_one(_open()[0].pause(schedule), as_json, "paused")


def resume(schedule: Which, as_json: options.AsJson = False) -> None:
    """Let a paused schedule go on from now."""
    row = _open()[0].resume(schedule)
    print_one(row, as_json, f"next at {moment_utc(row.next)}")


def remove(schedule: Which, as_json: options.AsJson = False) -> None:
    """End a schedule for good; its history stays."""
    print_one(_open()[0].remove(schedule), as_json, "removed")


def run_now(schedule: Which, as_json: options.AsJson = False) -> None:
    """Enter a run that is due now; argosy worker executes it."""
    from argosy.scheduling.listing import run_json
    from argosy.terminal import print_json

    schedules, _ = _open()
    run = schedules.run_now(schedule)
    if as_json:
        print_json(run_json(run, schedules.find(run.schedule).detector))
    else:
        typer.echo(f"{run.id} waits for a worker; argosy schedule history {run.schedule} tells what came of it")


def history(
    schedule: Annotated[str | None, typer.Argument(help="A schedule's id, or its beginning; all without.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show no more than so many.")] = 50,
    as_json: options.AsJson = False,
) -> None:
    """What came of each run, and of each time that was not run, newest first."""
    from argosy.scheduling.listing import run_json
    from argosy.scheduling.runs import Runs
    from argosy.terminal import print_json

    schedules, store = _open()
    name = schedules.find(schedule).id if schedule else None
    found = Runs(store.database, store.redaction, _now).of(name, limit)
    detectors = schedules.detectors()
    if as_json:
        print_json([run_json(run, detectors[run.schedule]) for run in found])
    elif not found:
        typer.echo("Nothing was due yet.")
    else:
        print_runs(found, detectors)


def _open() -> "tuple[Schedules, Store]":
    from argosy.scheduling.schedules import Schedules
    from argosy.settings import read_settings
    from argosy.store.store import open_store

    store = open_store(read_settings())
    return Schedules(store, _now), store


def _models() -> Any:
    from argosy.models.table import find_models
    from argosy.settings import read_settings

    return find_models(read_settings())


def _now() -> float:
    import time

    return time.time()
