"""Which system calls an engine's runtime makes under the filter before the harness runs: found by leaving each out."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

from argosy.sandbox.containers import ContainerSandbox
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.hardening import recipe
from argosy.sandbox.image import image_tag
from argosy.sandbox.protocol import Limits
from argosy.sandbox.resident import Pool
from argosy.sandbox.seccomp import Profile
from argosy.sandbox.tools.measure import profile_of

CANDIDATES = (
    *("execve", "prctl", "seccomp", "capget", "capset", "setgroups", "setresgid", "setresuid", "setgid", "setuid"),
    *("fstatfs", "statfs", "epoll_ctl", "epoll_pwait", "epoll_create1", "nanosleep", "clock_nanosleep", "tgkill"),
    *("setsid", "dup3", "eventfd2", "fchdir", "chdir", "fchown", "fchmod", "keyctl", "close_range", "openat2", "umask"),
    *("sched_setaffinity", "pidfd_open", "waitid", "recvfrom", "sendmsg", "getsockopt", "setsockopt", "sysinfo"),
)
ELSEWHERE = ("statfs", "openat2", "close_range", "epoll_ctl", "epoll_pwait", "nanosleep", "tgkill", "capget", "capset")
"""What other versions of the runtime, and others than runc, use at the same moment."""


def starting_calls(measured: Iterable[str]) -> frozenset[str]:
    """The candidates without which no container starts, beside those measured. Raises SandboxUnavailable."""
    beside = frozenset(measured) - set(CANDIDATES)
    if not _starts(beside | set(CANDIDATES)):
        raise SandboxUnavailable("no container starts even with every candidate; add what it lacks to CANDIDATES")
    return needed(CANDIDATES, lambda names: _starts(beside | names)) | set(ELSEWHERE)


def needed(candidates: Iterable[str], enough: Callable[[frozenset[str]], bool]) -> frozenset[str]:
    """The candidates that cannot be left out one after another."""
    left = frozenset(candidates)
    for name in candidates:
        if enough(left - {name}):
            left -= {name}
    return left


def _starts(names: frozenset[str]) -> bool:
    made = recipe(image_tag(), Limits())
    profile = json.dumps(profile_of(Profile.HARNESS, names))
    made = replace(made, flags={**made.flags, "security_opt": ["no-new-privileges", f"seccomp={profile}"]})
    sandbox = ContainerSandbox(made=made, pool=Pool(spares=1))
    try:
        sandbox.warm()
    except SandboxUnavailable:
        return False
    finally:
        sandbox.close()
    return True
