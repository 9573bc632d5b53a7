"""Nothing that a command writes lies on what it reads: the same path, another way to it, or a link."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from argosy.cli import paths
from argosy.cli.app import app
from tests.argosy.cli.invoking import invoke

TABLE = "timestamp,value,label\n" + "".join(f"2024-03-20T{hour:02}:00:00Z,{hour % 7},0\n" for hour in range(24))
LOG = "started\nstopped\n" * 20
TEXTS = {".csv": TABLE, ".jsonl": '{"a": 1}\n', ".png": TABLE, ".md": "be kind\n", ".txt": LOG, ".yaml": "a: 1\n"}

COMMANDS = {
    "detect": ("detect {read} --out {goal}", ".csv"),
    "detect, its incidents": ("detect {other} --incidents {read} --out {goal}", ".csv"),
    "detect, its picture": ("detect {read} --picture {goal}", ".png"),
    "detect, the goal first": ("detect --out {goal} {read}", ".csv"),
    "run": ("run {read} --picture {goal}", ".png"),
    "run, its cards": ("run {other} --select --cards {read} --picture {goal}", ".png"),
    "score": ("score latest {read} --out {goal}", ".csv"),
    "sigllm": ("sigllm {read} --out {goal}", ".csv"),
    "records": ("records {read} --out {goal}", ".csv"),
    "records, what it learns from": ("records {other} --train {read} --out {goal}", ".csv"),
    "records, its rules": ("records {other} --review --rules {read} --out {goal}", ".csv"),
    "logs": ("logs {read} --out {goal}", ".txt"),
    "logs, its sample": ("logs {other} --sample {read} --out {goal}", ".jsonl"),
    "select, its card": ("select card a:B --out {goal}", ".yaml"),
    "bench": ("bench {read} --out {goal}", ".csv"),
    "graph": ("graph --check {read} --write {goal}", ".md"),
}


def _itself(file: Path) -> Path:
    return file


def _around(file: Path) -> Path:
    return file.parent / ".." / file.parent.name / file.name


def _relative(file: Path) -> Path:
    return Path(os.path.relpath(file))


def _linked(file: Path) -> Path:
    link = file.with_name(f"link{file.suffix}")
    link.symlink_to(file.name)
    return link


def _hard(file: Path) -> Path:
    link = file.with_name(f"hard{file.suffix}")
    link.hardlink_to(file)
    return link


def _through_folder(file: Path) -> Path:
    folder = file.parent / "folder"
    folder.symlink_to(".")
    return folder / file.name


@pytest.mark.parametrize("way", [_itself, _around, _relative, _linked, _hard, _through_folder])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_read_is_never_written(command: str, way: Callable[[Path], Path], tmp_path: Path) -> None:
    words, suffix = COMMANDS[command]
    read, other = tmp_path / f"read{suffix}", tmp_path / "other.csv"
    read.write_text(TEXTS[suffix])
    other.write_text(TABLE)
    goal = way(read)
    ran = invoke(*(word.format(read=read, other=other, goal=goal) for word in words.split()))
    assert ran.exit_code == 2
    assert len(ran.output.splitlines()) == 1
    assert "written over" in ran.output or "is there already" in ran.output
    assert read.read_text() == TEXTS[suffix]


def test_a_results_folder_keeps_the_data_that_lie_in_it(tmp_path: Path) -> None:
    data = tmp_path / "report.html"
    data.write_text(TABLE)
    ran = invoke("bench", data, "--out", tmp_path)
    assert ran.exit_code == 2
    assert "written over" in ran.output
    assert data.read_text() == TABLE


def test_what_comes_down_a_pipe_may_be_a_file(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text(LOG)
    before = os.dup(0)
    try:
        with log.open() as file:
            os.dup2(file.fileno(), 0)
        ran = invoke("logs", "-", "--out", log)
    finally:
        os.dup2(before, 0)
        os.close(before)
    assert ran.exit_code == 2
    assert log.read_text() == LOG


def test_two_options_never_write_one_file(tmp_path: Path) -> None:
    goal = tmp_path / "worker.prom"
    ran = invoke("worker", "--once", "--metrics", goal, "--log", goal)
    assert ran.exit_code == 2
    assert "--metrics writes, too" in ran.output


def test_another_file_beside_what_is_read_is_written(tmp_path: Path) -> None:
    read, goal = tmp_path / "read.csv", tmp_path / "found.csv"
    read.write_text(TABLE)
    goal.write_text("what an earlier run found\n")
    assert invoke("detect", read, "--patterns", "robust_z", "--out", goal).exit_code == 0
    assert goal.read_text().startswith("timestamp,")
    assert [each.name for each in sorted(tmp_path.glob("*.csv"))] == ["found.csv", "read.csv"]


def test_every_option_for_a_file_is_kept_apart() -> None:
    found = list(_paths_of("argosy", get_command(app)))
    assert len(found) > 40
    assert [place for place, callback in found if getattr(callback, "__module__", "") != paths.__name__] == []


def _paths_of(name: str, command: Any) -> Iterator[tuple[str, object]]:
    """Each option and argument that names a file, with its command, and its callback."""
    for param in command.params:
        if "Path" in str(getattr(param, "type_descriptor", "")):
            yield f"{name} {param.opts[0]}", param.callback
    commands: Mapping[str, Any] = getattr(command, "commands", {})
    for word in commands:
        yield from _paths_of(f"{name} {word}", commands[word])
