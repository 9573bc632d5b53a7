"""The commands that stand beside committed results are still understood, to the last option; none of them is run."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
import typer

from argosy.cli.app import app
from tests.places import ROOT

RESULTS = ROOT / "eval" / "results"
STUDY = "argosy.benchmarks.studies."


def commands() -> Iterator[tuple[str, str]]:
    """Each command in a block of shell, whole, with the folder of the results that it made."""
    for page in sorted(RESULTS.rglob("README.md")):
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            for line in block.replace("\\\n", "").splitlines():
                yield page.parent.name, line.strip()


COMMANDS = list(commands())


def understood(command: click.Command, words: list[str]) -> None:
    """Parses the words as a command does, to the last of them. Raises click.UsageError."""
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"there is no command {name}"
        command = found
    command.make_context(command.name, words)


@pytest.mark.parametrize(("folder", "line"), COMMANDS, ids=[f"{folder}-{line[:60]}" for folder, line in COMMANDS])
def test_a_command_beside_results_is_understood(folder: str, line: str) -> None:
    match shlex.split(line, comments=True):
        case ["argosy", *words]:
            understood(typer.main.get_command(app), words)
        case ["python", "-m", module, *words]:
            assert module.startswith(STUDY)
            study = typer.Typer()
            study.command()(import_module(module).main)
            understood(typer.main.get_command(study), words)
        case other:
            pytest.fail(f"no command of ours: {other}")


def test_every_study_stands_beside_results() -> None:
    ran = {line.split()[2].removeprefix(STUDY) for _, line in COMMANDS if line.startswith("python -m")}
    folder = Path(str(import_module("argosy.benchmarks.studies").__file__)).parent
    assert ran == {each.stem for each in folder.glob("*.py") if "__main__" in each.read_text("utf-8")}
