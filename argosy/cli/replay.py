"""`argosy resume`, `replay` and `fork`: a session gone on with, done again, or continued in another way."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.choices import DIRECTIONS, one_of
from argosy.cli import options, paths
from argosy.cli.running import run_with_progress

if TYPE_CHECKING:
    from argosy.sessions.replay import ReplayResult

SessionId = Annotated[str, typer.Argument(help="A session's id, its beginning where that is unique, or 'latest'.")]
Picture = Annotated[
    Path | None, typer.Option(help="Draw the series with its alarms to this file.", callback=paths.written)
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("resume", epilog="Example: argosy resume")(resume)
    app.command("replay", epilog="Example: argosy replay latest")(replay)
    app.command("fork", epilog="Example: argosy fork latest --at propose#2 --model openai:gpt-4.1-mini --rounds 5")(
        fork
    )


def resume(
    session: Annotated[
        str | None,
        typer.Argument(help="A session's id or its beginning; the newest unfinished one if left out."),
    ] = None,
    picture: Picture = None,
    as_json: options.AsJson = False,
) -> None:
    """Go on with a session that was killed or failed; no reply on record is asked for again.

    What ran in a sandbox runs again. A session that has ended gives its report.
    """
    from argosy.sessions.resume import resume_session

    run_with_progress(partial(resume_session, session), picture, as_json)


def fork(
    session: SessionId,
    at: Annotated[
        str, typer.Option(help="The step to go on from: node#round, such as propose#2; a node alone is its first run.")
    ],
    model: options.ModelNames = None,
    rules: Annotated[str | None, typer.Option(help="Which kinds of rules: flag, clear or both.")] = None,
    candidates: Annotated[int | None, typer.Option(min=1, max=50, help="Rules asked for in a round.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, max=100, help="Most rounds, those before the step too.")] = None,
    prompt_tokens: Annotated[int | None, typer.Option(min=300, help="Most tokens of evidence in one prompt.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Most dollars for model calls of the fork.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Most tokens, input and output.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most model calls.")] = None,
    budget_s: Annotated[float | None, typer.Option(min=0, help="Most seconds.")] = None,
    sandbox: Annotated[str | None, typer.Option(help="Where rules run: auto, docker or local.")] = None,
    accept_risk: options.AcceptRisk = False,
    picture: Picture = None,
    as_json: options.AsJson = False,
) -> None:
    """Make a new session that is an old one up to a step, and from there on has other settings or another model.

    Replies from before the step are copied, at no cost. What is not given is as it was; a budget counts from the step.
    """
    from argosy.agents.models.budget import Caps
    from argosy.sandboxes import SandboxChoice
    from argosy.sessions.fork import Changes, fork_session

    settings: dict[str, Any] = {
        "directions": None if rules is None else one_of("--rules", rules, DIRECTIONS),
        "candidates": candidates,
        "rounds": rounds,
        "prompt_tokens": prompt_tokens,
    }
    caps = Caps(budget_calls, budget_tokens, budget_usd, budget_s)
    sandboxes = {each.value: each for each in SandboxChoice}
    changes = Changes(
        model=options.model_text(model) if model else None,
        settings={name: value for name, value in settings.items() if value is not None},
        caps=None if caps == Caps() else caps,
        sandbox=None if sandbox is None else one_of("--sandbox", sandbox, sandboxes),
        accept_risk=accept_risk,
    )
    run_with_progress(
        lambda workspace, observer: fork_session(session, at, changes, workspace, observer), picture, as_json
    )


def replay(session: SessionId, as_json: options.AsJson = False) -> None:
    """Do a session again from its record, at no cost, and compare: exit code 0 if it gave the same, else 1."""
    import time

    from rich.console import Console

    from argosy.cli.progress import Progress
    from argosy.graphs.recording.observer import Observer
    from argosy.sessions.replay import replay_session
    from argosy.terminal import print_json
    from argosy.workspace import open_workspace

    workspace = open_workspace()
    with Progress(Console(stderr=True, highlight=False), time.monotonic, quiet=as_json) as progress:
        done = replay_session(session, workspace, Observer(progress.watch))
    if as_json:
        print_json({**asdict(done), "same": done.same})
    else:
        _print(done)
    if not done.same:
        raise typer.Exit(1)


def _print(done: "ReplayResult") -> None:
    from argosy.terminal import printable, several

    took = f"{several(done.replies, 'reply', 'replies')} from the record, none asked for, {done.seconds:.1f} s"
    if done.same:
        typer.echo(f"same     session {done.session} gave the same rules, fusion and figures again ({took})")
    else:
        typer.echo(f"DIFFERS  session {done.session} did not give the same again ({took})")
    for difference in done.differences:
        typer.echo(f"  {printable(difference)}")
    if done.missing or done.added:
        typer.echo(f"events   of {done.events} on record {done.missing} did not come again; {done.added} others came")
    if done.diff:
        typer.echo(printable(done.diff))
