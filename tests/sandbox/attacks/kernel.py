"""Attacks on the kernel: system calls that numbers never need, by their numbers, past every library."""

from textwrap import dedent, indent
from typing import Any

from argosy.sandbox.protocol import Broke, TooBig
from tests.sandbox.attacks.registry import ATTACKS, QUICK, Attack, Harm, Protection, attack

P = Protection
Array = Any


def call_attack(name: str, number: str, arguments: str, *lacks: Protection, prepare: str = "pass") -> None:
    """Registers the attack that makes one system call, and whose harm is that the kernel does it."""
    source = f'''"""Asks the kernel for {name}."""
import numpy as np


def detect(values, seconds):
    import ctypes, os
    {prepare}
    number = {number}[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    got = libc.syscall(number, {arguments})
    if got < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return values * 0 + 1
'''
    ATTACKS[name] = Attack(
        name, source, Harm.RETURNED, frozenset((P.CALLS, *lacks)), Broke, "PermissionError", "", QUICK
    )


def numbers(x86_64: int, aarch64: int) -> str:
    return repr({"x86_64": x86_64, "aarch64": aarch64})


call_attack("io_uring", numbers(425, 425), "4, ctypes.create_string_buffer(120)")
call_attack("ptrace_of_itself", numbers(101, 117), "0, 0, 0, 0")
call_attack("memfd", numbers(319, 279), "b'hidden', 0")
call_attack(
    "bpf", numbers(321, 280), "0, attributes, len(attributes)", P.PRIVILEGES,
    prepare="attributes = np.array([2, 4, 8, 1] + [0] * 8, dtype='u4').tobytes()",
)  # fmt: skip
call_attack("mount", numbers(165, 40), "b'none', b'/dev', b'tmpfs', 0, None", P.PRIVILEGES, P.FILES)
call_attack("unshare_user", numbers(272, 97), "0x10000000")
call_attack("unshare_network", numbers(272, 97), "0x40000000", P.PRIVILEGES)
call_attack("keyctl", numbers(248, 217), "b'user', b'left', b'a note', ctypes.c_size_t(6), -2")
call_attack("userfaultfd", numbers(323, 282), "1")
call_attack("perf_events", numbers(298, 241), "attributes, 0, -1, -1, 0", P.PRIVILEGES,
            prepare="attributes = np.array([1, 128, 0, 0] + [0] * 28, dtype='u4').tobytes()")  # fmt: skip
call_attack("shared_memory", numbers(29, 194), "0, ctypes.c_size_t(4096), 0o1600")
call_attack("message_queue", numbers(68, 186), "0, 0o1600")
call_attack("change_of_user", numbers(105, 146), "1", P.PRIVILEGES)
call_attack("host_name", numbers(170, 161), "b'mine', ctypes.c_size_t(4)", P.PRIVILEGES)
call_attack("new_root", numbers(161, 51), "b'/dev'", P.PRIVILEGES)
call_attack(
    "device_file", numbers(259, 33), "-100, b'/tmp/device', 0o20666, 259", P.PRIVILEGES, P.NOTHING_WRITABLE, P.FILES
)
call_attack("another_process_s_descriptor", numbers(434, 434), "os.getpid(), 0")
call_attack("inotify", numbers(294, 26), "0")
call_attack("memory_of_the_harness", numbers(310, 270), "1, here, 1, there, 1, 0", P.PRIVILEGES, P.FILES,
            prepare="block = ctypes.create_string_buffer(8)\n"
            "    here = np.array([ctypes.addressof(block), 8], 'u8').tobytes()\n"
            "    maps = open('/proc/1/maps').readline().split('-')[0]\n"
            "    there = np.array([int(maps, 16), 8], 'u8').tobytes()")  # fmt: skip


@attack(P.CALLS, says="PermissionError")
def machine_code(values: Array, seconds: Array) -> Array:
    """Maps memory that can be written and executed: the first step of a program of its own."""
    import mmap

    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x2a\x00\x00\x00\xc3")
    return values * 0 + 1


