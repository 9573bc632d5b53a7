"""Which system calls a process may make: profiles in Docker's own format, and as programs for the kernel.

A profile is JSON as `docker run --security-opt seccomp=` takes it. `program` turns one into the classic BPF that
prctl(2) installs, so that the same profile holds where there is no Docker. Everything not named gives EPERM.
`profiles/` is written by `argosy sandbox measure`; see measure.py.
"""

import base64
import json
import struct
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("profiles")
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machines that numbers are known for, as uname(2) calls them, and what the kernel calls them: AUDIT_ARCH_…"""

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16  # in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM = 1
_X32_NUMBERS = 0x40000000

Instruction = tuple[int, int, int, int]
"""Operation, jump if true, jump if false, operand: struct sock_filter."""


class Profile(StrEnum):
    """Whose calls: those of the harness until a job begins, or those of the job's own process."""

    HARNESS = "harness"
    RULE = "rule"


@cache
def profile_text(profile: Profile) -> str:
    """The profile as JSON in Docker's format."""
    return (FOLDER / f"{profile}.json").read_text(encoding="utf-8")


@cache
def programs(profile: Profile) -> dict[str, str]:
    """The profile as a program for each machine, in base64."""
    numbers: dict[str, dict[str, int]] = json.loads((FOLDER / "numbers.json").read_text(encoding="utf-8"))
    rules = json.loads(profile_text(profile))
    return {
        machine: base64.b64encode(program(rules, machine, numbers[machine])).decode("ascii") for machine in MACHINES
    }


def everything() -> dict[str, str]:
    """A program that allows every call, for measuring."""
    allow = struct.pack("<HBBI", _RETURN, 0, 0, _ALLOW)
    return dict.fromkeys(MACHINES, base64.b64encode(allow).decode("ascii"))


def program(profile: Mapping[str, Any], machine: str, numbers: Mapping[str, int]) -> bytes:
    """A profile as an array of struct sock_filter; calls that the machine does not have are left out.

    A call by another machine's numbers kills the process. Raises ValueError for what Docker's format allows and no
    profile of ours uses.
    """
    if profile["defaultAction"] != "SCMP_ACT_ERRNO":
        raise ValueError("a profile refuses by default")
    code: list[Instruction] = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_JUMP_IF_EQUAL, 1, 0, MACHINES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_IF_AT_LEAST, 0, 1, _X32_NUMBERS),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
    ]
    for rule in profile["syscalls"]:
        for name in rule["names"]:
            if name in numbers:
                code.extend(_rule(numbers[name], rule))
    code.append((_RETURN, 0, 0, _ERRNO | _EPERM))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _rule(number: int, rule: Mapping[str, Any]) -> Iterator[Instruction]:
    """Gives the rule's answer for this call if its arguments are as wanted; else goes on with the number loaded."""
    checks = [check for wanted in rule.get("args", ()) for check in _argument(wanted)]
    tail = 2 if checks else 1  # the answer, and loading the number again
    yield (_JUMP_IF_EQUAL, 0, 3 * len(checks) + tail, number)
    for place, (at, mask, value) in enumerate(checks):
        yield (_LOAD, 0, 0, at)
        yield (_AND, 0, 0, mask)
        yield (_JUMP_IF_EQUAL, 0, 3 * (len(checks) - place - 1) + 1, value)
    yield (_RETURN, 0, 0, _answer(rule))
    if checks:
        yield (_LOAD, 0, 0, _NUMBER_AT)


def _argument(wanted: Mapping[str, Any]) -> Iterator[tuple[int, int, int]]:
    """The two halves of an argument: where each stands, its mask, and what it must be."""
    match wanted["op"]:
        case "SCMP_CMP_EQ":
            mask, value = (1 << 64) - 1, wanted["value"]
        case "SCMP_CMP_MASKED_EQ":
            mask, value = wanted["value"], wanted["valueTwo"]
        case other:
            raise ValueError(f"no comparison {other}")
    for half in (0, 1):
        shift = 32 * half
        yield _ARGUMENTS_AT + 8 * wanted["index"] + 4 * half, mask >> shift & 0xFFFFFFFF, value >> shift & 0xFFFFFFFF


def _answer(rule: Mapping[str, Any]) -> int:
    match rule["action"]:
        case "SCMP_ACT_ALLOW":
            return _ALLOW
        case "SCMP_ACT_ERRNO":
            return _ERRNO | int(rule["errnoRet"])
        case other:
            raise ValueError(f"no action {other}")
