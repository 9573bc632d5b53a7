"""`argosy run --dry-run`: what a session would cost."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from argosy.sessions.estimate import Amount, Estimate
    from argosy.sessions.request import SessionRequest


def print_estimate(request: "SessionRequest", as_json: bool) -> None:
    """Prints the estimate; nothing is sent, run or kept."""
    from argosy.models.table import find_models
    from argosy.sessions.estimate import estimate
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json, stdout_console

    settings = read_settings()
    found = estimate(request, open_store(settings), find_models(settings))
    if as_json:
        print_json(found.as_json())
        return
    stdout_console().print(_table(found))
    typer.echo(f"expected by  {found.basis}")
    time = "not known; no earlier session tells" if found.seconds is None else f"about {found.seconds:,.0f} s"
    typer.echo(f"time         {time}")
    typer.echo("at most      calls and reply tokens by the counts that end every loop; prompt tokens by their budget")
    if found.expected.usd is None:
        typer.echo("dollars      a price is not known: they are counted as 0, and a cap on them does not hold")
    if found.ends:
        typer.echo(f"budget       expected to end at the cap on {found.ends}, with what is accepted by then")


def _table(found: "Estimate") -> "Table":
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1))
    for name in ("role", "model"):
        table.add_column(name, overflow="fold")
    for name in ("calls", "tokens in", "tokens out", "dollars"):
        table.add_column(name, justify="right")
        table.add_column("at most", justify="right", style="dim")
    for each in found.roles:
        table.add_row(each.role.value, "|".join(each.models), *_cells(each.expected, each.most))
    table.add_row("all", "within the budget", *_cells(found.expected, found.most), style="bold")
    return table


def _cells(expected: "Amount", most: "Amount") -> list[str]:
    pairs = (
        (expected.calls, most.calls),
        (expected.input_tokens, most.input_tokens),
        (expected.output_tokens, most.output_tokens),
    )
    cells = [f"{number:,.0f}" for pair in pairs for number in pair]
    return cells + ["not known" if usd is None else f"{usd:.4f}" for usd in (expected.usd, most.usd)]
