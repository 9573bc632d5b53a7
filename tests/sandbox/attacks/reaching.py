"""Attacks that reach out: files, the environment, the host, the network."""

from typing import Any

from argosy.sandbox.protocol import Ran
from tests.sandbox.attacks.registry import Harm, Protection, attack

P = Protection
DENIED = "PermissionError"
Array = Any
LEFT = (P.CALLS, P.FILES, P.NOTHING_WRITABLE)


@attack(*LEFT, says=DENIED)
def temporary_folder_filled_by_bytes(values: Array, seconds: Array) -> Array:
    """Writes until nothing fits."""
    import errno
    import os

    written = 0
    try:
        with open("/tmp/full", "wb") as file:
            while True:
                written += file.write(bytes(1 << 16))
                file.flush()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        os.unlink("/tmp/full")
    return values * 0 + (written > 1 << 20)


@attack(*LEFT, says=DENIED)
def temporary_folder_filled_by_inodes(values: Array, seconds: Array) -> Array:
    """Makes empty files until there can be no more."""
    import errno
    import os

    made, full = 0, False
    while not full:
        try:
            os.close(os.open(f"/tmp/{made}", os.O_CREAT | os.O_WRONLY))
            made += 1
        except OSError as error:
            full = error.errno == errno.ENOSPC
            if not full:
                raise
    for number in range(made):
        os.unlink(f"/tmp/{number}")
    return values * 0 + (made > 20)


@attack(P.FILES, says=DENIED)
def processes_read(values: Array, seconds: Array) -> Array:
    """Reads how the harness was started."""
    with open("/proc/1/cmdline", "rb") as file:
        return values * 0 + (b"harness" in file.read())


@attack(P.FILES, says=DENIED)
def mounts_read(values: Array, seconds: Array) -> Array:
    """Reads where on the host its files lie."""
    with open("/proc/self/mountinfo") as file:
        return values * 0 + (len(file.read()) > 100)


@attack(P.HARNESS, says="KeyError")
def environment_read(values: Array, seconds: Array) -> Array:
    """Reads a secret that its host was started with."""
    import os

    return values * 0 + len(os.environ["ARGOSY_SECRET"]) / 14


@attack(P.FILES, P.OWN_ROOT, says="Error")
def host_file_read(values: Array, seconds: Array) -> Array:
    """Reads a file of the host's."""
    with open("@CANARY@/secret") as file:
        return values * 0 + (file.read() == "told to nobody")


@attack(P.CALLS, P.FILES, P.OWN_ROOT, P.PRIVILEGES, says="Error")
def host_file_written(values: Array, seconds: Array) -> Array:
    """Writes a file beside the host's."""
    with open("@CANARY@/open/written", "w") as file:
        return values * 0 + file.write("x")


@attack(P.FILES, says="Error")
def genfromtxt(values: Array, seconds: Array) -> Array:
    """Reads the list of users as if it were numbers."""
    import numpy as np

    return values * 0 + (len(np.genfromtxt("/etc/passwd", dtype=str, delimiter="\n")) > 3)


@attack(P.FILES, says="Error")
def fromfile(values: Array, seconds: Array) -> Array:
    """Reads the list of users as if it were an array."""
    import numpy as np

    return values * 0 + (np.fromfile("/etc/passwd", np.uint8)[:5].tobytes() == b"root:")


@attack(P.FILES, says="Error")
def read_csv(values: Array, seconds: Array) -> Array:
    """Reads the list of users as if it were a table."""
    import pandas as pd

    return values * 0 + (len(pd.read_csv("/etc/passwd", sep=":")) > 3)


@attack(*LEFT, says=DENIED)
def memmap(values: Array, seconds: Array) -> Array:
    """Makes a file by mapping it."""
    import numpy as np

    return values * 0 + (np.memmap("/tmp/mapped", mode="w+", shape=8) == 0).all()


@attack(*LEFT, says=DENIED)
def load_of_a_pickle(values: Array, seconds: Array) -> Array:
    """Has numpy unpickle a file whose unpickling runs code."""
    import builtins

    import numpy as np

    class Evil:
        def __reduce__(self) -> Any:
            return builtins.exec, ("import builtins; builtins.ran = 1",)

    np.save("/tmp/evil.npy", np.array([Evil()]), allow_pickle=True)
    np.load("/tmp/evil.npy", allow_pickle=True)
    return values * 0 + builtins.ran  # type: ignore[attr-defined]


@attack(*LEFT, says="OSError")
def ctypeslib(values: Array, seconds: Array) -> Array:
    """Makes a file by a C library that numpy loads for it."""
    import numpy as np

    libc = np.ctypeslib.load_library("libc.so.6", "/lib/x86_64-linux-gnu")
    if libc.open(b"/tmp/by-libc", 0o102, 0o600) < 0:
        raise OSError("it was not made")
    return values * 0 + 1


@attack(P.CALLS, P.FILES, says="AssertionError")
def pandas_eval(values: Array, seconds: Array) -> Array:
    """Runs a program from within an expression that pandas evaluates."""
    import os

    import pandas as pd

    frame = pd.DataFrame({"a": [1]})
    assert frame.eval("@run('exit 7')", local_dict={"run": os.system}, engine="python") == 7 << 8
    return values * 0 + 1


