"""Progress of a session, told from the events that are recorded anyway."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from argosy.graphs.recording.events import Decision, Event, ModelCall, SpanBegin
from argosy.terminal import several

TOLD = {"base": "base", "session": "session", "model": "model", "fused": "fusion", "series": "series"}


class Progress:
    """Prints a line for what matters; a moving line shows what is under way. Give it stderr: stdout stays clean."""

    def __init__(self, console: Console, clock: Callable[[], float], quiet: bool = False) -> None:
        self._console = console
        self._clock = clock
        self._quiet = quiet
        self._status: Status | None = None
        self._started = clock()
        self._calls = 0

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

    def watch(self, event: Event) -> None:
        """Takes one event."""
        if self._quiet:
            return
        match event:
            case SpanBegin(node=node, round=number):
                self._show(f"round {number} · {node}" if number else node)
            case ModelCall():
                self._calls += 1
            case Decision():
                self._tell(event)

    def _show(self, doing: str) -> None:
        if self._status:
            seconds = self._clock() - self._started
            self._status.update(f"{doing} · {several(self._calls, 'call')} · {seconds:.0f} s")

    def _tell(self, event: Decision) -> None:
        text = escape(event.why)
        if event.subject.startswith("round "):
            self._print(f"[bold]{event.subject}[/] {event.verdict}: {text}")
        elif event.verdict == "accepted":
            self._print(f"  [green]{escape(event.subject)} accepted[/]: {text}")
        elif event.subject in TOLD:
            self._print(f"[bold]{TOLD[event.subject]}[/] {escape(event.verdict)}: {text}")

    def _print(self, markup: str) -> None:
        self._console.print(markup, soft_wrap=True)
