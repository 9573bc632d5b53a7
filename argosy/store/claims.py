"""Who works on a session: one process at a time, and nobody once that process is gone, however it went."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable


class Claims:
    """Locks on files in a folder of this machine, which the system gives up when their process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, session: str) -> Iterator[None]:
        """Claims a session while inside. Raises BadInput when another process, or thread, works on it."""
        held = self._take(session)
        if held is None:
            mend = "wait until it is done, or end that process"
            raise BadInput(f"session {session}", "is being worked on by another process", mend)
        try:
            yield
        finally:
            with suppress(OSError):  # some systems let nobody remove what is open
                self._path(session).unlink(missing_ok=True)
            held.close()

    def free(self, session: str) -> bool:
        """Whether nobody works on the session at this moment."""
        try:
            with self.hold(session):
                return True
        except BadInput:
            return False

    def _path(self, session: str) -> Path:
        return self._folder / f"{session}.lock"

    def _take(self, session: str) -> IO[bytes] | None:
        """The locked file, or None. One that its holder removed while we waited for it is not the lock any more."""
        path = self._path(session)
        while True:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                file = path.open("ab")
            except OSError as error:
                problem, mend = (error.strerror or str(error)).lower(), "set ARGOSY_HOME to a folder of yours"
                raise StoreUnavailable(str(self._folder), problem, mend) from error
            if not _lock(file):
                file.close()
                return None
            if _is_at(path, file):
                return file
            file.close()


def _is_at(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
