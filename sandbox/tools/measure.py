"""Which system calls rules need: measured with strace on rules that use the libraries widely, then narrowed.

`measure` runs every exercise behind no wall but strace, and splits what it sees at the moment when a job's process
would give up its calls: what comes after is the rule's, the rest the harness's. `write_profiles` turns the two sets
into Docker profiles. Three tables say what measuring cannot know: KIN, NARROWED and REFUSED_OTHERWISE.
"""

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from argosy.sandbox.channels import SocketChannel
from argosy.sandbox.errors import SandboxUnavailable
from argosy.sandbox.harness_settings import harness_settings
from argosy.sandbox.protocol import Evaluation, Input, Job, Limits
from argosy.sandbox.seccomp import FOLDER, MACHINES, Profile, everything, program
from argosy.sandbox.tools.sample_rules import exercises
from argosy.sandbox.walls import import_path, plain, walls
from argosy.sandbox.wire import ask, read_header

POINTS = 2_000
START_S = 120.0

KIN = {
    "newfstatat": ("fstat", "stat", "lstat", "statx", "readlink", "readlinkat", "access", "faccessat", "faccessat2"),
    "mmap": ("munmap", "mremap", "madvise", "brk", "mprotect"),
    "futex": ("set_robust_list", "rseq", "membarrier", "sched_yield", "get_robust_list"),
    "getpid": (
        "clock_gettime",
        "clock_getres",
        "gettimeofday",
        "time",
        "gettid",
        "getppid",
        "getuid",
        "geteuid",
        "getgid",
        "getegid",
        "getcwd",
        "uname",
        "sched_getaffinity",
    ),
    "read": ("readv", "pread64", "lseek", "close"),
    "write": ("writev",),
    "exit_group": ("exit", "rt_sigreturn", "restart_syscall", "rt_sigaction", "rt_sigprocmask", "sigaltstack"),
    "getrandom": (),
    "getdents64": ("fcntl", "ioctl", "poll", "ppoll", "dup"),
}
"""Calls that another version of libc, Python or the processor makes in place of a measured one, or beside it."""

_NO_WRITING = 0o3 | 0o100 | 0o1000 | 0o2000 | 0o20000000  # the access mode, O_CREAT, O_TRUNC, O_APPEND, __O_TMPFILE
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS … CLONE_NEWNET, CLONE_NEWCGROUP
_TCGETS, _FIOCLEX, _TIOCGWINSZ = 0x5401, 0x5451, 0x5413
_PROT_WRITE, _PROT_EXEC = 0x2, 0x4
_MAP_TYPE, _MAP_PRIVATE, _MAP_ANONYMOUS = 0x0F, 0x02, 0x20


def _masked(index: int, mask: int, value: int = 0) -> dict[str, Any]:
    return {"index": index, "value": mask, "valueTwo": value, "op": "SCMP_CMP_MASKED_EQ"}


def _equal(index: int, value: int) -> dict[str, Any]:
    return {"index": index, "value": value, "valueTwo": 0, "op": "SCMP_CMP_EQ"}


NARROWED: Mapping[Profile, Mapping[str, tuple[tuple[dict[str, Any], ...], ...]]] = {
    Profile.RULE: {
        "openat": ((_masked(2, _NO_WRITING),),),  # for reading only
        "open": ((_masked(1, _NO_WRITING),),),
        "mmap": (
            (_masked(2, _PROT_EXEC),),
            # A program is a library's file, mapped for this process alone: shared pages could be mapped once more, to
            # be written to there (mremap(2) with an old size of 0).
            (_masked(2, _PROT_WRITE), _masked(3, _MAP_TYPE | _MAP_ANONYMOUS, _MAP_PRIVATE)),
        ),
        "mprotect": ((_masked(2, _PROT_EXEC),),),  # what was written never becomes a program
        "ioctl": tuple((_equal(1, number),) for number in (_TCGETS, _FIOCLEX, _TIOCGWINSZ)),
        "fcntl": tuple(
            (_equal(1, number),) for number in (1, 2, 3, 1030)
        ),  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
        "prlimit64": ((_equal(2, 0),),),  # look, not set
    },
    Profile.HARNESS: {
        "clone": ((_masked(0, _NEW_NAMESPACES),),),
        "socket": ((_equal(0, 1),), (_equal(0, 16),)),  # AF_UNIX for the door, AF_NETLINK to see what network there is
    },
}
"""Arguments that a call is allowed with: alternatives, each of conditions that all hold."""

REFUSED_OTHERWISE = {"clone3": 38}
"""Calls whose refusal must read "no such call" (ENOSYS), upon which libc uses an older one that can be narrowed."""


@dataclass(frozen=True)
class MeasuredCalls:
    """The calls seen, by name."""

    harness: frozenset[str]
    rule: frozenset[str]


def measure() -> MeasuredCalls:
    """Runs every exercise under strace. Raises SandboxUnavailable without strace, or when an exercise does not run."""
    strace = shutil.which("strace")
    if strace is None:
        raise SandboxUnavailable("strace is not there; install it to measure what rules need")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "calls")
        _run_exercises([strace, "-f", "-qq", "-o", str(log), *plain(folder)], folder)
        return _split(log.read_text(encoding="utf-8", errors="replace").splitlines())


