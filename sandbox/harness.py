"""The program inside a sandbox: reads jobs from standard input and answers on standard output.

It is shipped as text (into an image, or bound into a namespace) and never imported by the host. It needs the standard
library, numpy, pandas and scipy, and nothing of ours. `wire.py` is the other end and describes the frames.

The libraries are loaded once; every job runs in a forked child, so that no job sees what another one left behind. The
child is there before its job: it has given up every system call and every file that numpy, pandas and scipy do without,
and waits. It reads the job itself, runs the rule and writes the answers; when it is gone, the parent kills what it
started and says how it ended.

The parent reads of a job only what concerns the parent: limits, libraries, and a word that proves the end. So nothing
of a job is in the memory that the next child is made from, and no rule knows the word that ends its own job.
"""

import base64
import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import linecache
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
import traceback
import types
import warnings
from typing import Any

RULE_FILE = "rule.py"
GRACE_S = 5.0
FILE_BYTES = 1 << 24
OPEN_FILES = 256
PIPE_BYTES = 1 << 20
KEPT_BYTES = 31 << 20  # glibc learns from blocks up to 32 MB (mallopt(3), M_MMAP_THRESHOLD)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38  # from linux/prctl.h
SECCOMP_MODE_FILTER = 2  # from linux/seccomp.h
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446  # the same number everywhere
LANDLOCK_READ = 1 << 2 | 1 << 3  # read files, list folders; from linux/landlock.h
LANDLOCK_ATTRIBUTES = struct.pack("=Q", (1 << 13) - 1)  # all that the first version of Landlock knows to refuse
READABLE = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo")
WRITE_BYTES = 1 << 16  # larger writes leave the engine in smaller pieces
ERROR_CHARS = 400
HEAD_START_S = 0.001
ATTEMPTS = 3
REHEARSAL = """import numpy as np

def detect(values, seconds, *, window):
    return np.zeros(len(values)) + window
"""


class Refused(Exception):
    """What `detect` returned is not scores; the message says what is, in words that an author can act on."""


