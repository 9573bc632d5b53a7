"""The form of a table of cases: an input, a command, and the outcomes that are right."""

import csv
import json
import re
import shlex
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict
from typer.testing import Result

from tests.argosy.cli.invoking import invoke

_FOLDER = Path(__file__).parent


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Flagged(_Form):
    """What must be flagged: points of a series by time, entries of a log by line, or records by number."""

    at: list[datetime] = []
    lines: list[int] | None = None
    records: list[int] = []
    exactly: bool = True
    most: int | None = None


class Times(_Form):
    """The first and last time that were read, and how many points."""

    first: datetime | None = None
    last: datetime | None = None
    points: int | None = None


class Ending(_Form):
    """One way for a command to end that is right: its exit code, what is said, and what the table it wrote holds."""

    exit: int
    says: list[str] = []
    not_says: list[str] = []
    flagged: Flagged | None = None
    times: Times | None = None
    entries: int | None = None


class Case(_Form):
    """One row. `before` holds commands that run first, in the same store. `set` names a group that is counted apart."""

    name: str
    why: str
    command: str
    file: str
    other: str | None = None
    before: list[str] = []
    either: list[Ending]
    set: str | None = None
    folder: Path = _FOLDER

    @property
    def is_slow(self) -> bool:
        """Whether it runs a session, or stands among those that strangers made."""
        return "argosy run" in " ".join([self.command, *self.before]) or self.folder.parent != _FOLDER

    def words(self, command: str, out: Path) -> list[str]:
        places = {"file": self.folder / self.file, "other": self.folder / (self.other or ""), "out": out}
        return [word.format(**places) if "{" in word else word for word in shlex.split(command)][1:]


def tables() -> list[Path]:
    """Every table beside this file."""
    return sorted(_FOLDER.rglob("*.yaml"))


def read_table(path: Path) -> list[Case]:
    """The rows of a table; its inputs lie in the folder beside it, of the same name."""
    return [Case(**row, folder=path.with_suffix("")) for row in yaml.safe_load(path.read_text("utf-8"))]


def what_is_wrong(case: Case, tmp_path: Path) -> str:
    """Why none of the outcomes came that are right; empty if one did."""
    out = tmp_path / ("out.jsonl" if " logs " in case.command else "out.csv")
    for command in case.before:
        first = invoke(*case.words(command, tmp_path / "before.csv"))
        assert first.exit_code == 0, first.output
    ran = invoke(*case.words(case.command, out))
    why = [_differs(ending, ran, out) for ending in case.either]
    return f"exit code {ran.exit_code}; {'; or '.join(why)}\n{ran.output}" if all(why) else ""


def _differs(right: Ending, ran: Result, out: Path) -> str:
    """What is not as this outcome has it, empty if all is."""
    if ran.exit_code != right.exit:
        return f"not the exit code {right.exit}"
    said = " ".join(ran.output.split())  # a word is not lost at the end of a line
    missing = [f"does not say {each!r}" for each in right.says if not re.search(each, said, re.IGNORECASE)]
    wrong = [f"says {each!r}" for each in right.not_says if re.search(each, said, re.IGNORECASE)]
    if not out.exists():
        return ", ".join([*missing, *wrong, *(["wrote no table"] if right.exit == 0 and right.flagged else [])])
    rows = _read_rows(out)
    return ", ".join(each for each in [*missing, *wrong, *_rows_differ(right, rows)] if each)


def _read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            return list(csv.DictReader(file))
        return [{key: str(value) for key, value in json.loads(line).items()} for line in file]


def _rows_differ(right: Ending, rows: list[dict[str, str]]) -> list[str]:
    wrong = []
    if right.entries is not None and len(rows) != right.entries:
        wrong.append(f"{len(rows)} entries, not {right.entries}")
    if right.times:
        wrong.append(_times_differ(right.times, rows))
    if right.flagged:
        wrong.append(_flags_differ(right.flagged, rows))
    return wrong


def _times_differ(right: Times, rows: list[dict[str, str]]) -> str:
    times = [datetime.fromisoformat(row["timestamp"]) for row in rows]
    read = Times(first=times[0], last=times[-1], points=len(times))
    return "" if _covers(right, read) else f"read {read}, not {right}"


def _covers(right: Times, read: Times) -> bool:
    return all(value is None or value == getattr(read, name) for name, value in right)


def _flags_differ(right: Flagged, rows: list[dict[str, str]]) -> str:
    flagged = [row for row in rows if row.get("flag") == "True" or row.get("verdict") == "abnormal"]
    if right.lines is not None:
        lines = [int(row["line"]) for row in flagged]
        same = sorted(lines) == sorted(right.lines) if right.exactly else set(right.lines) <= set(lines)
        if not same:
            return f"abnormal are {_short(lines)}, not {_short(right.lines)}"
    missing = [each for each in right.records if str(each) not in {row.get("record") for row in flagged}]
    missing_times = _missing_times(right.at, flagged, rows)
    if missing or missing_times:
        return f"not flagged: {_short([*missing, *missing_times])}"
    if right.most is not None and len(flagged) > right.most:
        return f"{len(flagged)} flagged, more than {right.most}"
    return ""


def _missing_times(at: list[datetime], flagged: list[dict[str, str]], rows: list[dict[str, str]]) -> list[datetime]:
    """Those of `at` with no flagged point within one step."""
    if not at:
        return []
    times = [datetime.fromisoformat(row["timestamp"]) for row in rows]
    step = min((b - a for a, b in pairwise(times) if b > a), default=timedelta(0))
    found = [datetime.fromisoformat(row["timestamp"]) for row in flagged]
    return [each for each in at if not any(abs(each - one) <= step for one in found)]


def _short(things: list[object] | list[int]) -> str:
    return ", ".join(map(str, things[:12])) + (f" and {len(things) - 12} more" if len(things) > 12 else "")
