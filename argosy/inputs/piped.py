"""What comes down a pipe, as a file that can be read more than once."""

import shutil
import stat
import sys
import tempfile
from pathlib import Path

from argosy.inputs.quoting import PIPED, named
from argosy.signals.errors import BadInput

STDIN = Path("-")
_CHUNK_BYTES = 1 << 20


def is_pipe(path: Path) -> bool:
    """Whether a path is `-`, or leads to a pipe, which can be read only once."""
    if path == STDIN:
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)


def keep_piped(path: Path) -> Path:
    """A copy on disk of all that comes down a pipe, alone in its folder, which is the caller's to remove.

    Raises BadInput where it cannot be read or kept.
    """
    folder = Path(tempfile.mkdtemp(prefix=PIPED))
    copy = folder / ("stdin" if path == STDIN else path.name)
    try:
        with copy.open("wb") as file:
            if path == STDIN:
                shutil.copyfileobj(sys.stdin.buffer, file, _CHUNK_BYTES)
            else:
                with path.open("rb") as pipe:
                    shutil.copyfileobj(pipe, file, _CHUNK_BYTES)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        why = (error.strerror or str(error)).lower()
        raise BadInput(named(copy), f"cannot be read or kept ({why})", "write it to a file first") from error
    return copy
