"""`argosy run` and `argosy demo`: one rule-generation session."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from argosy.choices import DIRECTIONS, one_of
from argosy.cli import options, paths
from argosy.cli.estimate_output import print_estimate
from argosy.cli.reading_options import with_reading
from argosy.cli.running import run_with_progress
from argosy.eval.shares import LOCKBOX, VALIDATION
from argosy.inputs.tables.reading import UNSAID, Reading

if TYPE_CHECKING:
    from argosy.graphs.refine.shortlist_settings import ShortlistSettings
    from argosy.sessions.request import SessionRequest

DEMO_PICTURE = Path("demo/session.png")
DEMO_BASE = "robust_z"
"""The kind of detector that many run already; `auto` takes a stronger one here, which leaves rules less to do."""

MOST_EXPLAINED = 10


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("run", epilog="Example: argosy run metric.csv --base auto --picture metric.png")(run)
    app.command("demo", epilog="Example: argosy demo --picture demo.png")(demo)


@with_reading
def run(
    file: options.File,
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    step: options.Step = None,
    incidents: options.Incidents = None,
    reading: Reading = UNSAID,
    base: Annotated[
        str,
        typer.Option(
            help="What rules are fused with: auto, a baseline's name, or a column with your detector's verdicts."
        ),
    ] = "auto",
    model: options.ModelNames = None,
    rules: Annotated[str, typer.Option(help="Which kinds of rules: flag, clear or both.")] = "both",
    candidates: Annotated[int, typer.Option(min=1, max=50, help="Rules asked for in a round.")] = 5,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Most rounds.")] = 3,
    validation: Annotated[float, typer.Option(help="Share of the points that rules are chosen on.")] = VALIDATION,
    lockbox: Annotated[float, typer.Option(help="Last share of the points, opened once.")] = LOCKBOX,
    objective: Annotated[
        str, typer.Option(help="default (mean of the three), event_f1_pa, point_f1 or event_f1_k10.")
    ] = "default",
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Most tokens, input and output.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, help="Most seconds; what is accepted by then stays.")] = None,
    library: Annotated[
        str,
        typer.Option(help="Stored rules to try before the model is asked: all, off, or those of series like 'web-*'."),
    ] = "off",
    library_most: Annotated[int, typer.Option(min=1, max=100, help="Most stored rules to try.")] = 8,
    prompt_tokens: Annotated[int, typer.Option(min=300, help="Most tokens of evidence in one prompt.")] = 2_500,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of whatever is drawn by chance.")] = 0,
    select: Annotated[
        bool,
        typer.Option("--select", help="Shortlist the baselines that suit the series; validation picks among them."),
    ] = False,
    cards: Annotated[
        Path | None,
        typer.Option(
            "--cards", help="With --select: your own cards, a YAML file or a folder of them.", callback=paths.read()
        ),
    ] = None,
    practices: Annotated[
        Path | None,
        typer.Option(
            "--practices", help="With --select: your team's practices (Markdown), for the model.", callback=paths.read()
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say in words why alerts of the lockbox were raised; changes no score.")
    ] = False,
    sandbox: options.SandboxName = "auto",
    accept_risk: options.AcceptRisk = False,
    in_service: Annotated[
        str,
        typer.Option(
            help="What goes into service: auto (the fusion, unless only training data speak for it or it flags too "
            "much), fusion, base or nothing."
        ),
    ] = "auto",
    picture: Annotated[
        Path | None, typer.Option(help="Draw the series with its alarms to this file.", callback=paths.written)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would cost: nothing is asked, run or kept.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Write, prove and fuse rules for one series, and keep them as a detector."""
    from argosy.agents.models.budget import Caps
    from argosy.eval.objective import OBJECTIVES
    from argosy.graphs.refine import Settings
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.sandboxes import SandboxChoice
    from argosy.sessions.in_service import InService
    from argosy.sessions.library import read_library
    from argosy.sessions.request import SessionRequest
    from argosy.settings import read_settings
    from argosy.store.store import open_store

    directions = one_of("--rules", rules, DIRECTIONS)
    request = SessionRequest(
        table=TableRequest(file, time, value, label, id_column, series, step, incidents, reading=reading),
        base=base,
        model=options.model_text(model),
        settings=Settings(
            directions=directions,
            rounds=rounds,
            candidates=candidates,
            seed=seed,
            prompt_tokens=prompt_tokens,
            explain=MOST_EXPLAINED if explain else 0,
        ),
        objective=one_of("--objective", objective, {name: name for name in OBJECTIVES}),
        validation=validation,
        lockbox=lockbox,
        caps=Caps(budget_calls, budget_tokens, budget_usd, budget_s),
        sandbox=one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice}),
        accept_risk=accept_risk,
        library=read_library(open_store(read_settings()), library, library_most),
        selecting=_selecting(select, base, cards, practices, objective),
        in_service=one_of("--in-service", in_service, {each.value: each for each in InService}),
    )
    if dry_run:
        print_estimate(request, as_json)
    else:
        perform(request, picture, as_json)


def _selecting(
    select: bool, base: str, cards: Path | None, practices: Path | None, objective: str
) -> "ShortlistSettings | None":
    """By what baselines are shortlisted. Raises BadInput for options that would have no effect."""
    from argosy.patterns.selection.own_cards import baseline_selecting
    from argosy.settings import read_settings
    from argosy.signals.errors import BadInput
    from argosy.store.store import open_store

    if not select:
        if cards or practices:
            raise BadInput("--cards, --practices", "have no effect without --select", "add --select, or leave them out")
        return None
    if base != "auto":
        raise BadInput(f"--base {base}", "leaves nothing to select", "leave --base or --select out")
    return baseline_selecting(open_store(read_settings()), cards, practices, objective)


def demo(
    picture: Annotated[Path, typer.Option(help="Where the picture goes.", callback=paths.written)] = DEMO_PICTURE,
    seed: Annotated[int, typer.Option(min=0, max=options.MOST_SEED, help="Seed of whatever is drawn by chance.")] = 0,
    as_json: options.AsJson = False,
) -> None:
    """Run a session on the bundled real series with the embedded author: no key, no server."""
    from argosy.graphs.refine import Settings
    from argosy.inputs.example import EXAMPLE_STEP_S, example_path
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.sessions.request import SessionRequest

    table = TableRequest(example_path(), step_s=EXAMPLE_STEP_S)
    perform(SessionRequest(table, base=DEMO_BASE, settings=Settings(seed=seed)), picture, as_json)


def perform(request: "SessionRequest", picture: Path | None, as_json: bool) -> None:
    """Runs a session with progress on stderr, and writes its report to stdout."""
    from argosy.sessions.run import run_session

    run_with_progress(partial(run_session, request), picture, as_json, request.settings.rounds)
