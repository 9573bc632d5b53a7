"""What is taken from a container and from the harness in it before a rule runs there."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.types import LogConfig, Mount, Ulimit

from argosy.sandbox.image import HARNESS, PYTHON
from argosy.sandbox.protocol import Limits
from argosy.sandbox.seccomp import Profile, profile_text, programs

LABEL = "argosy.sandbox"
DOOR = "/door"
"""Where a container finds the socket that it talks to its host through."""
HARNESS_BYTES = 256 << 20
"""Memory of a container above the limit for a rule: the harness and the libraries that it has loaded."""
OPEN_FILES = 512
NOBODY = 65534


@dataclass(frozen=True)
class Recipe:
    """How containers are made: `flags` for the engine, `settings` for the harness; `judged` by what they see there."""

    image: str
    flags: Mapping[str, Any]
    settings: Mapping[str, Any]
    judged: bool = True


def recipe(image: str, limits: Limits, runtime: str = "") -> Recipe:
    """The hardened container for these ceilings of memory and processes; `runtime` as the engine names it."""
    return Recipe(image, container_flags(limits, runtime), harness_settings())


def container_flags(limits: Limits, runtime: str = "") -> dict[str, Any]:
    """What docker-py's `create` is told: nothing to write on, nobody to talk to, no privilege, little of anything."""
    memory = limits.memory_bytes + HARNESS_BYTES
    return {
        "auto_remove": True,
        "network_mode": "none",
        "ipc_mode": "none",
        "tmpfs": {"/dev/mqueue": "ro,size=4k,nr_inodes=2,noexec,nosuid,nodev"},  # else anybody may write to it
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges", f"seccomp={profile_text(Profile.HARNESS)}"],
        "user": f"{NOBODY}:{NOBODY}",
        "working_dir": "/",
        "mem_limit": memory,
        "memswap_limit": memory,
        "nano_cpus": 1_000_000_000,
        "pids_limit": limits.processes + 4,
        "ulimits": [
            Ulimit(name="core", soft=0, hard=0),
            Ulimit(name="nofile", soft=OPEN_FILES, hard=OPEN_FILES),
            Ulimit(name="memlock", soft=0, hard=0),
            Ulimit(name="msgqueue", soft=0, hard=0),
        ],
        "log_config": LogConfig(type="none"),
        **({"runtime": runtime} if runtime else {}),
    }


def harness_settings(
    *,
    path: Sequence[str] = (),
    uid: int | None = None,
    limit_processes: bool = False,
    calls: Mapping[str, str] | None = None,
    confine_files: bool = True,
) -> dict[str, Any]:
    """What the harness is told when it starts.

    `path` is where it finds the libraries, `uid` who it becomes, `calls` the filter of system calls for a job's process
    (default: our profile), `confine_files` whether such a process may read libraries only.
    """
    return {
        "path": list(path),
        "uid": uid,
        "limit_processes": limit_processes,
        "calls": programs(Profile.RULE) if calls is None else dict(calls),
        "confine_files": confine_files,
        "socket": "",
        "load": ["numpy", "pandas"],
    }


def creation(made: Recipe, door: Path | None, load: Sequence[str]) -> dict[str, Any]:
    """The arguments of docker-py's `create` for one container, which finds the socket `door` and loads libraries."""
    settings = {**made.settings, "load": list(load), "socket": DOOR if door else ""}
    mounts = [Mount(DOOR, str(door), type="bind", read_only=True)] if door else []
    return {
        "image": made.image,
        "entrypoint": ["/usr/bin/env", "-i", PYTHON, "-I", "-u", HARNESS, json.dumps(settings)],
        "labels": {LABEL: made.image, f"{LABEL}.host": host(), f"{LABEL}.owner": owner(os.getpid())},
        "stdin_open": True,
        "mounts": mounts,
        **made.flags,
    }


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


def alive(said: str) -> bool:
    """Whether the process that `owner` described is still there."""
    number = said.partition(":")[0]
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return owner(int(number)) == said
