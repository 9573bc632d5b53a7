"""What runs rules in a control container that lacks our harness: the obvious program, with every obvious mistake.

Shipped as text; prints one line of JSON.
"""

import io
import json
import os
import signal
import sys
import time

import numpy as np

RESULT = "/tmp/result"
results = []


def call(source, values, seconds):
    module = {}
    exec(source, module)
    return module["detect"](values, seconds)


def hang(*_):
    raise TimeoutError("it hangs")


def read_result():
    """What a reader makes of a file that a rule left as its result."""
    signal.signal(signal.SIGALRM, hang)
    signal.alarm(2)
    try:
        with open(RESULT, "rb") as file:
            raw = file.read(1 << 25)
        signal.alarm(0)
        said = f"{len(raw)} bytes, {raw[:20]!r} "
        if raw[:6] == b"\x93NUMPY":
            np.load(io.BytesIO(raw), allow_pickle=True)
    except (TimeoutError, MemoryError, ValueError) as error:
        signal.alarm(0)
        said = f"{type(error).__name__}: {error}"
    import builtins

    return said + (" code ran" if hasattr(builtins, "code_ran") else "")


def shown(first, took):
    if os.path.lexists(RESULT):
        return read_result()
    one = first.copy()
    end = time.process_time() + 0.05  # in which a thread of the rule gets its turns
    while time.process_time() < end:
        pass
    changed = " two readings differ" if first.dtype == float and (one != first.copy()).any() else ""
    return f"{len(first)} {first.dtype} {first.tobytes()[:6]!r} took {max(took, 0.0):.1f} s{changed}"


def main():
    attack, honest = json.loads(sys.argv[1])
    values, seconds = np.arange(100.0), 60 * np.arange(100)
    jobs = ["told to nobody"]
    began = time.perf_counter()
    first = call(attack, values, seconds)
    report = {"shown": shown(first, time.perf_counter() - began)}
    report["returned"] = first.ravel()[0].item() if first.dtype == np.dtype("f8") else 0.0
    results.append(call(honest, values, seconds).tolist())
    report["next"] = results[-1]
    del jobs
    print(json.dumps(report), flush=True)


main()
os._exit(0)
