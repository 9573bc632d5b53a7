"""Runs the blocks of a page, one after the other, in one folder."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.argosy.cli.invoking import invoke
from tests.docs.pages import Block

TIMEOUT_S = 300.0
NAMED_SERVER = "http://127.0.0.1:8089/v1"
"""The address of a model server that pages name."""

_COMMENT = re.compile(r"""^((?:[^'"#]|'[^']*'|"[^"]*"|(?<=\S)\#)*?)(?:(?:^|\s)\#.*)?$""", re.VERBOSE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"$`]*\"")


def lines(commands: str) -> list[str]:
    """Shell commands one a line, without their comments."""
    found = (_COMMENT.match(line) for line in commands.replace("\\\n", " ").splitlines())
    return [each[1].strip() for each in found if each and each[1].strip()]


def is_plain(block: Block) -> bool:
    """Whether the test's own process can run it: `argosy` and its words, with nothing for a shell to do; or Python."""
    if block.language == "python":
        return True
    return all(
        line.startswith("argosy ") and not re.search(r"[|&;<>$`*?~(){}!\[\]]", _QUOTED.sub("", line))
        for line in lines(block.commands)
    )


def is_heavy(block: Block) -> bool:
    """Whether it is left out of the quick tests."""
    return bool(block.words) or not is_plain(block)


def run_all(blocks: Iterable[Block], server: str | None = None) -> None:
    """Runs them in the current folder. Python blocks of a page share their names."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks:
        text = block.commands if server is None else block.commands.replace(NAMED_SERVER, server)
        if block.language == "python":
            exec(compile(text, block.place, "exec"), names)
        elif is_plain(block):
            _invoke(block, lines(text))
        else:
            _shell(block, text)


def _invoke(block: Block, commands: list[str]) -> None:
    for number, command in enumerate(commands, 1):
        began = time.monotonic()
        result = invoke(*shlex.split(command)[1:])
        print(f"{time.monotonic() - began:6.1f} s  {command}")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise AssertionError(f"{block.place}: $ {command}") from result.exception
        wanted = block.exit if number == len(commands) else 0
        _compare(block, command, result.exit_code, wanted, result.output)


def _shell(block: Block, script: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash" if block.language == "bash" else "sh", "-eu", "-c", script],
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
    )
    _compare(block, script, done.returncode, block.exit, done.stdout)


def _compare(block: Block, command: str, code: int, wanted: int, output: str) -> None:
    if code != wanted:
        pytest.fail(f"{block.place}: exit code {code} instead of {wanted}\n$ {command}\n{output}", pytrace=False)
