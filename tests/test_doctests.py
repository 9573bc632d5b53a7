"""The examples in docstrings are run: they are the first thing that a reader tries."""

import doctest
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import argosy

PROMPT = ">>> "
PACKAGE = Path(argosy.__file__).parent


def files(folder: Path) -> Iterator[Path]:
    """Every Python file of the package, through its links to the rooms beside it."""
    for each in sorted(folder.iterdir()):
        if each.is_dir():
            yield from files(each)
        elif each.suffix == ".py":
            yield each


def name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


WITH_EXAMPLES = [name(file) for file in files(PACKAGE) if PROMPT in file.read_text("utf-8")]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_of_a_module_hold(module: str) -> None:
    found = import_module(module)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for each in doctest.DocTestFinder(exclude_empty=True).find(found, module, globs={**vars(found), "np": np}):
        runner.run(each, out=said.append)
    assert not runner.failures, "".join(said)
    assert runner.tries == Path(str(found.__file__)).read_text("utf-8").count(PROMPT), "an example was not found"


def test_what_people_call_first_has_examples() -> None:
    assert len(WITH_EXAMPLES) > 35
