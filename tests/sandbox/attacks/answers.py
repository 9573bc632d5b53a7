"""Attacks on answers: what is no scores, what lies about itself, and other candidates' results."""

from typing import Any

from argosy.sandbox.protocol import Ran
from tests.sandbox.attacks.registry import Harm, Protection, attack

P = Protection
Array = Any


@attack(P.HARNESS, harm=Harm.ACCEPTED, says="shape (99,) for 100 values", shows="99 float64")
def wrong_length(values: Array, seconds: Array) -> Array:
    """One score short."""
    return values[1:]


@attack(P.HARNESS, harm=Harm.ACCEPTED, says="shape (10, 10)", shows="10 float64")
def wrong_shape(values: Array, seconds: Array) -> Array:
    """A square."""
    return values.reshape(10, 10)


@attack(P.HARNESS, harm=Harm.ACCEPTED, says="dtype object", shows="100 object")
def wrong_dtype(values: Array, seconds: Array) -> Array:
    """Objects, which somebody would have to unpickle."""
    return values.astype(object)


@attack(P.HARNESS, harm=Harm.ACCEPTED, stopped=Ran, shows="secret")
def payload_in_nan(values: Array, seconds: Array) -> Array:
    """Words in the bits of NaN that no arithmetic looks at."""
    import numpy as np

    return np.frombuffer(b"secret\xf8\x7f" * len(values), dtype="<f8")


@attack(P.HARNESS, harm=Harm.ACCEPTED, says="shape (99,)", shows="99 float64")
def shape_that_changes(values: Array, seconds: Array) -> Array:
    """An array that has the right shape when it is asked first."""
    import numpy as np

    class Liar(np.ndarray):
        @property
        def shape(self) -> Any:
            return (100,)

    return values[1:].view(Liar)


@attack(P.HARNESS, P.CALLS, harm=Harm.ACCEPTED, says="can't start new thread", shows="two readings differ")
def raced_reader(values: Array, seconds: Array) -> Array:
    """Scores that a thread goes on changing while they are read."""
    import _thread

    def change() -> None:
        while True:
            values[:] += 1

    _thread.start_new_thread(change, ())
    return values


@attack(P.HARNESS, P.CALLS, P.FILES, P.NOTHING_WRITABLE, harm=Harm.ACCEPTED, says="PermissionError", shows="root:")
def symlink_as_result(values: Array, seconds: Array) -> Array:
    """A link to a file that only the reader may read."""
    import os

    os.symlink("/etc/passwd", "/tmp/result")
    return values


@attack(P.HARNESS, P.CALLS, P.FILES, P.NOTHING_WRITABLE, harm=Harm.ACCEPTED, says="PermissionError", shows="it hangs")
def fifo_as_result(values: Array, seconds: Array) -> Array:
    """A pipe that nobody writes to, whose reader waits for ever."""
    import os

    os.mkfifo("/tmp/result")
    return values


@attack(P.HARNESS, P.CALLS, P.FILES, P.NOTHING_WRITABLE, harm=Harm.ACCEPTED, says="PermissionError", shows="33554432 b")
def device_as_result(values: Array, seconds: Array) -> Array:
    """A device that never ends."""
    import os

    os.symlink("/dev/zero", "/tmp/result")
    return values


@attack(P.HARNESS, P.CALLS, P.FILES, P.NOTHING_WRITABLE, harm=Harm.ACCEPTED, says="channel", shows="MemoryError")
def header_that_lies(values: Array, seconds: Array) -> Array:
    """A .npy file whose header promises eight terabytes, on every descriptor and in the file."""
    import os
    import struct

    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }".ljust(117) + b"\n"
    lie = b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header
    for descriptor in range(3, 12):
        try:
            os.write(descriptor, lie)
        except OSError:
            continue
    try:
        with open("/tmp/result", "wb") as file:
            file.write(lie)
    except OSError:
        return values
    return values


