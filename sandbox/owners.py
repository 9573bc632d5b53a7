"""Which process of which machine a container or a folder belongs to, and whether that process is still alive."""

import os
import platform
from pathlib import Path


def host() -> str:
    """This machine and its numbering of processes: another one's numbers say nothing here."""
    try:
        return f"{platform.node()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return platform.node()


def owner(pid: int) -> str:
    """A process's number and the moment it started, so that a number used again is told apart."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return f"{pid}:"
    return f"{pid}:{fields[19]}"


def alive(mark: str) -> bool:
    """Whether the process that `owner` described is still there."""
    number = mark.partition(":")[0]
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return owner(int(number)) == mark
