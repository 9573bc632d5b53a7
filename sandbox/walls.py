"""The walls that a local sandbox can stand behind: bubblewrap, unshare, or none, as commands that start the harness."""

import importlib.util
import itertools
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from argosy.sandbox.errors import SandboxUnavailable

SEALED_ROOT = frozenset(
    ("dev", "etc", "harness", "lib", "lib32", "lib64", "libx32", "packages", "proc", "python", "usr")
)
PACKAGES = ("numpy", "pandas", "scipy", "dateutil", "pytz", "six", "tzdata")

_HARNESS = Path(__file__).with_name("harness.py")


@dataclass(frozen=True)
class Wall:
    """One way to start the harness. `argv` makes the command from an empty folder; `grade` says what it keeps out."""

    grade: str
    sealed: bool
    own_user: bool
    argv: Callable[[str], list[str]]


def walls() -> tuple[Wall, ...]:
    """Every wall whose program is installed, strongest first."""
    root = os.geteuid() == 0 if sys.platform == "linux" else False
    found = []
    if sys.platform == "linux" and shutil.which("bwrap"):
        found.append(Wall("bubblewrap: own namespaces, no network, a root with Python only", True, root, _bubblewrap))
    if sys.platform == "linux" and shutil.which("unshare"):
        words = "unshare: own namespaces, no network; the host's files are hidden by Landlock only"
        found += [Wall(words, False, own_user, _unshare) for own_user in ((True, False) if root else (False,))]
    words = "plain child process: resource limits and system call filter only"
    found += [Wall(words, False, own_user, plain) for own_user in ((True, False) if root else (False,))]
    return tuple(found)


def import_path(wall: Wall) -> list[str]:
    """Where the harness finds numpy, pandas and scipy, since it starts without site-packages."""
    if wall.sealed:
        return ["/packages"]
    return list(dict.fromkeys(str(place.parent) for place in _package_places()))


def plain(folder: str) -> list[str]:  # noqa: ARG001
    """The command that starts the harness as a child like any other."""
    return [_interpreter(), "-I", "-S", str(_HARNESS)]


def _unshare(folder: str) -> list[str]:
    user = [] if os.geteuid() == 0 else ["--user", "--map-current-user"]
    namespaces = ["--net", "--pid", "--mount", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"]
    return [_program("unshare"), *user, *namespaces, "--", *plain(folder)]


def _bubblewrap(folder: str) -> list[str]:
    """A root that holds the interpreter, its library, system libraries and the packages, all read-only."""
    namespaces = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-cgroup-try"]
    named = ["--unshare-uts", "--hostname", "sandbox"]  # a namespace of one's own begins with the host's name
    if os.geteuid() == 0:
        user = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        user = ["--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
    folders = (
        "/usr",
        "/usr/local",
        "/usr/local/lib",
        "/etc",
        "/dev",
        "/packages",
        "/harness",
        "/python",
        "/python/lib",
    )
    interpreter, python = _python_in_root(folder)
    return [
        *[_program("bwrap"), *namespaces, *named, *user, "--as-pid-1", "--clearenv"],
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


def _bound(source: Path, target: str) -> list[str]:
    return ["--ro-bind", str(source.resolve()), target]


def _interpreter() -> str:
    """This Python's real binary, behind the links of a virtual environment."""
    return os.path.realpath(sys.executable)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SandboxUnavailable(f"{name} is gone; install it again")
    return found
