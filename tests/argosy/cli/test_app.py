"""The command line: what it prints, where, and with which code it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from argosy.agents.models.speaker import BudgetSpent, ModelUnavailable
from argosy.cli.app import COMMANDS, app
from argosy.graphs.recording.recorder import RecordedSandbox
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.protocol import Ran
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.store import Store, StoreRecorder
from tests.argosy.sessions.recorded import SOURCE, Answering, job, ticking


def argosy(home: Path, *arguments: str, columns: int = 100) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"ARGOSY_HOME": str(home), "COLUMNS": str(columns)})


@pytest.fixture
def ids(store: Store, recorded: tuple[str, str]) -> tuple[str, str]:
    store.close()
    return recorded


def test_sessions_come_as_a_table_and_as_json(tmp_path: Path, ids: tuple[str, str]) -> None:
    page = argosy(tmp_path, "sessions").stdout
    assert ids[0] in page
    assert "+0.250" in page
    (entry,) = json.loads(argosy(tmp_path, "sessions", "--json").stdout)
    assert (entry["session"], entry["rules"], entry["gain"], entry["base"]) == (ids[0], 1, 0.25, "ewma")


@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("command", ["sessions", "rules", "rules --all", "show latest"])
def test_no_word_of_a_table_is_broken(tmp_path: Path, ids: tuple[str, str], command: str, columns: int) -> None:
    wide, narrow = (argosy(tmp_path, *command.split(), columns=each).stdout for each in (300, columns))
    said = "no room here for widen the window, or see --json"
    assert {word.strip(",:─") for word in narrow.split()} <= {word.strip(",:─") for word in f"{wide} {said}".split()}
    assert ids[command.startswith("rules")] in narrow


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    for command in ("sessions", "rules"):
        result = argosy(tmp_path, command)
        assert (result.exit_code, "argosy run FILE" in result.stdout) == (0, True)
        assert json.loads(argosy(tmp_path, command, "--json").stdout) == []


def test_a_session_that_was_killed_is_listed_and_shown(tmp_path: Path, store: Store) -> None:
    store.sessions.begin("kpi-1", 10, "embedded", "auto")
    assert "unfinished" in argosy(tmp_path, "sessions").stdout
    assert "has not ended, or was killed" in argosy(tmp_path, "show", "latest").stdout


def test_a_failed_session_shows_its_error(tmp_path: Path, store: Store) -> None:
    session = store.sessions.begin("kpi-1", 10, "embedded", "auto").id
    store.sessions.finish(session, "failed", {"error": "ModelUnavailable: no key"})
    assert "failed: ModelUnavailable: no key" in argosy(tmp_path, "show", session).stdout


def test_show_tells_the_whole_story(tmp_path: Path, ids: tuple[str, str]) -> None:
    result = argosy(tmp_path, "show", "latest")
    assert result.exit_code == 0
    for words in (
        "round 1 · propose · 0.75 s",
        "detection c1.2 · scripted",
        "more lines, and the system text; --full shows them",
        "return values < -treshold",
        "trial: broke · 2 evaluations in answering",
        "evaluation 2 of 2: NameError: treshold",
        "repair c2.1 attempt 1",
        "c2.1 → accepted: it gains",
        "gain 0.25",
        "argosy show s-",
    ):
        assert words in result.stdout
    for forbidden in ("\x1b", "\u202e", "```"):
        assert forbidden not in result.stdout


def test_clean_jobs_of_one_purpose_share_a_line_unless_all_are_wanted(tmp_path: Path, store: Store) -> None:
    recorder, clock = StoreRecorder(store, store.sessions.begin("kpi-1", 10, "embedded", "auto").id), ticking()
    sandbox = RecordedSandbox(Answering(Ran(np.zeros(3), 0.1)), recorder, "tune#1", "tune", clock)
    for _ in range(3):
        sandbox.run(job(SOURCE))
    assert "tune: ran · 3 jobs, 6 evaluations in answering · 0.75 s" in argosy(tmp_path, "show", "latest").stdout
    assert argosy(tmp_path, "show", "latest", "--full").stdout.count("tune: ran · 2 evaluations") == 3


def test_show_full_holds_whole_prompts_and_filters_leave_the_report_out(tmp_path: Path, ids: tuple[str, str]) -> None:
    full = argosy(tmp_path, "show", ids[0], "--full", "--node", "repair").stdout
    assert "line 39" in full
    assert "more lines" not in full
    assert "propose" not in full
    assert "argosy rule show" not in full


def test_show_json_holds_the_events(tmp_path: Path, ids: tuple[str, str]) -> None:
    events = json.loads(argosy(tmp_path, "show", ids[0], "--json").stdout)
    assert [event["seq"] for event in events] == list(range(1, 16))
    only = json.loads(argosy(tmp_path, "show", ids[0], "--json", "--round", "1").stdout)
    assert only == [event for event in events if event["span"].endswith("#1")]


def test_rules_are_listed_and_one_is_shown(tmp_path: Path, ids: tuple[str, str]) -> None:
    assert ids[1] in argosy(tmp_path, "rules").stdout
    (listed,) = json.loads(argosy(tmp_path, "rules", "--json").stdout)
    assert (listed["id"], listed["series"], listed["sessions"]) == (ids[1], ["kpi-1"], [ids[0]])
    page = argosy(tmp_path, "rule", "show", "r-").stdout
    for words in ("def detect(", "searched from 10 to 720", f"fused in {ids[0]}", "a language model had a hand in it"):
        assert words in page
    shown = json.loads(argosy(tmp_path, "rule", "show", ids[1], "--json").stdout)
    assert shown["ranges"] == {"window": [10, 720], "threshold": [2.0, 30.0]}
    assert shown["uses"][0]["evidence"]["metrics"]["lockbox"]["auc_pr"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "s-1999"),
        ("show", ""),
        ("show", "latest", "--node", "dream"),
        ("rule", "show", "r-none"),
        ("show", "latest", "--rule", "r-none"),
    ],
)
def test_what_a_person_can_mend_is_one_line_and_code_2(
    tmp_path: Path, ids: tuple[str, str], arguments: tuple[str, ...]
) -> None:
    result = argosy(tmp_path, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("argosy: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [("bogus",), ("show",), ("show", "latest", "--round", "x"), ("sessions", "--limit", "0")]
)
def test_a_wrong_use_of_the_command_line_is_code_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = argosy(tmp_path, *arguments)
    assert result.exit_code == 2
    assert result.stderr


def test_a_store_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "argosy.db").write_text("not a database, and never was one " * 100)
    result = argosy(tmp_path, "sessions")
    assert result.exit_code == 2
    assert "is not a SQLite database; move it away" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BadInput("a.csv", "is empty", "give rows"), 2, "argosy: a.csv: is empty; give rows\n"),
        (StoreUnavailable("store x", "is full", "make room"), 2, "argosy: store x: is full; make room\n"),
        (SandboxUnavailable("no engine\nstart it"), 2, "argosy: no engine start it\n"),
        (ModelUnavailable("no key \x1b[2J"), 2, "argosy: no key \\x1b[2J\n"),
        (BudgetSpent("12 calls"), 2, "argosy: 12 calls\n"),
        (KeyboardInterrupt(), 130, "\nargosy: interrupted; what was recorded until now is kept\n"),
    ],
)
def test_every_command_ends_alike(error: BaseException, code: int, said: str) -> None:
    tried = typer.Typer(cls=type(typer.main.get_command(app)))

    @tried.command()
    def fail() -> None:
        raise error

    @tried.command()
    def other() -> None: ...

    result = CliRunner().invoke(tried, ["fail"])
    assert (result.exit_code, result.stderr) == (code, said)


def test_an_error_of_our_own_is_not_hidden() -> None:
    tried = typer.Typer(cls=type(typer.main.get_command(app)))

    @tried.command()
    def fail() -> None:
        raise ZeroDivisionError

    @tried.command()
    def other() -> None: ...

    assert isinstance(CliRunner().invoke(tried, ["fail"]).exception, ZeroDivisionError)


def test_every_command_has_an_example_and_json() -> None:
    found = dict(leaves(typer.main.get_command(app), ()))
    assert len(found) > 30
    for words, command in found.items():
        assert re.match("Example: (.* )?argosy ", command.epilog or ""), words
        assert "--json" in {flag for each in command.params for flag in each.opts}, words


def test_the_table_of_commands_is_what_their_modules_make() -> None:
    made: dict[str, str] = {}
    for module in dict.fromkeys(COMMANDS.values()):
        alone = typer.Typer()
        import_module(f"argosy.cli.{module}").register(alone)
        made |= dict.fromkeys(typer.main.get_group(alone).commands, module)
    assert made == COMMANDS
    assert list(typer.main.get_group(app).commands) == list(COMMANDS)


def leaves(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, by its words."""
    if not hasattr(command, "commands"):
        yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from leaves(each, (*words, name))


