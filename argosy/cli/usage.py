"""What is said of a command line that is wrong: one line, as of any other input."""

from collections.abc import Callable, Mapping
from typing import Any

import typer

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""The errors of options, arguments and names of commands; Typer has them from Click, or from a copy that it brings."""

_PROBLEMS: Mapping[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "int_parsing": lambda value, _: f"{value!r} is not a whole number",
    "int_from_float": lambda value, _: f"{value!r} is not a whole number",
    "float_parsing": lambda value, _: f"{value!r} is not a number",
    "bool_parsing": lambda value, _: f"{value!r} is neither true nor false",
    "greater_than_equal": lambda value, bound: f"{value} is less than {bound['ge']}",
    "less_than_equal": lambda value, bound: f"{value} is more than {bound['le']}",
    "greater_than": lambda value, bound: f"{value} is not more than {bound['gt']}",
    "less_than": lambda value, bound: f"{value} is not less than {bound['lt']}",
    "value_error": lambda _, found: str(found["error"]).removesuffix("."),
}
"""What is wrong with a value, by the name that pydantic gives the fault."""


def is_help(error: Exception) -> bool:
    """Whether the "error" is the help of a group that was called without a command."""
    return type(error).__name__ == "NoArgsIsHelpError"


def usage_line(error: Any, command: str) -> str:
    """Where and what is wrong, and whose help tells more; `command` is that of errors which do not know theirs."""
    path = error.ctx.command_path if error.ctx else command
    return f"{_problem(error)}; see {path} --help"


def _problem(error: Any) -> str:
    found = error.__cause__.errors()[0] if hasattr(error.__cause__, "errors") else {}
    if to_words := _PROBLEMS.get(found.get("type", "")):
        where = error.param_hint or error.param.get_error_hint().strip("'")
        return f"{where}: {to_words(found['input'], found.get('ctx', {}))}"
    said = error.format_message().removesuffix(".")
    return str(said[:1].lower() + said[1:])
