"""`argosy run` killed as it stands, with a sandbox of its own: what it leaves behind, and the commands that go on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from argosy.cli.app import app
from argosy.graphs.recording.events import ModelCall, SandboxJob
from argosy.settings import Settings
from argosy.store.store import open_store
from tests.argosy.sessions.killed import table
from tests.processes import alive, descendants

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from argosy.cli.app import main; main()"]
WAIT_S = 90.0


def argosy(home: Path, *words: object, code: int = 0) -> str:
    done = subprocess.run(
        [*COMMAND, *map(str, words)], env=_environment(home), capture_output=True, text=True, timeout=4 * WAIT_S
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ARGOSY_HOME": str(home)}


def killed_in_the_sandbox(home: Path, *words: object) -> tuple[int, set[int]]:
    """Starts a session and kills it while it tunes; returns its process and those that it had started."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)], env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + WAIT_S
    while not _tunes(home):
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < until
        time.sleep(0.02)
    started = descendants(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return process.pid, started


def _tunes(home: Path) -> bool:
    if not (home / "argosy.db").exists():
        return False
    store = open_store(Settings(home))
    rows = store.sessions.newest()
    events = [kept.event for row in rows for kept in store.events.of(row.id)]
    store.close()
    return any(isinstance(event, SandboxJob) and event.purpose.startswith("tune") for event in events)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
@pytest.mark.parametrize("sandbox", ["local", pytest.param("docker", marks=pytest.mark.docker)])
def test_nothing_is_left_behind_and_nothing_is_asked_twice(sandbox: str, tmp_path: Path) -> None:
    home, file = tmp_path / "home", table(tmp_path / "metric.csv")
    words = ["run", file, "--step", 60, "--base", "mine", "--sandbox", sandbox, "--rounds", 4, "--candidates", 4]
    pid, started = killed_in_the_sandbox(home, *words)
    until = time.monotonic() + 10
    while alive(started) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(started)
    file.unlink()
    report = json.loads(argosy(home, "resume", "--json"))
    assert report["outcome"] in ("fused", "base_only")
    assert json.loads(argosy(home, "resume", report["session"], "--json")) == report
    store = open_store(Settings(home))
    calls = [kept.event for kept in store.events.of(report["session"]) if isinstance(kept.event, ModelCall)]
    store.close()
    assert len({call.key for call in calls}) == len(calls) == report["usage"]["calls"]
    assert sandbox != "docker" or containers_of(pid) == []


def containers_of(pid: int) -> list[str]:
    from argosy.sandbox.daemon import connect
    from argosy.sandbox.hardening import LABEL

    client = connect()
    found = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    client.close()
    return [each.id for each in found if each.labels.get(f"{LABEL}.owner", "").startswith(f"{pid}:")]


def test_replay_fork_and_dry_run_from_the_command_line(tmp_path: Path) -> None:
    def invoke(*words: object, code: int = 0) -> str:
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == code, done.output
        return done.stdout

    words = ["run", table(tmp_path / "metric.csv"), "--step", 60, "--base", "mine", "--sandbox", "local"]
    words += ["--rounds", 1, "--candidates", 1]
    estimate = json.loads(invoke(*words, "--dry-run", "--json"))
    assert estimate["expected"]["calls"] == 2
    assert estimate["most"]["calls"] == 16
    assert "no earlier session" in invoke(*words, "--dry-run")
    assert json.loads(invoke("sessions", "--json")) == []
    report = json.loads(invoke(*words, "--json"))
    replayed = json.loads(invoke("replay", "latest", "--json"))
    assert replayed["same"] is True
    assert replayed["replies"] == report["usage"]["calls"]
    assert invoke("replay", report["session"]).startswith("same ")
    assert report["session"] in invoke("resume", report["session"])
    fork = json.loads(invoke("fork", "latest", "--at", "tune", "--rounds", 1, "--json"))
    assert fork["session"] != report["session"]
    assert fork["usage"]["calls"] < report["usage"]["calls"]
    again = json.loads(invoke(*words, "--model", f"replay:{report['session']}", "--json"))
    assert [rule["id"] for rule in again["rules"]] == [rule["id"] for rule in report["rules"]]
    invoke(*words, "--model", f"replay:{report['session']}", "--candidates", 2, code=2)
    invoke("fork", "latest", "--at", "dance", code=2)
    invoke("resume", "s-nowhere", code=2)


def test_a_replay_that_differs_exits_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["run", str(table(tmp_path / "metric.csv")), "--step", "60", "--base", "mine", "--sandbox", "local"]
    assert CliRunner().invoke(app, [*words, "--rounds", "1", "--candidates", "1"]).exit_code == 0
    monkeypatch.setattr("argosy.agents.rules.build_evidence.MOST_PAIRS", 3)
    done = CliRunner().invoke(app, ["replay", "latest"])
    assert done.exit_code == 1
    assert done.stdout.startswith("DIFFERS ")
    assert "+++ asked: detection c1.1 attempt 0" in done.stdout
