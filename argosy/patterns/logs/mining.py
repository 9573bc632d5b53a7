"""The first pass over a log: templates in memory, and on disk which line has which."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self

import numpy as np

from argosy.detectors.logs.templates import Template, TemplateMiner
from argosy.inputs.logs.log_file import Log
from argosy.signals.arrays import Ints

_READ_LINES = 1 << 16
_ROW = np.dtype([("number", "<i8"), ("template", "<i4")])


class LineTemplates:
    """For every line its number and template, in a temporary file of 12 bytes a line. A context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self._file = self._stack.enter_context(tempfile.TemporaryFile(prefix="argosy-log-"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, numbers: Ints, templates: Ints) -> None:
        """Adds lines; both shape (n,)."""
        assert self._file is not None
        rows = np.empty(len(numbers), dtype=_ROW)
        rows["number"], rows["template"] = numbers, templates
        self._file.write(rows.tobytes())

    def blocks(self, lines: int = _READ_LINES) -> Iterator[tuple[Ints, Ints]]:
        """Numbers and templates again, in order, so many lines at a time."""
        assert self._file is not None
        self._file.seek(0)
        while block := self._file.read(lines * _ROW.itemsize):
            rows = np.frombuffer(block, dtype=_ROW)
            yield rows["number"].astype(np.int64), rows["template"].astype(np.int64)


@dataclass(eq=False)
class MinedLog:
    """What a log is made of. `sessions` has for each session the templates of its lines."""

    templates: Sequence[Template] = ()
    lines: int = 0
    sessions: dict[str, set[int]] = field(default_factory=dict)
    unread_errors: int = 0
    """How many lines at ERROR or above fit none of the templates that there may be."""


def mine(log: Log, tally: LineTemplates, most_templates: int, done: Callable[[int], None]) -> MinedLog:
    """Reads the log once; `done` is told the count of lines. Memory grows with templates and sessions, not with lines.

    Raises BadInput.
    """
    miner = TemplateMiner(most_templates)
    found = MinedLog()
    for entries in log.batches():
        ids = miner.add(entries.texts, entries.severities)
        tally.add(entries.numbers, ids)
        found.lines += len(entries.texts)
        for session, id in zip(entries.sessions or (), ids.tolist(), strict=False):
            if session:
                found.sessions.setdefault(session, set()).add(id)
        done(found.lines)
    found.templates, found.unread_errors = miner.templates, miner.unread_errors
    return found
