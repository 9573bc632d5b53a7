"""`argosy run --dry-run`: what a session would cost."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from argosy.columns import FittedTable
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
    typer.echo("at most      what no session with these options goes beyond, however often rules are sent back")
    if found.expected.usd is None:
        typer.echo("dollars      a price is not known: they are counted as 0, and a cap on them does not hold")
    if found.ends:
        typer.echo(f"budget       expected to end at the cap on {found.ends}, with what is accepted by then")


def _table(found: "Estimate") -> "FittedTable":
    from argosy.columns import Column, FittedTable

    numbers = (Column(name, right=True) for name in ("calls", "tokens in", "tokens out", "dollars"))
    table = FittedTable(Column("role"), Column("model", least=12, leaves=1), Column(""), *numbers)
    for each in found.roles:
        table.add_row(each.role.value, "|".join(each.models), "expected", *_cells(each.expected))
        table.add_row("", "", "at most", *_cells(each.most), style="dim")
    table.add_row("all", "within the budget", "expected", *_cells(found.expected), style="bold")
    table.add_row("", "", "at most", *_cells(found.most), style="dim")
    return table


def _cells(amount: "Amount") -> list[str]:
    numbers = (amount.calls, amount.input_tokens, amount.output_tokens)
    return [*(f"{number:,.0f}" for number in numbers), "not known" if amount.usd is None else f"{amount.usd:.4f}"]
