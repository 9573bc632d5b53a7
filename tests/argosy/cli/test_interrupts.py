"""Ctrl-C in the middle of a session: it drains, keeps what it has, and says so."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from argosy.inputs.example import EXAMPLE_STEP_S, example_path

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from argosy.cli.app import main; main()"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_session_ends_with_a_report_and_a_detector(number: signal.Signals, tmp_path: Path) -> None:
    words = ["run", str(example_path()), "--step", str(EXAMPLE_STEP_S), "--sandbox", "local", "--rounds", "40"]
    environment = {**os.environ, "ARGOSY_HOME": str(tmp_path)}
    process = subprocess.Popen(
        [*COMMAND, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    guard = threading.Timer(600, process.kill)
    guard.start()
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith("round 1"):
            process.send_signal(number)
            break
    out, rest = process.communicate()
    guard.cancel()
    assert process.returncode == 0, said + rest
    assert "interrupted" in out
    assert "stopping after what is under way" in rest
    listed = subprocess.run(
        [*COMMAND, "sessions", "--json"], env=environment, capture_output=True, text=True, check=True
    )
    (session,) = json.loads(listed.stdout)
    assert session["outcome"] in ("fused", "base_only")