def _run_exercises(argv: list[str], folder: str) -> None:
    ours, theirs = socket.socketpair()
    settings = harness_settings(path=import_path(walls()[-1]), calls=everything())
    with theirs:
        process = subprocess.Popen(
            [*argv, json.dumps(settings)], stdin=theirs.fileno(), stdout=theirs.fileno(), env={}, cwd=folder
        )
    channel = SocketChannel(ours)
    try:
        read_header(channel, time.monotonic() + START_S, Limits())
        given = Input(np.random.default_rng(1).normal(size=POINTS), 60 * np.arange(POINTS))
        for source in exercises().values():
            reply = ask(channel, Job(source, (given,), (Evaluation({}),), Limits(job_s=START_S)))
            if reply.ending is not None:
                reply.ending.came(START_S)
    finally:
        channel.close()
        process.wait(START_S)


def _split(lines: Iterable[str]) -> MeasuredCalls:
    """What each process called before and after it installed a filter.

    A call that another process's line interrupts is counted where it begins, not where it is resumed.
    """
    confined: set[str] = set()
    seen: dict[bool, set[str]] = {False: set(), True: set()}
    for line in lines:
        found = re.match(r"(\d+)\s+(\w+)\(", line)
        if found is None:
            continue
        process, name = found.groups()
        if "PR_SET_SECCOMP" in line:
            confined.add(process)
        else:
            seen[process in confined].add(name)
    return MeasuredCalls(frozenset(seen[False]), frozenset(seen[True]))


def with_kin(names: Iterable[str]) -> frozenset[str]:
    """The calls and those that stand in for them elsewhere."""
    found = frozenset(names)
    return found.union(*(kin for name, kin in KIN.items() if name in found))


def profile_of(which: Profile, names: Iterable[str]) -> dict[str, Any]:
    """A profile in Docker's format that allows these calls, narrowed."""
    narrowed = NARROWED[which]
    plain_names = sorted(set(names) - narrowed.keys() - REFUSED_OTHERWISE.keys())
    allow = "SCMP_ACT_ALLOW"
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "archMap": [{"architecture": f"SCMP_ARCH_{machine.upper()}", "subArchitectures": []} for machine in MACHINES],
        "syscalls": [
            {"names": plain_names, "action": allow},
            *(
                {"names": [name], "action": allow, "args": list(conditions)}
                for name in sorted(narrowed.keys() & set(names))
                for conditions in narrowed[name]
            ),
            *(
                {"names": [name], "action": "SCMP_ACT_ERRNO", "errnoRet": number}
                for name, number in REFUSED_OTHERWISE.items()
            ),
        ],
    }


def allowed(folder: Path = FOLDER) -> dict[str, frozenset[str]]:
    """The calls that each profile in a folder allows, some of them with certain arguments only."""
    found = {}
    for which in Profile:
        profile = json.loads((folder / f"{which}.json").read_text(encoding="utf-8"))
        rules = [each for each in profile["syscalls"] if each["action"] == "SCMP_ACT_ALLOW"]
        found[str(which)] = frozenset(name for each in rules for name in each["names"])
    return found


def write_profiles(measured: MeasuredCalls, starting: Iterable[str], folder: Path = FOLDER) -> None:
    """Writes both profiles and the numbers of every call that they name; `starting` are those of the engine's."""
    rule = with_kin(measured.rule)
    harness = with_kin(measured.harness) | rule | set(starting)
    folder.mkdir(parents=True, exist_ok=True)
    profiles = {Profile.RULE: profile_of(Profile.RULE, rule), Profile.HARNESS: profile_of(Profile.HARNESS, harness)}
    named = harness | REFUSED_OTHERWISE.keys()
    numbers = {machine: {n: i for n, i in sorted(_numbers(machine).items()) if n in named} for machine in MACHINES}
    for which, profile in profiles.items():
        for machine in MACHINES:
            program(profile, machine, numbers[machine])  # it must be one that we can compile
        _write(folder / f"{which}.json", profile)
    _write(folder / "numbers.json", numbers)


_HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}


def _numbers(machine: str) -> dict[str, int]:
    """The numbers of system calls, from the kernel's headers. Raises SandboxUnavailable without them."""
    for path in map(Path, _HEADERS[machine]):
        if path.is_file():
            return dict(_defined(path.read_text(encoding="utf-8")))
    raise SandboxUnavailable("the kernel's headers are not there; install linux-libc-dev")


def _defined(text: str) -> Iterator[tuple[str, int]]:
    """The definitions in a header; the generic one gives numbers to names of its own for calls with 64-bit offsets."""
    generic = dict(re.findall(r"#define __NR3264_(\w+) (\d+)", text))
    for name, value in re.findall(r"#define __NR_(\w+)\s+(\S+)", text):
        number = generic.get(value.removeprefix("__NR3264_"), value)
        if number.isdecimal():
            yield name, int(number)


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
