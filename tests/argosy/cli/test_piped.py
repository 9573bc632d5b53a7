"""Series that come down a pipe."""

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from argosy.cli.app import app
from argosy.inputs.quoting import PIPED
from tests.argosy.inputs.tables.labelled import write_labelled_csv


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A labelled series; what a command keeps beside it must be gone afterwards."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    yield write_labelled_csv(tmp_path / "metric.csv")
    assert not list((tmp_path / "tmp").glob(f"{PIPED}*"))


def piped(data: bytes, *words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=data)


@pytest.mark.parametrize("command", ["detect", "run --dry-run", "sigllm --dry-run"])
def test_a_series_is_read_from_stdin(file: Path, command: str) -> None:
    name, *more = command.split()
    told = piped(file.read_bytes(), name, "-", *more)
    assert told.exit_code == 0, told.output
    assert PIPED not in told.output


def test_what_is_wrong_with_it_is_told_of_stdin(file: Path) -> None:
    told = piped(b"timestamp,value\n1600000000,x\n", "detect", "-")
    assert told.exit_code == 2
    assert "stdin, row 2, column 'value': 'x' is not a number" in told.output
    assert PIPED not in told.output
    assert "stdin: the file is empty" in piped(b"", "detect", "-").output


def test_incidents_come_down_a_pipe_that_has_a_name(file: Path) -> None:
    pipe = file.with_name("incidents")
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("start,end\n1700060000,1700061000\n",))
    writer.start()
    told = piped(b"", "detect", file, "--incidents", pipe)
    writer.join()
    assert told.exit_code == 0, told.output
