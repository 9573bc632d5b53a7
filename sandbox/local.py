"""The local sandbox: every candidate in a child process of this Python, walled in as far as this machine allows."""

import contextlib
import importlib.util
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.channels import SocketChannel
from sandbox.protocol import Job, Limits, Outcome, SandboxUnavailable
from sandbox.resident import Residents
from sandbox.wire import Garbled, Hung, read_header

START_S = 60.0
END_S = 2.0
SEALED_ROOT = frozenset("dev etc harness lib lib32 lib64 libx32 packages proc python usr".split())
PACKAGES = ("numpy", "pandas", "scipy", "dateutil", "pytz", "six", "tzdata")

_HARNESS = Path(__file__).with_name("harness.py")
_PRIVATE_UIDS = itertools.cycle(range(61_184, 65_520))  # the range that systemd gives to passing users


@dataclass(frozen=True)
class Wall:
    """One way to start the harness. `argv` makes the command from an empty folder; `grade` says what it keeps out."""

    grade: str
    sealed: bool
    own_user: bool
    argv: Callable[[str], list[str]]


class LocalSandbox:
    """Runs jobs in child processes of this Python.

    Takes the strongest wall that works here, tried in order by starting a harness behind it: bubblewrap (`sealed`: own
    user, process, network, mount and ipc namespaces, and a read-only root that holds Python and its libraries only),
    `unshare` (own namespaces, but the host's files can be read), a plain child (resource limits only). `grade` says
    which. Raises SandboxUnavailable when not even a plain child starts.
    """

    name = "local"

    def __init__(self, *, kept: int = 4, spares: int = 1) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="argosy-sandbox-", ignore_cleanup_errors=True)
        try:
            self._wall, first = _strongest(self._folder.name)
        except SandboxUnavailable:
            self._folder.cleanup()
            raise
        self.sealed = self._wall.sealed
        self.grade = self._wall.grade
        self._first = [first]
        self._lock = threading.Lock()
        self._residents = Residents(self._spawn, kept=kept, spares=spares)

    def run(self, job: Job) -> tuple[Outcome, ...]:
        return self._residents.run(job)

    def warm(self) -> None:
        """Starts the spares and waits for the first, so that the first job finds it ready."""
        self._residents.warm()

    def close(self) -> None:
        self._residents.close()
        while self._first:
            self._first.pop().end()
        self._folder.cleanup()

    def _spawn(self) -> "ChildResident":
        with self._lock:
            if self._first:
                return self._first.pop()
        return _start(self._wall, self._folder.name)


class ChildResident:
    """A harness in a child process."""

    def __init__(self, process: subprocess.Popen[bytes], channel: SocketChannel) -> None:
        self._process = process
        self.channel = channel

    def cause_of_death(self, job: Job) -> Outcome | None:
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


def _strongest(folder: str) -> tuple[Wall, ChildResident]:
    """The first wall that a harness starts behind, and that harness."""
    trouble = SandboxUnavailable("no wall was tried")
    for wall in _walls():
        try:
            return wall, _start(wall, folder)
        except SandboxUnavailable as error:
            trouble = error
    raise trouble


def _walls() -> tuple[Wall, ...]:
    """Every wall whose program is installed, strongest first."""
    root = os.geteuid() == 0 if sys.platform == "linux" else False
    walls = []
    if sys.platform == "linux" and shutil.which("bwrap"):
        walls.append(Wall("bubblewrap: own namespaces, no network, a root with Python only", True, root, _bubblewrap))
    if sys.platform == "linux" and shutil.which("unshare"):
        words = "unshare: own namespaces, no network; the host's files can be read"
        walls += [Wall(words, False, own_user, _unshare) for own_user in ((True, False) if root else (False,))]
    words = "plain child process: resource limits only; network and the host's files can be reached"
    walls += [Wall(words, False, own_user, _plain) for own_user in ((True, False) if root else (False,))]
    return tuple(walls)


def _start(wall: Wall, folder: str) -> ChildResident:
    """Starts a harness behind a wall and waits until it is ready. Raises SandboxUnavailable."""
    ours, theirs = socket.socketpair()
    uid = next(_PRIVATE_UIDS) if wall.own_user else None
    settings = {"path": _import_path(wall), "uid": uid, "limit_processes": True}
    argv = wall.argv(folder)
    with theirs, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                [*argv, json.dumps(settings)],
                stdin=theirs,
                stdout=theirs,
                stderr=errors,
                env={},
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise SandboxUnavailable(f"cannot start {argv[0]}: {error}") from error
        theirs.close()
        resident = ChildResident(process, SocketChannel(ours))
        _greet(resident, wall, errors)
    return resident


