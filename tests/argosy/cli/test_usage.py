"""A command line that is wrong is told in one line, whatever is wrong with it, and ends with exit code 2."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from argosy.cli.app import app
from tests.argosy.cli.invoking import invoke

SERIES = Path("tests/cases/series/stop.csv")


def commands() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every command, as its words, and the options of it that take a value."""
    waiting = [((), get_command(app))]
    while waiting:
        words, command = waiting.pop()
        if inner := getattr(command, "commands", None):
            waiting += [((*words, name), inner[name]) for name in inner]
        else:
            taking = (each for each in command.params if each.param_type_name == "option" and not each.is_flag)
            yield words, tuple(max(each.opts, key=len) for each in taking)


COMMANDS = [pytest.param(*each, id=" ".join(each[0])) for each in commands()]


def said_in_one_line(*words: object) -> str:
    ran = invoke(*words)
    assert ran.exit_code == 2, (words, ran.output)
    assert ran.stdout == ""
    assert ran.stderr.startswith("argosy: ")
    assert ran.stderr.count("\n") == 1, ran.stderr
    return ran.stderr


@pytest.mark.parametrize(("words", "options"), COMMANDS)
def test_every_command_says_what_it_does_not_know_and_what_lacks_a_value(
    words: tuple[str, ...], options: tuple[str, ...]
) -> None:
    see = f"; see argosy {' '.join(words)} --help\n"
    said = said_in_one_line(*words, "--nothing-like-it")
    assert "no such option: --nothing-like-it" in said
    assert said.endswith(see)
    for option in options:
        said = said_in_one_line(*words, option)
        assert f"'{option}' requires an argument" in said


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("run", SERIES, "--rounds", "abc"), "--rounds: 'abc' is not a whole number; see argosy run --help"),
        (("run", SERIES, "--rounds", "2.5"), "--rounds: '2.5' is not a whole number; see argosy run --help"),
        (("run", SERIES, "--rounds", "-1"), "--rounds: -1 is less than 1; see argosy run --help"),
        (("run", SERIES, "--budget-s", "soon"), "--budget-s: 'soon' is not a number; see argosy run --help"),
        (
            ("detect", SERIES, "--open-incidents", "x"),
            "--open-incidents: 'x' is not one of 'next', 'last', 'drop'; see argosy detect --help",
        ),
        (("detect", SERIES, "--json=3"), "option '--json' does not take a value; see argosy detect --help"),
        (("score",), "missing argument 'detector'; see argosy score --help"),
        (("rule", "show"), "missing argument 'rule'; see argosy rule show --help"),
        (("rule", "nothing"), "no such command 'nothing'; see argosy rule --help"),
        (("nothing",), "no such command 'nothing'; see argosy --help"),
        (("--nothing",), "no such option: --nothing; see argosy --help"),
    ],
)
def test_a_wrong_use_is_told_where_what_and_whose_help_tells_more(words: tuple[object, ...], problem: str) -> None:
    assert said_in_one_line(*words) == f"argosy: {problem}\n"


def test_what_a_user_typed_cannot_command_the_terminal() -> None:
    assert "\x1b" not in said_in_one_line("run", SERIES, "--rounds", "\x1b[2Jten\n")


@pytest.mark.parametrize("words", [(), ("rule",)])
def test_a_group_without_a_command_shows_its_help(words: tuple[str, ...]) -> None:
    ran = invoke(*words)
    assert "Commands" in ran.output
    assert "argosy: " not in ran.output
