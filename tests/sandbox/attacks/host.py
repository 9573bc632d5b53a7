"""What of the host an attack could change or reach: canaries, and a picture of everything that must stay as it is."""

import hashlib
import os
import resource
import socket
import threading
from contextlib import suppress
from pathlib import Path

from argosy import sandbox

ROOM = Path(sandbox.__file__).parent


class Canary:
    """A folder with a secret, and listeners of every kind, which count who comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        (folder / "open").mkdir()
        (folder / "open").chmod(0o777)
        (folder / "secret").write_text("told to nobody")
        self.visitors = 0
        self.abstract = f"argosy-canary-{os.getpid()}"
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._unix = [_listening(str(folder / "socket")), _listening("\0" + self.abstract)]
        (folder / "socket").chmod(0o777)
        self._ended = False
        loops = [lambda each=each: self._accept(each) for each in (self._tcp, *self._unix)]
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in (*loops, self._answer)]
        for thread in self._threads:
            thread.start()

    def aimed(self, source: str) -> str:
        """The attack with this canary in the place of its marks."""
        marks = {
            "@CANARY@": str(self.folder),
            "@TCP@": str(self._tcp.getsockname()[1]),
            "@UDP@": str(self._udp.getsockname()[1]),
            "@ABSTRACT@": self.abstract,
        }
        for mark, value in marks.items():
            source = source.replace(mark, value)
        return source

    def close(self) -> None:
        self._ended = True
        for each in (self._tcp, self._udp, *self._unix):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5.0)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while not self._ended:
                descriptor, _ = listener._accept()  # type: ignore[attr-defined]  # accept() makes what tests may not
                self.visitors += 1
                os.read(descriptor, 1)
                os.close(descriptor)

    def _answer(self) -> None:
        with suppress(OSError):
            while not self._ended:
                _, address = self._udp.recvfrom(512)
                if address is None:
                    return
                self.visitors += 1
                self._udp.sendto(b"x", address)


def _listening(name: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(name)
    listener.listen(8)
    return listener


def picture(canary: Canary) -> dict[str, object]:
    """Everything that no attack may change."""
    files = [*sorted(canary.folder.rglob("*")), ROOM / "harness.py", Path("/etc/passwd"), Path("/etc/hosts")]
    return {
        "files": {str(each): _state(each) for each in files},
        "visitors": canary.visitors,
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "name": socket.gethostname(),
        "user": (os.getresuid(), os.getresgid()),
        "limits": [resource.getrlimit(each) for each in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS)],
        "message queues": _listed("/dev/mqueue"),
        "shared memory": Path("/proc/sysvipc/shm").read_text().count("\n"),
    }


def _state(path: Path) -> tuple[int, int, str]:
    about = path.lstat()
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return about.st_mode, about.st_mtime_ns, digest


def _listed(folder: str) -> list[str]:
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []
