"""Attacks on what the machine has: processes, time, memory, descriptors, output."""

from typing import Any

from argosy.sandbox.protocol import Broke, Limits, Ran, TimedOut, TooBig
from tests.sandbox.attacks.registry import Harm, Protection, attack

P = Protection
DENIED = "PermissionError"
SHORT = Limits(job_s=0.6)
SMALL = Limits(job_s=20.0, memory_bytes=200 << 20)
Array = Any


@attack(P.CALLS, P.PROCESSES, says=DENIED)
def fork_bomb(values: Array, seconds: Array) -> Array:
    """Starts a process, and another, and another."""
    import os
    import time

    for _ in range(120):
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
    return values * 0 + 1


@attack(P.CALLS, P.PROCESSES, P.LIMITS, says="can't start new thread")
def thread_flood(values: Array, seconds: Array) -> Array:
    """Starts a thread, and another, and another."""
    import _thread
    import time

    for _ in range(60):
        _thread.start_new_thread(time.sleep, (3,))
    return values * 0 + 1


@attack(P.CALLS, says=DENIED)
def process_that_leaves_its_group(values: Array, seconds: Array) -> Array:
    """Starts a process that is nobody's child, so that killing the group would miss it."""
    import os
    import time

    readable, writable = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.write(writable, b"1")
        time.sleep(1)
        os._exit(0)
    return values * 0 + len(os.read(readable, 1))


@attack(P.CALLS, P.FILES, says="AssertionError")
def another_program(values: Array, seconds: Array) -> Array:
    """Runs a shell by libc's own system(3)."""
    import ctypes

    assert ctypes.CDLL(None).system(b"exit 7") == 7 << 8
    return values * 0 + 1


@attack(P.CALLS, P.FILES, says=DENIED)
def another_program_as_a_child(values: Array, seconds: Array) -> Array:
    """Starts another program as Python does."""
    import subprocess

    done = subprocess.run(["/bin/true"], check=False)
    return values * 0 + (done.returncode == 0)


@attack(P.LIMITS, stopped=TimedOut, limits=SHORT)
def busy_loop(values: Array, seconds: Array) -> Array:
    """Keeps the processor for as long as it likes."""
    import time

    end = time.perf_counter() + 1.5
    while time.perf_counter() < end:
        pass
    return values * 0 + 1


@attack(P.LIMITS, stopped=TimedOut, limits=SHORT)
def ignored_signals(values: Array, seconds: Array) -> Array:
    """Lets no signal end it that can be ignored."""
    import signal
    import time

    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    end = time.perf_counter() + 1.5
    while time.perf_counter() < end:
        pass
    return values * 0 + 1


@attack(P.LIMITS, stopped=TimedOut, limits=SHORT)
def giant_integers(values: Array, seconds: Array) -> Array:
    """One multiplication, in C, that no Python-level alarm interrupts."""
    import time

    began = time.perf_counter()
    while time.perf_counter() < began + 1.5:
        pow(7, 5_000_000)
    return values * 0 + 1


@attack(P.LIMITS, stopped=TimedOut, limits=SHORT)
def catastrophic_regular_expression(values: Array, seconds: Array) -> Array:
    """A pattern whose matching doubles with every letter; here just long enough to be seen."""
    import re
    import time

    began, length = time.perf_counter(), 18
    while time.perf_counter() < began + 1.5:
        re.match(r"(a+)+$", "a" * length + "b")
        length += 1
    return values * 0 + 1


@attack(P.LIMITS, stopped=TooBig, limits=SMALL)
def memory_bomb(values: Array, seconds: Array) -> Array:
    """Takes memory bit by bit and uses it."""
    kept = [bytearray(b"x" * (4 << 20)) for _ in range(100)]
    return values * 0 + (len(kept) == 100)


@attack(P.LIMITS, says="OSError", limits=SMALL)
def memory_past_the_allocator(values: Array, seconds: Array) -> Array:
    """Maps memory itself, so that neither Python nor numpy counts it."""
    import mmap

    kept = [mmap.mmap(-1, 100 << 20) for _ in range(4)]
    for each in kept:
        each[:: 1 << 12] = b"x" * len(range(0, 100 << 20, 1 << 12))
    return values * 0 + (len(kept) == 4)


@attack(P.LIMITS, stopped=TooBig, limits=SMALL)
def zip_bomb(values: Array, seconds: Array) -> Array:
    """A few kilobytes that unpack to hundreds of megabytes."""
    import zlib

    packed = zlib.compress(bytes(1 << 22)) * 1
    kept = [zlib.decompress(packed) for _ in range(100)]
    for place, each in enumerate(kept):
        kept[place] = each + b"x"
    return values * 0 + (len(kept) == 100)


@attack(P.HARNESS, harm=Harm.NEXT, says="SIGSEGV")
def deep_recursion(values: Array, seconds: Array) -> Array:
    """Recursion through C code, until its stack ends."""
    import sys

    sys.setrecursionlimit(1 << 30)

    def deeper(each: Any) -> Any:
        return sorted([each], key=deeper)

    return deeper(1)


@attack(P.HARNESS, harm=Harm.NEXT, says="SIGSEGV")
def null_pointer(values: Array, seconds: Array) -> Array:
    """Reads where nothing is."""
    import ctypes

    return values * 0 + len(ctypes.string_at(0))


@attack(P.HARNESS, harm=Harm.NEXT, says="exit status 0")
def quiet_exit(values: Array, seconds: Array) -> Array:
    """Ends the process as if all were well."""
    import os

    os._exit(0)


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def descriptors_used_up(values: Array, seconds: Array) -> Array:
    """Opens descriptors until there are none left, and keeps them."""
    import os

    try:
        while True:
            os.dup(0)
    except OSError:
        return values * 0


@attack(P.HARNESS, harm=Harm.NEXT)
def descriptors_closed(values: Array, seconds: Array) -> Array:
    """Closes everything that is open, the channel too."""
    import os

    os.closerange(0, 1000)
    return values * 0


@attack(P.HARNESS, harm=Harm.FLOOD, stopped=Ran)
def output_flood(values: Array, seconds: Array) -> Array:
    """Writes to standard output as fast as it can."""
    import os

    for _ in range(512):
        os.write(1, bytes(1 << 16))
    return values * 0


@attack(P.HARNESS, harm=Harm.FLOOD, stopped=Ran)
def error_flood(values: Array, seconds: Array) -> Array:
    """Writes to standard error as fast as it can."""
    import os

    for _ in range(512):
        os.write(2, bytes(1 << 16))
    return values * 0


@attack(P.HARNESS, harm=Harm.FLOOD, stopped=Broke, says="the sandbox's own channel")
def channel_flood(values: Array, seconds: Array) -> Array:
    """Writes to every descriptor there is as fast as it can."""
    import os

    for _ in range(512):
        for descriptor in range(1, 12):
            try:
                os.write(descriptor, b"\xff" * (1 << 16))
            except OSError:
                continue
    return values * 0
