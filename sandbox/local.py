"""The local sandbox: a child process of this Python, walled in as far as this machine allows."""

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from typing import IO

from argosy.sandbox.channels import SocketChannel
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.folders import make_folder, reap_folders
from argosy.sandbox.harness_settings import harness_settings
from argosy.sandbox.protocol import Job, Limits, Outcome
from argosy.sandbox.resident import Pool, PooledSandbox, Sharing
from argosy.sandbox.walls import SEALED_ROOT, Wall, import_path, walls
from argosy.sandbox.wire import BadFrame, ChannelClosed, read_header

START_S = 60.0
END_S = 2.0
SPARE_LIBRARIES = ("numpy", "pandas")
NO_ENVIRONMENT: dict[str, str] = {}

_PRIVATE_UIDS = itertools.cycle(range(61_184, 65_520))  # the range that systemd gives to passing users


class LocalSandbox(PooledSandbox):
    """Runs jobs in child processes of this Python.

    Takes the first of `choices` (default: all walls, strongest first) that a harness starts behind: bubblewrap
    (`sealed`: own processes, network, mounts and ipc, an unprivileged user, and a read-only root that holds Python and
    its libraries only), `unshare` (own namespaces), a plain child. Behind each, a rule makes only the system calls that
    numbers take, and reads no file but Python's and the libraries' where the kernel has Landlock. `grade` says which.
    No control group bounds the memory of all its processes together. Raises SandboxUnavailable when not even a plain
    child starts.
    """

    name = "local"

    def __init__(
        self,
        sharing: Sharing = Sharing.SESSION,
        *,
        pool: Pool | None = None,
        choices: Sequence[Wall] | None = None,
    ) -> None:
        reap_folders()
        self._folder = make_folder()
        self._removed = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        try:
            self._wall, first = _strongest(choices or walls(), str(self._folder))
        except SandboxUnavailable:
            self._removed()
            raise
        self.sealed = self._wall.sealed
        self.grade = self._wall.grade
        self._first = [first]
        self._lock = threading.Lock()
        super().__init__(self._spawn, sharing, pool or Pool())

    def close(self) -> None:
        super().close()
        while self._first:
            self._first.pop().end()
        self._removed()

    def _spawn(self, ahead: bool) -> "ChildResident":
        with self._lock:
            if self._first:
                return self._first.pop()
        return _start(self._wall, str(self._folder), SPARE_LIBRARIES if ahead else SPARE_LIBRARIES[:1])


class ChildResident:
    """A harness in a child process."""

    def __init__(self, process: subprocess.Popen[bytes], channel: SocketChannel) -> None:
        self._process = process
        self.channel = channel

    def cause_of_death(self, job: Job) -> Outcome | None:  # noqa: ARG002
        """Not known here."""
        return None

    def end(self) -> None:
        """Hangs up, upon which a harness ends with all its children; kills its group if that takes too long."""
        self.channel.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _strongest(choices: Sequence[Wall], folder: str) -> tuple[Wall, ChildResident]:
    """The first wall that a harness starts behind, and that harness."""
    trouble = SandboxUnavailable("no wall was tried")
    for wall in choices:
        try:
            return wall, _start(wall, folder, SPARE_LIBRARIES[:1])
        except SandboxUnavailable as error:
            trouble = error
    raise trouble


def _start(wall: Wall, folder: str, load: Sequence[str]) -> ChildResident:
    """Starts a harness behind a wall and waits until it is ready. Raises SandboxUnavailable."""
    try:
        return _launched(wall, folder, load)
    except OSError as error:
        raise SandboxUnavailable(f"cannot start the local sandbox: {error}; see argosy doctor") from error


def _launched(wall: Wall, folder: str, load: Sequence[str]) -> ChildResident:
    uid = next(_PRIVATE_UIDS) if wall.own_user else None
    settings = harness_settings(path=import_path(wall), uid=uid, limit_processes=True) | {"load": list(load)}
    argv = [*wall.argv(folder), json.dumps(settings)]
    ours, theirs = socket.socketpair()
    with theirs, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                argv,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=errors,
                env=NO_ENVIRONMENT,
                cwd=folder,
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise
        theirs.close()
        resident = ChildResident(process, SocketChannel(ours))
        _greet(resident, wall, errors)
    return resident


def _greet(resident: ChildResident, wall: Wall, errors: IO[bytes]) -> None:
    """Waits for the harness and judges what it sees. Raises SandboxUnavailable, the harness ended."""
    try:
        ready = read_header(resident.channel, time.monotonic() + START_S, Limits())["ready"]
    except (ChannelClosed, BadFrame, TimeoutError, KeyError) as error:
        resident.end()
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2] or "it said nothing"
        raise SandboxUnavailable(f"the local sandbox did not start ({said}); see argosy doctor") from error
    alone = ready["pid"] == 1 and not set(ready["interfaces"]) - {"lo"}
    narrow = alone and set(ready["root"]) <= SEALED_ROOT and ready["uid"] != 0 and "calls" not in ready["lacks"]
    if wall.sealed and not narrow:
        resident.end()
        raise SandboxUnavailable(f"{wall.grade}: the wall has holes here; see argosy doctor")
