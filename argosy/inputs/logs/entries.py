"""Entries of a log, and what is counted of it on the way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from argosy.inputs.logs.byte_stream import LONGEST_LINE, DamagedLines, placed
from argosy.inputs.logs.field_severity import value_at
from argosy.inputs.logs.fields import label_of
from argosy.inputs.logs.joined_lines import JoinedLines
from argosy.inputs.quoting import shown
from argosy.signals.arrays import Ints
from argosy.signals.errors import BadInput
from argosy.signals.severity import Severity

_MOST_NAMED = 5


@dataclass(frozen=True)
class LogRequest:
    """What to read. `message`, `session` and `label` name fields; of plain text, `session` is a regular expression.

    Without `message` it is found by the usual names. `called` is how the log is named, where not by its path.
    """

    path: Path
    message: str | None = None
    session: str | None = None
    label: str | None = None
    called: str | None = None

    @property
    def place(self) -> str:
        return self.called or placed(self.path)


@dataclass(frozen=True, eq=False)
class Entries:
    """Some entries of a log. `numbers`, shape (n,), are first lines or rows as a person counts, from 1."""

    numbers: Ints
    texts: list[str]
    severities: list[Severity]
    sessions: list[str] | None
    labels: list[bool] | None


@dataclass(eq=False)
class Rows:
    """How many rows something is true of, and the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.first) < _MOST_NAMED:
            self.first.append(number)

    def __str__(self) -> str:
        return ", ".join(map(str, self.first)) + (", …" if self.count > len(self.first) else "")


@dataclass(eq=False)
class Tally:
    """What was not taken as it stood.

    `plain` rows are no JSON objects and are texts; where labels are wanted, which those cannot have, rows are `skipped`
    instead. `joined` lines became part of the entry before them. `numbered` levels are such as pino writes.
    `in_session` entries have a session. `is_cut`: the log ends within an entry, which was left out.
    """

    spoiled: DamagedLines = field(default_factory=DamagedLines)
    skipped: Rows = field(default_factory=Rows)
    plain: Rows = field(default_factory=Rows)
    joined: int = 0
    numbered: int = 0
    in_session: int = 0
    is_cut: bool = False


def entries_of(
    joined: Iterable[JoinedLines], request: LogRequest, tally: Tally, session: Callable[[str], str] | None = None
) -> Entries:
    """Joined lines as entries. Of text, `session` finds what belongs together. Raises BadInput for what is no label."""
    texts, numbers, severities, sessions, labels = [], [], [], [], []
    for lines in joined:
        text, row = lines.text, lines.first.row
        if not text or text.isspace():
            continue
        tally.spoiled.cut += len(text) > LONGEST_LINE
        texts.append(text[:LONGEST_LINE])
        numbers.append(lines.first.number)
        severities.append(lines.severity)
        if request.session:
            found = session(text) if session else str(value_at(row or {}, request.session) or "")
            sessions.append(found)
            tally.in_session += bool(found)
        if request.label:
            labels.append(_label(row or {}, request.label, f"{request.place}, row {lines.first.number}"))
    return Entries(
        np.array(numbers, dtype=np.int64),
        texts,
        severities,
        sessions if request.session else None,
        labels if request.label else None,
    )


def _label(row: object, name: str, place: str) -> bool:
    if not isinstance(row, dict) or name not in row:
        raise BadInput(place, f"there is no field {shown(name)}", "name the field that says which rows are abnormal")
    return label_of(row[name], place)
