"""The page of all commands, as their help has them."""

from collections.abc import Iterator
from typing import Any

import typer

from argosy.cli.app import app
from argosy.documentation.tables import code, escaped

_BEGIN = """# Commands

Every command of `argosy`, as its `--help` has it. `make docs` writes this page from `argosy/cli/`.

Every command has `--json` and `--help`. It ends with exit code 0 when it did what it says; 1 where a check found that
something does not hold; 2 for input, options or an environment that a person can mend, in one line on standard error
with place, problem and mend; 3 where `argosy score --fail-on-alert` found an alert; 130 after Ctrl-C.
"""


def page() -> str:
    """The page as Markdown; the same whatever the terminal is like."""
    command = typer.main.get_command(app)
    context = command.context_class(command, info_name="argosy")
    return "\n".join([_BEGIN, *(part for each in _sections(command, context) for part in each)])


def _sections(command: Any, context: Any) -> Iterator[list[str]]:
    for name, each in command.commands.items():
        inner = each.context_class(each, info_name=name, parent=context)
        yield list(_section(each, inner))
        if hasattr(each, "commands"):
            yield from _sections(each, inner)


def _section(command: Any, context: Any) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    yield f"{' '.join((command.help or '').split())}\n"
    if not hasattr(command, "commands"):
        yield f"Usage: `{' '.join([context.command_path, *command.collect_usage_pieces(context)])}`\n"
        yield _parameters(command, context)
    if command.epilog:
        yield f"Example: `{command.epilog.removeprefix('Example: ')}`\n"


def _parameters(command: Any, context: Any) -> str:
    records = [each.get_help_record(context) for each in command.params]
    rows = [_row(*record) for record in records if record is not None]
    return "\n".join(["| argument or option | what it is | default and bounds |", "| --- | --- | --- |", *rows, ""])


def _row(flags: str, text: str) -> str:
    what, bracket, bounds = text.rpartition("  [")
    if not bracket or not bounds.endswith("]"):
        what, bounds = text, ""
    return f"| {code(flags)} | {_prose(what)} | {_prose(bounds.removesuffix(']'))} |"


def _prose(text: str) -> str:
    """A cell in which nothing is taken for markup."""
    return "".join(f"\\{letter}" if letter in "*_`[" else letter for letter in escaped(text)).replace("<", "&lt;")