@attack(P.HARNESS, P.CALLS, P.FILES, P.NOTHING_WRITABLE, harm=Harm.ACCEPTED, says="channel", shows="code ran")
def pickle_as_result(values: Array, seconds: Array) -> Array:
    """Bytes that run code in whoever unpickles them, on every descriptor and in the file."""
    import io
    import os

    import numpy as np

    class Evil:
        def __reduce__(self) -> Any:
            import builtins

            return builtins.exec, ("import builtins; builtins.code_ran = True",)

    buffer = io.BytesIO()
    np.save(buffer, np.array([Evil()]), allow_pickle=True)
    for descriptor in range(3, 12):
        try:
            os.write(descriptor, buffer.getvalue())
        except OSError:
            continue
    try:
        with open("/tmp/result", "wb") as file:
            file.write(buffer.getvalue())
    except OSError:
        return values
    return values


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def input_overwritten(values: Array, seconds: Array) -> Array:
    """Changes the series that everybody is called with."""
    values[:] = -1
    seconds[:] = 0
    return values * 0


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def patched_library(values: Array, seconds: Array) -> Array:
    """Has numpy tell the next candidate something else."""
    import numpy as np

    np.median = lambda *_: np.float64(0.0)
    return values * 0


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def patched_builtins(values: Array, seconds: Array) -> Array:
    """Has Python itself tell the next candidate something else."""
    import builtins

    builtins.float = lambda *_: 0.0  # type: ignore[assignment,misc]
    return values * 0


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def import_hook(values: Array, seconds: Array) -> Array:
    """Puts itself before every import to come."""
    import sys
    import types

    class Hook:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "statistics":
                fake = types.ModuleType("statistics")
                fake.median = lambda _: -1.0  # type: ignore[attr-defined]
                sys.modules[name] = fake
                raise ImportError(name)

    sys.modules.pop("statistics", None)
    sys.meta_path.insert(0, Hook)  # type: ignore[arg-type]
    return values * 0


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def trace_of_the_next_job(values: Array, seconds: Array) -> Array:
    """Leaves a trace function that changes what later functions return."""
    import sys

    def trace(frame: Any, event: str, argument: Any) -> Any:
        if "values" in frame.f_locals and event == "call":
            frame.f_locals["values"][:] = 3.0
        return trace

    sys.settrace(trace)
    return values * 0


@attack(P.HARNESS, harm=Harm.NEXT, says="exit status 0")
def patched_harness(values: Array, seconds: Array) -> Array:
    """Replaces what judges and sends the answers of those who come after."""
    import sys

    main = sys.modules["__main__"]
    for name in ("as_scores", "loaded", "call", "write", "serve", "read_job"):
        if hasattr(main, name):
            setattr(main, name, lambda *_, **__: values * 0)
    return values * 0


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def results_of_others_rewritten(values: Array, seconds: Array) -> Array:
    """Looks through every frame above it for a list of results, and has it forget what comes."""
    import sys

    class Forgetful(list):
        def append(self, _: object) -> None:
            return

    frame = sys._getframe().f_back
    while frame is not None:
        if "results" in frame.f_globals:
            frame.f_globals["results"] = Forgetful([[0.0] * 100] * 2)
        frame = frame.f_back
    return values * 0


@attack(P.HARNESS, P.CALLS, harm=Harm.NEXT, says="can't start new thread")
def sleeping_thread_left_behind(values: Array, seconds: Array) -> Array:
    """A thread that waits for the next job and changes its numbers."""
    import _thread

    def wait() -> None:
        import numpy as np

        while True:
            np.median = lambda *_: np.float64(0.0)

    _thread.start_new_thread(wait, ())
    return values * 0


@attack(P.HARNESS, harm=Harm.ACCEPTED, stopped=Ran, shows="took 0.0 s")
def slow_rule_that_claims_to_be_quick(values: Array, seconds: Array) -> Array:
    """Stops the clock that its own time is taken with."""
    import time

    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        pass
    time.perf_counter = lambda: 0.0  # type: ignore[assignment]
    return values * 0


@attack(P.HARNESS, harm=Harm.NEXT, stopped=Ran)
def answer_in_the_place_of_the_next(values: Array, seconds: Array) -> Array:
    """Says for the harness that its job is over, stays, reads the next job and answers that as well."""
    import json
    import os
    import struct

    def frame(header: Any, body: bytes = b"") -> bytes:
        text = json.dumps(header).encode()
        return struct.pack("<I", len(text)) + text + body

    answer = frame({"ran": 0.0, "points": 100, "bool": False}, bytes(800)) + frame({"end": {"exit": 0}})
    for descriptor in range(3, 12):
        try:
            os.write(descriptor, answer)
            while os.read(descriptor, 1 << 20):
                os.write(descriptor, frame({"begun": True}) + answer)
        except OSError:
            continue
    os.write(1, json.dumps({"next": [0.0] * 100}).encode() + b"\n")
    os._exit(0)
