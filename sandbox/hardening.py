"""What is taken from a container before a rule runs there."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.types import LogConfig, Mount, Ulimit

from argosy.sandbox.harness_settings import harness_settings
from argosy.sandbox.image import HARNESS, PYTHON
from argosy.sandbox.owners import host, owner
from argosy.sandbox.protocol import Limits
from argosy.sandbox.seccomp import Profile, profile_text

LABEL = "argosy.sandbox"
DOOR = "/door"
"""Where a container finds the socket that it talks to its host through."""
HARNESS_BYTES = 256 << 20
"""Memory of a container above the limit for a rule: the harness and the libraries that it has loaded."""
OPEN_FILES = 512
NOBODY = 65534


@dataclass(frozen=True)
class ContainerRecipe:
    """How containers are made: `flags` for the engine, `settings` for the harness; `judged` by what they see there."""

    image: str
    flags: Mapping[str, Any]
    settings: Mapping[str, Any]
    judged: bool = True


def recipe(image: str, limits: Limits, runtime: str = "") -> ContainerRecipe:
    """The hardened container for these ceilings of memory and processes; `runtime` as the engine names it."""
    return ContainerRecipe(image, container_flags(limits, runtime), harness_settings())


def container_flags(limits: Limits, runtime: str = "") -> dict[str, Any]:
    """Arguments of docker-py's `create`: no writable disk, no network, no privileges, low limits."""
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


def creation(made: ContainerRecipe, door: Path | None, load: Sequence[str]) -> dict[str, Any]:
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