@attack(P.CALLS, P.FILES, says="AssertionError")
def pandas_query(values: Array, seconds: Array) -> Array:
    """Runs a program from within a filter of a table."""
    import os

    import pandas as pd

    run = os.system
    assert callable(run)
    frame = pd.DataFrame({"a": [7 << 8]})
    assert len(frame.query("a == @run('exit 7')", engine="python")) == 1
    return values * 0 + 1


@attack(P.CALLS, P.FILES, says="AssertionError")
def read_pickle(values: Array, seconds: Array) -> Array:
    """Has pandas unpickle bytes whose unpickling runs a program."""
    import io
    import os
    import pickle

    import pandas as pd

    class Evil:
        def __reduce__(self) -> Any:
            return os.system, ("exit 7",)

    assert pd.read_pickle(io.BytesIO(pickle.dumps(Evil())), compression=None) == 7 << 8
    return values * 0 + 1


@attack(P.CALLS, P.FILES, says="AssertionError")
def walk_over_subclasses(values: Array, seconds: Array) -> Array:
    """Finds a way to a shell from an empty tuple."""
    for each in ().__class__.__base__.__subclasses__():
        if each.__name__ == "_wrap_close":
            assert each.__init__.__globals__["system"]("exit 7") == 7 << 8
            return values * 0 + 1
    raise LookupError


@attack(P.CALLS, P.NETWORK, says=DENIED)
def ipv4(values: Array, seconds: Array) -> Array:
    """Connects to a server on the host."""
    import socket

    with socket.create_connection(("127.0.0.1", int("@TCP@")), timeout=5) as connection:
        return values * 0 + connection.send(b"x")


@attack(P.CALLS, P.NETWORK, says=DENIED)
def ipv6(values: Array, seconds: Array) -> Array:
    """Connects to a server on the host by the other protocol."""
    import socket

    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect(("::ffff:127.0.0.1", int("@TCP@")))
        return values * 0 + connection.send(b"x")


@attack(P.CALLS, P.NETWORK, says=DENIED)
def dns(values: Array, seconds: Array) -> Array:
    """Tells a secret as the name in a question to a name server."""
    import socket

    question = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\x06secret\x04test\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.settimeout(5)
        connection.sendto(question, ("127.0.0.1", int("@UDP@")))
        return values * 0 + len(connection.recv(1))


@attack(P.CALLS, P.OWN_ROOT, says=DENIED)
def unix_socket(values: Array, seconds: Array) -> Array:
    """Connects to a socket that the host left among its files."""
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("@CANARY@/socket")
        return values * 0 + connection.send(b"x")


@attack(P.CALLS, P.NETWORK, says=DENIED)
def abstract_unix_socket(values: Array, seconds: Array) -> Array:
    """Connects to a socket of the host's that has a name and no file."""
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("\0@ABSTRACT@")
        return values * 0 + connection.send(b"x")


@attack(P.CALLS, P.PRIVILEGES, says=DENIED)
def raw_socket(values: Array, seconds: Array) -> Array:
    """Opens a socket on which it could write packets of any origin."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as connection:
        return values * 0 + (connection.fileno() > 0)


@attack(P.CALLS, P.PRIVILEGES, says=DENIED)
def packet_socket(values: Array, seconds: Array) -> Array:
    """Opens a socket on which it could read everybody's packets."""
    import socket

    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as connection:
        return values * 0 + (connection.fileno() > 0)


@attack(P.HARNESS, harm=Harm.RETURNED, stopped=Ran)
def earlier_job_read(values: Array, seconds: Array) -> Array:
    """Looks through every frame above it for data of the job before."""
    import sys

    frame, found = sys._getframe(), 0
    while frame is not None:
        for each in frame.f_locals.values():
            found += type(each) is list and any(str(one) == "told to nobody" for one in each)
        frame = frame.f_back
    return values * 0 + (found > 0)


@attack(P.HARNESS, stopped=Ran)
def earlier_job_in_memory(values: Array, seconds: Array) -> Array:
    """Searches what memory its process was given for words of the job before."""
    import ctypes

    class Heap(ctypes.Structure):
        _fields_ = [(letter, ctypes.c_size_t) for letter in "abcdefghij"]

    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = Heap
    libc.sbrk.restype, libc.sbrk.argtypes = ctypes.c_void_p, [ctypes.c_ssize_t]
    size = libc.mallinfo2().a
    return values * 0 + (b"ydobon ot dlot"[::-1] in ctypes.string_at(libc.sbrk(0) - size, size))


@attack(P.CALLS, P.NETWORK, says="not permitted")
def read_csv_over_the_network(values: Array, seconds: Array) -> Array:
    """Has pandas fetch an address whose name tells a secret."""
    import pandas as pd

    try:
        pd.read_csv("http://127.0.0.1:@TCP@/told-to-nobody")
    except ConnectionError:  # somebody was there, and hung up
        return values * 0 + 1
    return values * 0
