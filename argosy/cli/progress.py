"""Progress of a session, told from the events that are recorded anyway."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from argosy.graphs.recording.events import Decision, Event, ModelCall, SpanBegin
from argosy.terminal import clock_time, several

TOLD = {"base": "base", "session": "session", "model": "model", "fused": "fusion", "series": "series"}


class Progress:
    """Prints a line for what matters; a moving line shows what is under way. Give it stderr: stdout stays clean.

    Where it is told how many `rounds` there are at most, it says how many are done and, from the second on, the time
    that the others take if all are used, by what those before took.
    """

    def __init__(
        self, console: Console, clock: Callable[[], float], quiet: bool = False, rounds: int | None = None
    ) -> None:
        self._console = console
        self._clock = clock
        self._quiet = quiet
        self._status: Status | None = None
        self._started = clock()
        self._calls = 0
        self._rounds = rounds
        self._round, self._ended = 0, False
        self._first_round = self._this_round = self._started

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
                self._show(f"{self._name(number)} · {node}" if number else node)
            case ModelCall():
                self._calls += 1
            case Decision():
                self._tell(event)
                self._ended = self._ended or event.subject == "session"

    def _show(self, doing: str) -> None:
        if self._status:
            taken = f"{self._clock() - self._started:.0f} s"
            self._status.update(" · ".join((doing, several(self._calls, "call"), taken, *self._left())))

    def _name(self, number: int) -> str:
        if self._ended and self._rounds:
            return "after the rounds"
        return f"round {number} of {self._rounds}" if self._rounds and number <= self._rounds else f"round {number}"

    def _begin(self, number: int) -> None:
        self._round, self._this_round = number, self._clock()
        if number == 1:
            self._first_round = self._this_round

    def _left(self) -> tuple[str, ...]:
        """The time left if all rounds are used; nothing where no round is done by which to reckon, or time is up."""
        done = self._round - 1
        if self._ended or not self._rounds or not 0 < done < self._rounds:
            return ()
        each_s = (self._this_round - self._first_round) / done
        left_s = (self._rounds - done) * each_s - (self._clock() - self._this_round)
        return (f"about {clock_time(left_s)} left at most",) if left_s > 0 else ()

    def _tell(self, event: Decision) -> None:
        text = escape(event.why)
        if event.subject.startswith("round "):
            self._begin(int(event.subject.split()[1]))
            done = ", ".join((f"{(self._round - 1) / self._rounds:.0%} done", *self._left())) if self._rounds else ""
            about = f" ({done})" if done else ""
            self._print(f"[bold]{self._name(self._round)}[/] {event.verdict}: {text}{about}")
        elif event.verdict == "accepted":
            self._print(f"  [green]{escape(event.subject)} accepted[/]: {text}")
        elif event.subject in TOLD:
            self._print(f"[bold]{TOLD[event.subject]}[/] {escape(event.verdict)}: {text}")

    def _print(self, markup: str) -> None:
        self._console.print(markup, soft_wrap=True)
