"""Profiles as programs say what profiles as tables say, and let rules through that use the libraries widely."""

import base64
import json
import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.sandbox.listing import ALLOWED
from argosy.sandbox.protocol import Broke, Evaluation, Input, Job, Limits, Ran, Sandbox, TooBig
from argosy.sandbox.seccomp import FOLDER, MACHINES, Profile, everything, profile_text, program, programs
from argosy.sandbox.tools.measure import MeasuredCalls, profile_of, with_kin, write_profiles
from argosy.sandbox.tools.sample_rules import exercises

NUMBERS = json.loads((FOLDER / "numbers.json").read_text())
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def interpreted(code: bytes, machine: int, number: int, arguments: list[int]) -> int:
    """What the kernel would make of a call: classic BPF over struct seccomp_data."""
    data = struct.pack("<IIQ6Q", number, machine, 0, *arguments)
    instructions = [struct.unpack_from("<HBBI", code, at) for at in range(0, len(code), 8)]
    loaded, at = 0, 0
    while True:
        operation, yes, no, operand = instructions[at]
        at += 1
        match operation:
            case 0x20:
                (loaded,) = struct.unpack_from("<I", data, operand)
            case 0x54:
                loaded &= operand
            case 0x15:
                at += yes if loaded == operand else no
            case 0x35:
                at += yes if loaded >= operand else no
            case 0x06:
                return operand


def by_table(profile: dict[str, Any], name: str, arguments: list[int]) -> int:
    """What the profile says, read as Docker reads it."""
    for rule in profile["syscalls"]:
        if name in rule["names"] and all(_holds(each, arguments) for each in rule.get("args", ())):
            return ALLOW if rule["action"] == "SCMP_ACT_ALLOW" else ERRNO | rule["errnoRet"]
    return ERRNO | 1


def _holds(wanted: dict[str, Any], arguments: list[int]) -> bool:
    given = arguments[wanted["index"]]
    if wanted["op"] == "SCMP_CMP_EQ":
        return given == wanted["value"]
    return given & wanted["value"] == wanted["valueTwo"]


WORDS = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2, 3, 5, 7, 0o100, 0x10000000, 0x5401, 1 << 32]))


@pytest.mark.parametrize("which", Profile)
@pytest.mark.parametrize("machine", MACHINES)
@given(data=st.data(), arguments=st.lists(WORDS, min_size=6, max_size=6))
def test_a_program_says_what_its_profile_says(which: Profile, machine: str, data: Any, arguments: list[int]) -> None:
    code = base64.b64decode(programs(which)[machine])
    name = data.draw(st.sampled_from(sorted(NUMBERS[machine])))
    got = interpreted(code, MACHINES[machine], NUMBERS[machine][name], arguments)
    assert got == by_table(json.loads(profile_text(which)), name, arguments)


@given(number=st.integers(0, 2**32 - 1))
def test_calls_of_no_number_that_we_know_are_refused(number: int) -> None:
    code = base64.b64decode(programs(Profile.RULE)["x86_64"])
    got = interpreted(code, MACHINES["x86_64"], number, [0] * 6)
    assert got != ALLOW or number in NUMBERS["x86_64"].values()
    assert interpreted(code, 0x40000003, number, [0] * 6) == KILL  # the 32-bit door beside the guarded one


def test_what_a_rule_never_does() -> None:
    rule = json.loads(profile_text(Profile.RULE))
    allowed = {name for each in rule["syscalls"] if each["action"] == "SCMP_ACT_ALLOW" for name in each["names"]}
    for call in ("execve", "clone", "fork", "socket", "connect", "kill", "ptrace", "bpf", "mount", "unshare", "prctl"):
        assert call not in allowed
    assert len(allowed) < 70
    assert len(base64.b64decode(everything()["aarch64"])) == 8


READ, WRITE, EXECUTE = 1, 2, 4
SHARED, PRIVATE, SHARED_VALIDATE, FIXED, ANONYMOUS, DENYWRITE = 1, 2, 3, 0x10, 0x20, 0x800


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("protection", "flags", "allowed"),
    [
        (READ | WRITE, PRIVATE | ANONYMOUS, True),
        (READ | WRITE, SHARED | ANONYMOUS, True),
        (READ, PRIVATE | DENYWRITE, True),
        (READ | EXECUTE, PRIVATE | FIXED | DENYWRITE, True),  # as the loader maps a library's program
        (READ | WRITE | EXECUTE, PRIVATE | FIXED | DENYWRITE, False),
        (READ | EXECUTE, PRIVATE | ANONYMOUS, False),
        (READ | EXECUTE, SHARED | ANONYMOUS, False),
        (EXECUTE, SHARED, False),
        (EXECUTE, SHARED_VALIDATE, False),
        (READ | EXECUTE | 1 << 40, SHARED, False),
    ],
)
def test_what_is_a_program_is_a_library_s_file(machine: str, protection: int, flags: int, allowed: bool) -> None:
    code = base64.b64decode(programs(Profile.RULE)[machine])
    arguments = [0, 4096, protection, flags, 5, 0]
    got = interpreted(code, MACHINES[machine], NUMBERS[machine]["mmap"], arguments)
    assert got == (ALLOW if allowed else ERRNO | 1)


@pytest.mark.slow
def test_the_libraries_bring_no_memory_that_can_be_written_to_and_executed() -> None:
    """What is there when a job's process gives up its calls stays there; what is shared could be mapped once more."""
    load = "; ".join(f"import {name}" for name in json.loads(ALLOWED.read_text()) if name)
    look = "print([m for m in open('/proc/self/maps') if 'x' in m.split()[1] and set('ws') & set(m.split()[1])])"
    shown = subprocess.run([sys.executable, "-c", f"import ctypes; {load}; {look}"], capture_output=True, check=True)
    assert shown.stdout.strip() == b"[]"


@pytest.mark.parametrize(
    "strange", [{"defaultAction": "SCMP_ACT_ALLOW"}, {"syscalls": [{"names": ["read"], "action": "X"}]}]
)
def test_what_no_profile_of_ours_says_is_refused(strange: dict[str, Any]) -> None:
    profile = {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []} | strange
    with pytest.raises(ValueError, match=r"refuses by default|no action X"):
        program(profile, "x86_64", {"read": 0})


def test_profiles_are_written_from_what_was_measured(tmp_path: Any) -> None:
    write_profiles(MeasuredCalls(frozenset({"fork", "clone"}), frozenset({"read", "mmap"})), ["execve"], tmp_path)
    rule = json.loads((tmp_path / "rule.json").read_text())
    assert rule == json.loads(json.dumps(profile_of(Profile.RULE, with_kin({"read", "mmap"}))))
    assert {"read", "mmap", "execve"} <= json.loads((tmp_path / "numbers.json").read_text())["x86_64"].keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", exercises())
def test_rules_that_use_the_libraries_widely_run_behind_every_wall(sandbox: Sandbox, name: str) -> None:
    given = Input(np.random.default_rng(1).normal(size=2_000), 60 * np.arange(2_000))
    (seen,) = sandbox.run(Job(exercises()[name], (given,), (Evaluation({}),), Limits(job_s=60.0)))
    wanted = {"an error": Broke, "too much memory": TooBig, "deep recursion": Broke}.get(name, Ran)
    assert isinstance(seen, wanted), seen
    if isinstance(seen, Broke):
        assert "PermissionError" not in seen.error
