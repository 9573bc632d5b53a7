"""`argosy refresh`: looking again, on newer data, at a detector in service."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.reading_options import with_reading
from argosy.graphs.refresh.defaults import EXPIRES_DAYS, PROBATION_DAYS
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.terminal import several

if TYPE_CHECKING:
    from rich.console import Console

    from argosy.graphs.refresh.outcomes import Cost
    from argosy.inputs.tables.loaded_series import LoadedSeries
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.service.refresh_request import RefreshResult
    from argosy.store.store import Store


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("refresh", epilog="Example: argosy refresh latest metric.csv --shadow-days 7 --approve")(refresh)


@with_reading
def refresh(
    detector: Annotated[str, typer.Argument(help="A detector's or session's id, its beginning, or latest.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="Newer data. [default: the file that the first session read]", callback=options.table),
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
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Most rounds of a search again.")] = 2,
    candidates: Annotated[int, typer.Option(min=1, max=50, help="Rules asked for in a round of it.")] = 5,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, help="Most seconds of a search again.")] = None,
    shadow_points: Annotated[int | None, typer.Option(min=0, help="New points that a challenger must score.")] = None,
    shadow_days: Annotated[
        float | None, typer.Option(min=0, help="Days of data that it must score. [default: 3, without points]")
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Ask a person before a challenger is promoted.")] = False,
    force: Annotated[str | None, typer.Option(help="Decide so: keep, retune or search_again.")] = None,
    search: Annotated[bool, typer.Option(help="Whether a session may look for rules again.")] = True,
    expires_days: Annotated[
        float, typer.Option(min=0, help="A detector made on older data is due; 0: never.")
    ] = EXPIRES_DAYS,
    probation_days: Annotated[
        float, typer.Option(min=0, help="So long after promotion it may be rolled back.")
    ] = PROBATION_DAYS,
    key: Annotated[str | None, typer.Option(help="A name: a refresh of one name is done once.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of whatever is drawn by chance.")] = 0,
    sandbox: options.SandboxName = "auto",
    accept_risk: options.AcceptRisk = False,
    as_json: options.AsJson = False,
) -> None:
    """Look for drift, decide to keep, retune or search again, and judge a challenger beside the detector in service."""
    import time as clocks

    from rich.console import Console

    from argosy.agents.models.budget import Caps
    from argosy.choices import one_of
    from argosy.cli.interrupts import drained
    from argosy.cli.progress import Progress
    from argosy.graphs.recording.observer import Observer
    from argosy.graphs.refine import Settings
    from argosy.graphs.refresh.outcomes import Decision
    from argosy.sandboxes import SandboxChoice
    from argosy.service.refresh import refresh as run_refresh
    from argosy.service.refresh_request import RefreshRequest, ShadowPeriod
    from argosy.terminal import print_json, stdout_console
    from argosy.workspace import open_workspace

    workspace = open_workspace()
    given: dict[str, Any] = {"time": time, "value": value, "label": label, "id_column": id_column, "series": series}
    given |= {"step_s": step, "incidents": incidents, "path": file}
    said = {name: each for name, each in given.items() if each is not None}
    name, loaded = _read(workspace.store, detector, said, reading)
    request = RefreshRequest(
        name,
        key=key,
        model=options.model_text(model),
        settings=Settings(rounds=rounds, candidates=candidates, seed=seed),
        caps=Caps(budget_calls, None, budget_usd, budget_s),
        sandbox=one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice}),
        accept_risk=accept_risk,
        approve=approve,
        shadow=ShadowPeriod.of(shadow_points, shadow_days),
        force=one_of("--force", force, {each.value: each for each in Decision}) if force else None,
        search=search,
        expires_days=expires_days or None,
        probation_days=probation_days,
    )
    errors = Console(stderr=True, highlight=False)
    with drained(errors) as interrupted, Progress(errors, clocks.monotonic, quiet=as_json) as progress:
        done = run_refresh(request, loaded, workspace, Observer(progress.watch, interrupted))
    if as_json:
        print_json(done.as_json())
    else:
        print_refreshed(done, stdout_console())


def _read(store: "Store", detector: str, given: Mapping[str, Any], reading: Reading) -> tuple[str, "LoadedSeries"]:
    """The detector that is meant, and its newer points. Raises BadInput."""
    from argosy.inputs.tables.read_series import read_series
    from argosy.service.find_detector import find_for
    from argosy.store.sessions import LATEST

    def read(name: str) -> "LoadedSeries":
        first = first_table(store, name)
        as_before = first.reading if reading == UNSAID else reading.as_before(first.reading)
        return read_series(replace(first, reading=as_before, **given))

    if detector != LATEST:
        return detector, read(detector)
    found = find_for(store, detector, lambda row: read(row.id))
    return found.row.id, replace(found.loaded, notes=(*found.loaded.notes, *found.notes))


def first_table(store: "Store", detector: str) -> "TableRequest":
    """What the first session of the detector's line read, with the columns of its base. Raises BadInput."""
    from argosy.sessions.request import recall

    row = store.detectors.find(detector)
    first = store.detectors.find(store.service.line_of(row.id))
    request, _ = recall(store.sessions.find(first.session))
    return replace(request.table, base=row.base.get("column"))


def amounts(cost: "Cost", bound: str = "") -> str:
    """What something takes, in words; `bound` qualifies calls, tokens and dollars."""
    dollars = "price unknown" if cost.usd is None else f"${cost.usd:.4f}"
    return f"{cost.seconds:.1f} s, {bound}{several(round(cost.calls), 'call')}, {cost.tokens:,.0f} tokens, {dollars}"


def print_refreshed(done: "RefreshResult", console: "Console") -> None:
    """Prints a refresh for a person: what was found, what was decided and why, and what to do next."""
    from rich.text import Text

    from argosy.graphs.refresh.outcomes import Cost
    from argosy.terminal import printable

    def line(label: str, words: str) -> None:
        console.print(Text.assemble((f"{label:<11}", "bold"), printable(words)), soft_wrap=True)

    line("refresh", f"{done.id}, session {done.session}")
    for each in done.statistics:
        line("FIRED" if each.fired else "" if each.value is not None else "–", f"{each.name}: {each.why}")
    line("decision", f"{done.decision.value}: {done.why}")
    if done.estimate != Cost():
        line("estimate", f"about {amounts(done.estimate, 'at most ')}")
    line("outcome", f"{done.state.value}; in service: {done.live}")
    if done.challenger:
        line("challenger", done.challenger)
    line("cost", amounts(done.cost))
    for note in done.notes:
        line("note", note)
    asked = done.approval and done.state.value == "waiting_for_approval"
    line("next", f"argosy approve {done.approval}" if asked else f"argosy detector show {done.live}")