def main() -> None:
    settings = json.loads(sys.argv[1])
    sys.path.extend(settings["path"])
    jobs, answers = private_channel(settings["socket"])
    drop_privileges(settings["uid"])
    show_memory(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    load_libraries(settings["load"])
    wall = Wall(settings)
    write(answers, {"ready": surroundings() | {"lacks": wall.lacks()}})
    silence(2)
    keeper = Keeper(jobs, answers, wall)
    keeper.prepare()
    while (notice := read_frame(jobs)) is not None:
        write(answers, keeper.serve(notice))
        keeper.prepare()


# -- starting -------------------------------------------------------------------------------------------------------


def private_channel(path: str) -> tuple[int, int]:
    """Where jobs come from and answers go, on descriptors that a rule's `print` or `input` cannot touch.

    That is the socket at `path` where it can be reached, else standard input and output.
    """
    jobs, answers = os.dup(0), os.dup(1)
    if path:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as door:
            door.connect(path)
            os.dup2(door.fileno(), jobs)
            os.dup2(door.fileno(), answers)
    with contextlib.suppress(OSError, AttributeError):  # a pipe, and Linux: fewer turns for large answers
        fcntl.fcntl(answers, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    silence(0)
    silence(1)
    return jobs, answers


def silence(descriptor: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def drop_privileges(uid: int | None) -> None:
    """Becomes a user of its own: that is what makes the kernel count this sandbox's processes apart."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def show_memory(shown: bool) -> None:
    """Whether processes of the same user may look into this one's memory and descriptors, or trace it.

    They may not look into the parent's, or a rule could put words into its mouth.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, int(shown), 0, 0, 0)


def load_libraries(names: list[str]) -> bool:
    """Imports libraries and touches what they put off until first use; whether any was not there yet."""
    new = [name for name in names if name not in sys.modules]
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # a rule's process starts no threads
    for name in new:
        importlib.import_module(name)
    os.environ.clear()
    if "numpy" in new:
        import numpy as np

        np.median(np.zeros(8)), np.fft.rfft(np.zeros(8))  # import more of numpy
        np.empty(KEPT_BYTES, dtype=np.uint8)  # once freed, the allocator of glibc gives nothing smaller back
    if "pandas" in new:
        import pandas

        some = pandas.Series([0.0] * 8)
        some.rolling(3, min_periods=1).median()
        some.ewm(span=3).mean()
    if new:
        gc.collect()
        gc.freeze()
    return bool(new)


def surroundings() -> dict[str, Any]:
    """What can be seen from here, for the host to judge before any rule has run."""
    with contextlib.suppress(OSError):
        interfaces = [name for _, name in socket.if_nameindex()]
        return {"root": sorted(os.listdir("/")), "pid": os.getpid(), "uid": os.getuid(), "interfaces": interfaces}
    return {"root": [], "pid": os.getpid(), "uid": os.getuid(), "interfaces": ["unknown"]}


def wake_on_child() -> int:
    """A descriptor that becomes readable whenever a child ends."""
    readable, writable = os.pipe()
    os.set_blocking(readable, False)
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


# -- frames ---------------------------------------------------------------------------------------------------------


def read_exactly(descriptor: int, size: int) -> bytearray | None:
    """The next `size` bytes, or None when the host is gone."""
    read = bytearray(size)
    return read if fill(descriptor, memoryview(read)) else None


def read_array(descriptor: int, length: int, dtype: str) -> Any:
    """The next array, which holds its own memory and is part of no other, or None when the host is gone."""
    import numpy as np

    array = np.empty(length, dtype=dtype)
    return array if not length or fill(descriptor, array.data.cast("B")) else None


def fill(descriptor: int, view: memoryview) -> bool:
    """Reads into all of the view; False when the host is gone."""
    while view:
        count = os.readv(descriptor, [view])
        if count == 0:
            return False
        view = view[count:]
    return True


def read_frame(jobs: int) -> Any:
    """The JSON of the next frame, or None when the host is gone."""
    prefix = read_exactly(jobs, 4)
    text = prefix and read_exactly(jobs, struct.unpack("<I", prefix)[0])
    if not text:
        return None
    said: Any = json.loads(bytes(text))
    return said


def read_job(jobs: int) -> dict[str, Any] | None:
    """The job that was announced, its inputs as pairs of arrays (values, seconds)."""
    import numpy as np

    job: dict[str, Any] | None = read_frame(jobs)
    if job is None:
        return None
    lengths, job["inputs"] = job["inputs"], []
    for length, start, step in lengths:
        values = read_array(jobs, length, "<f8")
        if step:
            seconds = np.arange(length, dtype=np.int64)
            seconds *= step
            seconds += start
        else:
            seconds = read_array(jobs, length, "<i8")
        if values is None or seconds is None:
            return None
        job["inputs"].append((values, seconds))
    return job


def write(answers: int, header: dict[str, Any], body: memoryview | None = None) -> None:
    text = json.dumps(header).encode("ascii")
    write_all(answers, memoryview(struct.pack("<I", len(text)) + text))
    if body is not None:
        write_all(answers, body)


def write_all(descriptor: int, view: memoryview) -> None:
    while view:
        view = view[os.write(descriptor, view[:WRITE_BYTES]) :]


# -- what a rule does without --------------------------------------------------------------------------------------


class Wall:
    """What a job's process gives up before the rule runs, for good: the kernel takes nothing of it back."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.limit_processes = bool(settings["limit_processes"])
        libc = ctypes.CDLL(None)
        self._prctl, self._call = libc.prctl, libc.syscall
        self._prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
        self._call.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_long)
        self._filter = base64.b64decode(settings["calls"].get(os.uname().machine, ""))
        self._files = self._readable([*sys.path, *READABLE]) if settings["confine_files"] else -1

    def end_with_parent(self) -> None:
        """Has the kernel kill this process when its parent dies, however that comes."""
        self._prctl(PR_SET_PDEATHSIG, signal.SIGKILL, None, 0, 0)

    def lacks(self) -> list[str]:
        """What this kernel will not do, found out in a child of its own."""
        child = os.fork()
        if child == 0:
            os._exit((not self.confine_files()) + 2 * (not self.confine_calls()))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return [name for bit, name in ((1, "files"), (2, "calls")) if status & bit]

    def confine_calls(self) -> bool:
        """Lets this process make the system calls that the host's filter allows, and no other."""
        if not self._filter or self._prctl(PR_SET_NO_NEW_PRIVS, 1, None, 0, 0):
            return False
        instructions = ctypes.create_string_buffer(self._filter, len(self._filter))
        program = struct.pack("@HP", len(self._filter) // 8, ctypes.addressof(instructions))  # struct sock_fprog
        return not self._prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0)

    def confine_files(self) -> bool:
        """Lets this process read Python and its libraries, and no other file; False where there is no Landlock."""
        if self._files < 0 or self._prctl(PR_SET_NO_NEW_PRIVS, 1, None, 0, 0):
            return False
        confined = not self._call(LANDLOCK_RESTRICT_SELF, self._files, 0, None, 0)
        os.close(self._files)
        return confined

    def _readable(self, paths: list[str]) -> int:
        """A descriptor of the Landlock rules that allow reading below these paths; negative without Landlock."""
        size = len(LANDLOCK_ATTRIBUTES)
        attributes = ctypes.create_string_buffer(LANDLOCK_ATTRIBUTES, size)
        rules = int(self._call(LANDLOCK_CREATE_RULESET, ctypes.addressof(attributes), size, None, 0))
        for path in paths if rules >= 0 else ():
            with contextlib.suppress(OSError):
                place = os.open(path, os.O_PATH | os.O_DIRECTORY)
                self._call(LANDLOCK_ADD_RULE, rules, 1, struct.pack("=Qi", LANDLOCK_READ, place), 0)
                os.close(place)
        return rules


# -- a job in its child ---------------------------------------------------------------------------------------------


class Child:
    """A process that waits for its one job, with everything given up already that a job does without."""

    def __init__(self, jobs: int, answers: int, wake: int, wall: Wall) -> None:
        self._limit_processes = wall.limit_processes
        self._ready, ready = os.pipe()
        begin, self._begin = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for descriptor in (self._ready, self._begin, wake, signal.set_wakeup_fd(-1)):
                    os.close(descriptor)
                os.write(ready, become_child(wall).to_bytes(8, "little"))
                if os.read(begin, 1):
                    os.close(ready)
                    os.close(begin)
                    do_job(jobs, answers)
                os._exit(0)
            finally:
                os._exit(70)
        os.close(ready)
        os.close(begin)

    def ready(self) -> bool:
        """Waits until it has given everything up; False if it never will."""
        readable, _, _ = select.select([self._ready], [], [], GRACE_S)
        said = os.read(self._ready, 8) if readable else b""
        self._taken = int.from_bytes(said, "little")
        return len(said) == 8

    def begin(self, limits: dict[str, Any], input_bytes: int) -> None:
        """Lets it read its job, within these limits. Raises OSError if it died of something else meanwhile."""
        bound(self.pid, resource.RLIMIT_AS, self._taken + input_bytes + limits["memory_bytes"])
        bound(self.pid, resource.RLIMIT_CPU, int(limits["job_s"]) + int(GRACE_S))
        if self._limit_processes:
            bound(self.pid, resource.RLIMIT_NPROC, limits["processes"])
        os.write(self._begin, b"1")
        self._hang_up()

    def dismiss(self) -> None:
        """Ends one that is not needed, or does not answer."""
        self._hang_up()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def _hang_up(self) -> None:
        os.close(self._ready)
        os.close(self._begin)


class Keeper:
    """Has a process wait for each job, and sees it to its end."""

    def __init__(self, jobs: int, answers: int, wall: Wall) -> None:
        self._jobs, self._answers, self._wall = jobs, answers, wall
        self._wake = wake_on_child()
        self._waiting: Child | None = None

    def prepare(self) -> None:
        """Makes the process that the next job will find, unless it is there."""
        if self._waiting is None:
            self._waiting = Child(self._jobs, self._answers, self._wake, self._wall)

    def serve(self, notice: dict[str, Any]) -> dict[str, Any]:
        """Lets a process read and run the job of this notice, and says how it ended."""
        if load_libraries(notice["load"]):
            self._dismiss()
        child = self._ready()
        word = read_frame(self._jobs)  # only now: no memory that the child was made from holds it
        child.begin(notice["limits"], notice["input_bytes"])
        status = self._wait_for(child, time.monotonic() + notice["limits"]["job_s"] + GRACE_S)
        self._clear_away(child)
        return {"end": ended(status), "word": word}

    def _ready(self) -> Child:
        for _ in range(ATTEMPTS):  # one that died while it waited is replaced
            self.prepare()
            child, self._waiting = self._waiting, None
            if child is not None and child.ready():
                return child
            if child is not None:
                child.dismiss()
        os._exit(1)  # no process can be had here: the host takes another sandbox

    def _wait_for(self, child: Child, deadline: float) -> int:
        """The status of the child once it has ended; leaves with all when the host is gone or the time is long up.

        The next one is made meanwhile, so that nobody waits for that, but not before the rule has had the processor.
        """
        watched = select.poll()
        watched.register(self._jobs, select.POLLRDHUP)  # what comes to read is the child's
        watched.register(self._wake, select.POLLIN)
        alone_s = HEAD_START_S
        while True:
            done, status = os.waitpid(child.pid, os.WNOHANG)
            if done:
                return status
            left_s = max(deadline - time.monotonic(), 0.0)
            seen = watched.poll(1e3 * min(left_s, alone_s))
            if not left_s or any(descriptor == self._jobs for descriptor, _ in seen):
                self._leave(child)
            if not seen:
                alone_s = left_s  # once is enough
                with contextlib.suppress(OSError):  # where there is no room beside the rule, there will be after it
                    self.prepare()
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 4096)

    def _clear_away(self, child: Child) -> None:
        """Kills whatever the child started: everything in a process namespace of our own, else its process group.

        The one that waits is spared only where nobody else is there.
        """
        if os.getpid() != 1:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        elif strangers({os.getpid(), *((self._waiting.pid,) if self._waiting else ())}):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(-1, signal.SIGKILL)
            self._dismiss()
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.waitpid(-1, 0)

    def _dismiss(self) -> None:
        if self._waiting is not None:
            self._waiting.dismiss()
        self._waiting = None

    def _leave(self, child: Child) -> None:
        self._clear_away(child)
        self._dismiss()
        os._exit(1)


def strangers(known: set[int]) -> bool:
    """Whether there are processes here beside those known."""
    try:
        return any(name.isdecimal() and int(name) not in known for name in os.listdir("/proc"))
    except OSError:
        return True


def ended(status: int) -> dict[str, int]:
    """How a process ended, from its status."""
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"exit": os.waitstatus_to_exitcode(status)}


def become_child(wall: Wall) -> int:
    """Gives up, for good, what no job needs; the bytes of address space that are taken already."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)
    wall.end_with_parent()
    show_memory(True)  # else the next line is not allowed
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as adjustment:
        adjustment.write("1000")
    show_memory(False)
    for what, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        bound(0, what, limit)
    rehearse()
    taken = 0
    with contextlib.suppress(OSError), open("/proc/self/statm") as sizes:
        taken = int(sizes.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    wall.confine_files()
    wall.confine_calls()
    return taken


def bound(process: int, what: int, limit: int) -> None:
    """Sets a limit of a process of ours, 0 being this one, and never raises one."""
    _, hard = resource.prlimit(process, what)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.prlimit(process, what, (limit, limit))


def rehearse() -> None:
    """Runs a rule of our own, so that a job finds the pages that it writes to copied, and those it reads mapped."""
    import numpy as np

    evaluation = {"params": {"window": 3}, "input": 0, "keep_from": 0}
    given = (np.arange(64.0), np.arange(64))
    nothing = os.open(os.devnull, os.O_WRONLY)
    answer_all({"source": REHEARSAL, "inputs": [given], "evaluations": [evaluation], "message_bytes": 0}, nothing)
    os.close(nothing)


def do_job(jobs: int, answers: int) -> None:
    job = read_job(jobs)
    os.close(jobs)
    if job is not None:
        write(answers, {"begun": True})
        answer_all(job, answers)


def answer_all(job: dict[str, Any], answers: int) -> None:
    """Writes one answer for each evaluation, in order."""
    warnings.simplefilter("ignore")
    source, message_bytes = job["source"], job["message_bytes"]
    linecache.cache[RULE_FILE] = (len(source), None, [line + "\n" for line in source.split("\n")], RULE_FILE)
    myself = os.getpid()
    code = compiled(source, message_bytes)
    last = {evaluation["input"]: place for place, evaluation in enumerate(job["evaluations"])}
    for place, evaluation in enumerate(job["evaluations"]):
        values, seconds = job["inputs"][evaluation["input"]]
        if place < last[evaluation["input"]]:
            values, seconds = values.copy(), seconds.copy()
        header, body = evaluate(code, values, seconds, evaluation, message_bytes)
        if os.getpid() != myself:  # a copy of us that the rule forked
            os._exit(0)
        write(answers, header, body)


Answer = tuple[dict[str, Any], memoryview | None]


def compiled(source: str, message_bytes: int) -> types.CodeType | Answer:
    """The rule's code, or the answer that every evaluation of it gets."""
    try:
        return compile(source, RULE_FILE, "exec", dont_inherit=True)
    except MemoryError:
        return {"too_big": "memory"}, None
    except (SyntaxError, ValueError, RecursionError) as error:
        return broke(error, message_bytes), None


def evaluate(
    code: types.CodeType | Answer, values: Any, seconds: Any, evaluation: dict[str, Any], message_bytes: int
) -> Answer:
    """One call of `detect`, in a module and on arrays of its own, so that no call sees what another one did."""
    import numpy as np

    if isinstance(code, tuple):
        return code
    length = len(values)
    try:
        with np.errstate(all="ignore"):
            detect = loaded(code)
            began = time.thread_time()  # the process's clock stands still between ticks where its time is limited
            returned = detect(values, seconds, **evaluation["params"])
            took = time.thread_time() - began
        scores = as_scores(returned, length)[evaluation["keep_from"] :]
    except MemoryError:
        return {"too_big": "memory"}, None
    except BaseException as error:  # noqa: BLE001  whatever a rule raises is an answer, sys.exit included
        return broke(error, message_bytes), None
    header = {"ran": took, "points": len(scores), "bool": scores.dtype.kind == "b"}
    return header, memoryview(scores).cast("B") if len(scores) else None


def loaded(code: types.CodeType) -> Any:
    """`detect` of a fresh module made from the code."""
    module: dict[str, Any] = {"__name__": "rule", "__file__": RULE_FILE}
    exec(code, module)
    detect = module.get("detect")
    if not callable(detect):
        raise Refused("the rule defines no function detect(values, seconds, *, …)")
    return detect


def as_scores(returned: Any, length: int) -> Any:
    """What `detect` returned as float64 or bool of shape (length,). Raises Refused."""
    import numpy as np

    wanted = f"return a numpy array of {length} float64 or bool scores, one for each value"
    pd = sys.modules.get("pandas")  # a rule that never loaded it returns no Series
    if pd is not None and isinstance(returned, pd.Series):
        numeric = pd.api.types.is_numeric_dtype(returned.dtype) or pd.api.types.is_bool_dtype(returned.dtype)
        if pd.api.types.is_extension_array_dtype(returned.dtype) and numeric:
            returned = returned.to_numpy(dtype="float64", na_value=np.nan)
        else:
            returned = returned.to_numpy()
    if not isinstance(returned, np.ndarray):
        raise Refused(f"detect returned {kind_of(returned)}; {wanted}")
    masked = sys.modules.get("numpy.ma")
    if masked is not None and isinstance(returned, masked.MaskedArray):
        raise Refused(f"detect returned a masked array, whose masked scores are none; {wanted}")
    returned = np.asarray(returned)  # a subclass of the rule's own may say anything about itself
    if returned.shape != (length,):
        raise Refused(f"detect returned shape {returned.shape} for {length} values; {wanted}")
    if returned.dtype.kind not in "biuf":
        raise Refused(f"detect returned dtype {returned.dtype}; {wanted}")
    return np.ascontiguousarray(returned, dtype="?" if returned.dtype.kind == "b" else "<f8")


def kind_of(returned: Any) -> str:
    return "None" if returned is None else f"a {type(returned).__name__}"


# -- errors ---------------------------------------------------------------------------------------------------------


def broke(error: BaseException, message_bytes: int) -> dict[str, Any]:
    """The error in one line and the rule's own part of the call stack."""
    if isinstance(error, Refused):
        return {"broke": [str(error), ""]}
    frames = traceback.StackSummary.from_list(
        [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == RULE_FILE]
    )
    last = "".join(traceback.format_exception_only(error)).rstrip()
    stack = "Traceback (most recent call last):\n" + "".join(frames.format()) + last if frames else last
    line = error.lineno if isinstance(error, SyntaxError) else frames[-1].lineno if frames else None
    text = one_line(error)
    return {"broke": [f"line {line}: {text}" if line else text, tail(stack, message_bytes)]}


def one_line(error: BaseException) -> str:
    try:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:  # noqa: BLE001  the rule's own exception class may raise when it is printed
        said = ""
    words = " ".join(str(said).split())
    return f"{type(error).__name__}: {words}"[:ERROR_CHARS] if words else type(error).__name__


def tail(text: str, size: int) -> str:
    encoded = text.encode("utf-8", "replace")
    return text if len(encoded) <= size else "…" + encoded[-size:].decode("utf-8", "ignore")


if __name__ == "__main__":
    main()
