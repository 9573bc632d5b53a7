"""Temporary folders of sandboxes, named after the process that made them: those of a crashed one can be told."""

import os
import shutil
import tempfile
from pathlib import Path

from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.owners import alive, owner

PREFIX = "argosy-sandbox-"


def make_folder() -> Path:
    """An empty folder that only we may enter. Raises SandboxUnavailable where there is no place for one."""
    try:
        return Path(tempfile.mkdtemp(prefix=f"{_ours()}{owner(os.getpid()).replace(':', '.')}-"))
    except OSError as error:
        raise SandboxUnavailable(f"no place for a folder: {error}; free space in the temporary folder") from error


def reap_folders() -> int:
    """Removes the folders of processes of this user and machine that are no longer alive; returns how many."""
    found = Path(tempfile.gettempdir()).glob(f"{_ours()}*")
    left = [each for each in found if _is_mine(each) and not alive(_maker(each))]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return sum(not each.exists() for each in left)


def _ours() -> str:
    """How names begin: another numbering of processes makes others, since its numbers say nothing here."""
    try:
        numbering = os.stat("/proc/self/ns/pid").st_ino & 0xFFFFFF
    except OSError:
        numbering = 0
    return f"{PREFIX}{numbering:x}-"


def _maker(folder: Path) -> str:
    """The process that a folder's name tells, as `owner` describes one."""
    return folder.name.removeprefix(_ours()).rpartition("-")[0].replace(".", ":")


def _is_mine(folder: Path) -> bool:
    try:
        return folder.lstat().st_uid == os.geteuid()
    except OSError:  # gone meanwhile
        return False