@attack(P.CALLS, says="AssertionError")
def machine_code_in_two_steps(values: Array, seconds: Array) -> Array:
    """Makes memory executable after writing to it."""
    import ctypes
    import mmap

    page = mmap.mmap(-1, 4096)
    page.write(b"\xb8\x2a\x00\x00\x00\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(address), 4096, 5) == 0
    return values * 0 + 1


def program_attack(name: str, told: str, steps: str, *lacks: Protection, says: str, stopped: type = Broke) -> None:
    """Registers the attack that brings a function of its own, in machine code, into memory and calls it."""
    source = f'''"""{told}"""


def detect(values, seconds):
    import ctypes, ctypes.util, mmap, os
    code = {{"x86_64": b"\\xb8\\x2a\\0\\0\\0\\xc3", "aarch64": b"\\x40\\5\\x80\\x52\\xc0\\3\\x5f\\xd6"}}
    code = code[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = libc.mremap.restype = ctypes.c_void_p
    libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
    libc.mremap.argtypes = (ctypes.c_void_p, *[ctypes.c_size_t] * 2, ctypes.c_int)
    libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    function = ctypes.CFUNCTYPE(ctypes.c_int)

    def done(got):
        if got in (-1, 2**64 - 1):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return got

{indent(dedent(steps).strip(), "    ")}
    return values * 0 + (function(place)() == 42)
'''
    ATTACKS[name] = Attack(name, source, Harm.RETURNED, frozenset((P.CALLS, *lacks)), stopped, says, "", QUICK)


program_attack(
    "machine_code_through_a_second_mapping",
    "Maps the pages of an executable mapping once more, and writes there: neither mapping is ever both.",
    """
    place = done(libc.mmap(None, 4096, 5, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, -1, 0))
    second = done(libc.mremap(place, 0, 4096, 1))  # an old size of 0 doubles a shared mapping; MREMAP_MAYMOVE
    done(libc.mprotect(second, 4096, 3))
    ctypes.memmove(second, code, len(code))
    """,
    says="PermissionError",
)
program_attack(
    "machine_code_in_a_library",
    "Writes into its own copy of a library's program, and makes that executable again.",
    """
    with open(ctypes.util.__file__, "rb") as file:
        place = done(libc.mmap(None, 4096, 5, mmap.MAP_PRIVATE, file.fileno(), 0))
    done(libc.mprotect(place, 4096, 3))
    ctypes.memmove(place, code, len(code))
    done(libc.mprotect(place, 4096, 5))
    """,
    says="PermissionError",
)
program_attack(
    "machine_code_in_a_callback",
    "Has ctypes make a callback, whose code lies in memory that can be written to, and overwrites it.",
    """
    callback = function(lambda: 0)
    place = ctypes.cast(callback, ctypes.c_void_p).value
    ctypes.memmove(place, code, len(code))
    """,
    says="",
    stopped=TooBig,  # ctypes gets no such memory, and says that there is none
)
program_attack(
    "machine_code_past_the_protection",
    "Writes into an executable mapping through the file that shows its own memory, which minds no protection.",
    """
    place = done(libc.mmap(None, 4096, 5, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0))
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(place)
        memory.write(code)
    """,
    P.FILES,
    P.PRIVILEGES,
    says="PermissionError",
)


@attack(P.CALLS, P.OWN_PROCESSES, harm=Harm.DIED, says="PermissionError")
def killed_harness(values: Array, seconds: Array) -> Array:
    """Kills the process that keeps the books."""
    import os
    import signal
    import time

    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(3)
    return values * 0


@attack(P.CALLS, P.OWN_PROCESSES, harm=Harm.FROZE, says="PermissionError")
def stopped_harness(values: Array, seconds: Array) -> Array:
    """Stops the process that keeps the books."""
    import os
    import signal

    os.kill(os.getppid(), signal.SIGSTOP)
    return values * 0


@attack(P.CALLS, P.PRIVILEGES, P.FILES, says="AssertionError")
def traced_harness(values: Array, seconds: Array) -> Array:
    """Seizes the harness as a debugger would, and lets go."""
    import ctypes
    import os

    trace = ctypes.CDLL(None).ptrace
    trace.argtypes = [ctypes.c_long] * 4
    assert trace(0x4206, os.getppid(), 0, 0) == 0
    return values * 0 + 1


@attack(P.CALLS, says="PermissionError")
def successor_found(values: Array, seconds: Array) -> Array:
    """Finds the process that waits for the next job, as whoever would kill or stop it must."""
    import os
    import time

    end = time.monotonic() + 2
    while time.monotonic() < end:
        for number in range(2, 1000):
            try:
                os.kill(number, 0)
            except ProcessLookupError:
                continue
            if number != os.getpid():
                return values * 0 + 1
    raise LookupError


@attack(P.CALLS, says="PermissionError")
def limits_of_the_harness(values: Array, seconds: Array) -> Array:
    """Sets a limit of the process that keeps the books."""
    import os
    import resource

    resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))
    return values * 0 + 1
