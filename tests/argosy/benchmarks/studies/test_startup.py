"""What commands load: nothing heavy that they do not need, whatever the machine and its load."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.benchmarks.studies.startup import Trial, prepared, processor_s

HEAVY = {
    *("alembic", "asyncio", "dbos", "docker", "httpx", "jinja2", "langchain_core", "langgraph", "langsmith"),
    *("matplotlib", "multiprocessing", "numpy", "openai", "pandas", "prometheus_client", "pyarrow", "requests", "rich"),
    *("scipy", "sklearn", "sqlalchemy", "threadpoolctl", "yaml"),
}
"""Packages that take longer to load than they look; pydantic is typer's own."""

_READING_A_STORE = {"sqlalchemy", "asyncio"}
_SCORING = {*_READING_A_STORE, "numpy", "pandas", "pyarrow"}
ALLOWED = {
    "help": {"rich"},
    "a wrong path": set(),
    "sessions": {*_READING_A_STORE, "rich"},
    "doctor": {*_READING_A_STORE, "docker", "numpy", "requests", "yaml"},
    "score, base alone": _SCORING,
    "score, base and a rule": _SCORING,
}
_LISTED = (
    "import sys\nfrom argosy.cli.app import main\n"
    "try:\n    main()\nfinally:\n    print('loaded', *sys.modules, file=sys.stderr)"
)


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Path, dict[str, Trial]]]:
    with prepared() as (home, commands):
        yield home, {each.name: each for each in commands}


def loaded(home: Path, trial: Trial) -> set[str]:
    """The heavy packages that a command leaves loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _LISTED, *trial.words],
        env=os.environ | {"ARGOSY_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, trial.ends), done.stderr
    return set(done.stderr.rpartition("loaded ")[2].split()) & HEAVY


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ("help", "a wrong path") else pytest.mark.slow) for name in ALLOWED]
)
def test_a_command_loads_what_it_needs(name: str, place: tuple[Path, dict[str, Trial]]) -> None:
    home, commands = place
    assert loaded(home, commands[name]) <= ALLOWED[name]


def test_a_command_that_fails_is_no_figure() -> None:
    assert processor_s(("-c", "pass"), os.environ) > 0
    with pytest.raises(RuntimeError, match="ended with 1"):
        processor_s(("-c", "raise SystemExit(1)"), os.environ)