_MAIN = [sys.executable, "-c", "from argosy.cli.app import main; main()"]


def test_version_and_help_come_fast_and_without_heavy_imports() -> None:
    check = (
        "import sys, argosy.cli.app; print([n for n in ('numpy', 'sqlalchemy', 'langchain_core') if n in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True).stdout == "[]\n"
    result = subprocess.run([*_MAIN, "--version"], capture_output=True, text=True)
    assert result.stdout.startswith("argosy 0.")


@pytest.mark.slow
def test_a_closed_pipe_and_a_terminal_without_unicode_are_quiet(tmp_path: Path, ids: tuple[str, str]) -> None:
    env = os.environ | {"ARGOSY_HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"}
    whole = subprocess.run([*_MAIN, "show", "latest"], capture_output=True, text=True, env=env)
    assert (whole.returncode, whole.stderr) == (0, "")
    with subprocess.Popen([*_MAIN, "show", "latest"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as piped:
        assert piped.stdout is not None
        assert piped.stderr is not None
        piped.stdout.close()
        assert piped.stderr.read() == b""


@pytest.mark.parametrize("wanted", [False, True])
def test_a_fault_of_its_own_is_one_line_and_its_traceback_can_be_seen(wanted: bool) -> None:
    code = (
        "import argosy.cli.app as cli\n"
        "@cli.app.command()\n"
        "def fail() -> None:\n"
        "    raise KeyError('name' + chr(27) + '[2J')\n"
        "cli.main()\n"
    )
    env = os.environ | ({"ARGOSY_TRACEBACK": "1"} if wanted else {})
    done = subprocess.run([sys.executable, "-c", code, "fail"], capture_output=True, text=True, env=env)
    assert done.returncode == 1
    assert ("Traceback" in done.stderr) is wanted
    assert wanted or (done.stderr.count("\n"), "KeyError" in done.stderr, "\x1b" in done.stderr) == (1, True, False)


@pytest.mark.parametrize("wanted", [False, True])
def test_warnings_of_libraries_are_not_for_the_screen(wanted: bool) -> None:
    code = (
        "import logging, subprocess, sys, warnings, argosy.cli.app as cli\n"
        "warned = 'import warnings; warnings.warn(\"of a child\")'\n"
        "@cli.app.command()\n"
        "def warn() -> None:\n"
        "    warnings.warn('of a library')\n"
        "    logging.getLogger('urllib3').warning('of a log')\n"
        "    subprocess.run([sys.executable, '-c', warned])\n"
        "cli.main()\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    env |= {"ARGOSY_TRACEBACK": "1"} if wanted else {}
    done = subprocess.run([sys.executable, "-c", code, "warn"], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    said = [each in done.stderr for each in ("of a library", "of a log", "of a child")]
    assert said == [wanted] * 3
    assert wanted or done.stderr == ""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that takes nothing")
@pytest.mark.parametrize("words", [("doctor", "--json"), ("bench", "--list"), ("--help",)])
def test_a_full_disk_behind_standard_output_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", "from argosy.cli.app import main; main()", *words]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env={**os.environ, "ARGOSY_HOME": str(tmp_path)}
        )
    assert done.returncode == 2, done.stderr
    assert done.stderr == (
        "argosy: standard output: cannot be written (no space left on device); make room, or write elsewhere\n"
    )


def test_interrupting_ends_with_130(tmp_path: Path) -> None:
    code = (
        "import time, typer, argosy.cli.app as cli\n"
        "@cli.app.command()\n"
        "def wait() -> None:\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(30)\n"
        "cli.main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stdout is not None
        assert waiting.stderr is not None
        assert waiting.stdout.readline() == "waiting\n"
        time.sleep(0.05)
        waiting.send_signal(signal.SIGINT)
        assert "interrupted" in waiting.stderr.read()
        assert waiting.wait(10) == 130
