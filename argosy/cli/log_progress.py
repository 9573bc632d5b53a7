"""Progress of reading a log: a bar on a terminal, a line now and then where there is none."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

from argosy.terminal import several

_TOLD_EACH_S = 10.0


class LogProgress:
    """Tells of lines mined and templates judged. Give it stderr: stdout stays clean."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic, quiet: bool = False) -> None:
        self._console, self._clock, self._quiet = console, clock, quiet
        self._status: Status | None = None
        self._told_s = clock()

    def __enter__(self) -> Self:
        if not self._quiet and self._console.is_terminal:
            self._status = self._console.status("reading …")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def mined(self, lines: int) -> None:
        """So many lines were read."""
        self._tell(f"{several(lines, 'line')} read")

    def judged(self, known: int, total: int) -> None:
        """So many of all templates have a verdict."""
        self._tell(f"{known:,} of {several(total, 'template')} judged")

    def _tell(self, words: str) -> None:
        if self._quiet:
            return
        if self._status:
            self._status.update(words)
        elif self._clock() - self._told_s >= _TOLD_EACH_S:
            self._told_s = self._clock()
            self._console.print(words, markup=False)
