"""Processes as the system tells of them: who has started whom, and who still lives."""

from pathlib import Path


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that these have."""
    found = set[int]()
    try:
        lists = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it ended meanwhile
        return found
    for child in map(int, " ".join(lists).split()):
        found |= {child, *descendants(child)}
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that have not ended."""
    return {pid for pid in pids if _state(pid) not in ("", "Z")}


def naming(text: str) -> set[int]:
    """The processes whose command line has this text in it, wherever they were started."""
    return {int(each.parent.name) for each in Path("/proc").glob("[0-9]*/cmdline") if text in _read(each)}


def _state(pid: int) -> str:
    return _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].strip()[:1]


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