def _greet(resident: ChildResident, wall: Wall, errors: Any) -> None:
    """Waits for the harness and judges what it sees. Raises SandboxUnavailable, the harness ended."""
    try:
        ready = read_header(resident.channel, time.monotonic() + START_S, Limits())["ready"]
    except (Hung, Garbled, TimeoutError, KeyError) as error:
        resident.end()
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2] or "it said nothing"
        raise SandboxUnavailable(f"the local sandbox did not start ({said}); see argosy doctor") from error
    alone = ready["pid"] == 1 and not set(ready["interfaces"]) - {"lo"}
    if wall.sealed and not (alone and set(ready["root"]) <= SEALED_ROOT and ready["uid"] != 0):
        resident.end()
        raise SandboxUnavailable(f"{wall.grade}: the wall has holes here; see argosy doctor")


# -- what stands before the harness on the command line -----------------------------------------------------------


def _import_path(wall: Wall) -> list[str]:
    """Where the harness finds numpy, pandas and scipy, since it starts without site-packages."""
    if wall.sealed:
        return ["/packages"]
    return list(dict.fromkeys(str(place.parent) for place in _package_places()))


def _plain(folder: str) -> list[str]:
    return [_interpreter(), "-I", "-S", str(_HARNESS)]


def _unshare(folder: str) -> list[str]:
    user = [] if os.geteuid() == 0 else ["--user", "--map-current-user"]
    namespaces = ["--net", "--pid", "--mount", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"]
    return [_program("unshare"), *user, *namespaces, "--", *_plain(folder)]


def _bubblewrap(folder: str) -> list[str]:
    """A root that holds the interpreter, its library, system libraries and the packages, all read-only."""
    namespaces = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if os.geteuid() == 0:
        user = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        user = ["--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
    folders = ("/usr", "/usr/local", "/usr/local/lib", "/etc", "/dev", "/packages", "/harness", "/python", "/python/lib")
    interpreter, python = _python_in_root(folder)
    return [
        *[_program("bwrap"), *namespaces, *user, "--as-pid-1", "--clearenv"],
        *itertools.chain.from_iterable(("--dir", each) for each in folders),  # made on the way, they would be 0700
        *_system_libraries(),
        *python,
        *itertools.chain.from_iterable(_bound(place, f"/packages/{place.name}") for place in _package_places()),
        *_bound(_HARNESS, "/harness/harness.py"),
        *["--proc", "/proc", "--dev-bind", "/dev/null", "/dev/null", "--remount-ro", "/"],
        *["--chdir", "/", "--", interpreter, "-I", "-S", "/harness/harness.py"],
    ]


def _python_in_root(empty: str) -> tuple[str, list[str]]:
    """The interpreter's place in the new root, and the binds that put it and its library there.

    One that the system owns keeps its place, since its library is looked for there; any other tree moves to /python,
    so that no home directory shows. Packages installed beside the library are covered by the folder `empty`.
    """
    binary, library, tree = Path(_interpreter()), Path(os.__file__).resolve().parent, Path(sys.base_prefix).resolve()
    new = tree if tree.is_relative_to("/usr") else Path("/python")
    shared = [] if tree == Path("/usr") else sorted(tree.glob("lib/*.so*"))
    binds = [bind for place in (binary, library, *shared) for bind in _bound(place, str(new / place.relative_to(tree)))]
    covered = [name for name in ("site-packages", "dist-packages") if (library / name).is_dir()]
    for name in covered:
        binds += _bound(Path(empty), str(new / library.relative_to(tree) / name))
    return str(new / binary.relative_to(tree)), ["--dir", str(new / "bin"), *binds]


def _system_libraries() -> list[str]:
    """The shared libraries of the system where the loader looks for them; a merged /usr keeps its links."""
    binds: list[str] = []
    for name in ("lib", "lib64", "lib32", "libx32"):
        usr, top = Path("/usr", name), Path("/", name)
        if usr.is_dir():
            binds += _bound(usr, str(usr))
        if top.is_symlink():
            binds += ["--symlink", os.readlink(top), str(top)]
        elif top.is_dir():
            binds += _bound(top, str(top))
    if Path("/etc/ld.so.cache").exists():
        binds += _bound(Path("/etc/ld.so.cache"), "/etc/ld.so.cache")
    return binds


def _package_places() -> list[Path]:
    """The folders and modules of the packages, with the shared libraries that their wheels put beside them."""
    places: list[Path] = []
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        place = origin.parent if origin.name == "__init__.py" else origin
        places += [each for each in (place, place.with_name(f"{name}.libs")) if each.exists()]
    return places


def _bound(source: Path, target: str) -> Sequence[str]:
    return ("--ro-bind", str(source.resolve()), target)


def _interpreter() -> str:
    """This Python's real binary, behind the links of a virtual environment."""
    return os.path.realpath(sys.executable)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SandboxUnavailable(f"{name} is gone; install it again")
    return found
