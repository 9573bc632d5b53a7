"""What is the local sandbox's own: its walls, and leaving nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.protocol import Limits, TimedOut
from argosy.sandbox.walls import Wall, walls
from tests.sandbox.jobs import job, outcome, ran, rule

pytestmark = pytest.mark.slow

GOOD = rule("return values")


def harnesses(parent: int) -> list[int]:
    """The processes below this one that run the harness."""
    found, parents = [], [parent]
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                above = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(above, []).append(int(entry.name))
    while parents:
        below = children.get(parents.pop(), [])
        parents += below
        found += [pid for pid in below if b"harness.py" in _command(pid)]
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _gone(pids: list[int], within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while any(b"harness.py" in _command(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: f"{wall.grade.partition(':')[0]}-{wall.own_user}")
def test_every_wall_that_starts_here_runs_rules_and_leaves_nothing(wall: Wall) -> None:
    others = harnesses(os.getpid())
    try:
        sandbox = LocalSandbox(choices=[wall])
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    first = [pid for pid in harnesses(os.getpid()) if pid not in others]
    assert first
    ran(outcome(sandbox, GOOD))
    endless = rule("while True: pass")
    assert outcome(sandbox, endless, limits=Limits(job_s=0.3)) == TimedOut(0.3)
    ran(outcome(sandbox, GOOD))
    running = [pid for pid in harnesses(os.getpid()) if pid not in others]
    folder = Path(sandbox._folder.name)
    sandbox.close()
    assert _gone(first + running)
    assert not folder.exists()


def test_the_strongest_wall_is_taken_and_named() -> None:
    sandbox = LocalSandbox()
    assert sandbox.sealed == sandbox.grade.startswith("bubblewrap")
    sandbox.close()
    sandbox.close()
    with pytest.raises(SandboxUnavailable, match="closed"):
        sandbox.run(job(GOOD))


def test_an_interrupted_run_leaves_nothing() -> None:
    others = harnesses(os.getpid())
    sandbox = LocalSandbox()
    main = threading.main_thread().ident or 0
    timer = threading.Timer(0.5, signal.pthread_kill, [main, signal.SIGINT])
    began = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        outcome(sandbox, rule("while True: pass"), limits=Limits(job_s=120.0))
    assert time.monotonic() - began < 60
    running = [pid for pid in harnesses(os.getpid()) if pid not in others]
    sandbox.close()
    assert _gone(running)


def test_a_harness_ends_with_a_host_that_is_killed() -> None:
    program = (
        "import numpy as np; from argosy.sandbox.local import LocalSandbox; from argosy.sandbox.protocol import *\n"
        "import threading, time; s = LocalSandbox()\n"
        "source = 'def detect(values, seconds):\\n    while True: pass\\n'\n"
        "job = Job(source, (Input(np.zeros(1), np.zeros(1, int)),), (Evaluation({}),))\n"
        "threading.Thread(target=s.run, args=(job,), daemon=True).start()\n"
        "time.sleep(0.3); print('ready', flush=True); time.sleep(60)"
    )
    host = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    with host.stdout as said:
        assert said.readline() == "ready\n"
        running = harnesses(host.pid)
        assert running
        host.kill()
        host.wait()
    assert _gone(running)
