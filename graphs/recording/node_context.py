"""A node's view of its run: whatever it asks, runs or decides is recorded under its span."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import Field, dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from argosy.agents.models.chain import Chain
from argosy.agents.models.speaker import Speaker
from argosy.graphs.recording.events import Decision
from argosy.graphs.recording.recorder import Clock, RecordedSandbox, RecordedSpeaker, Recorder, span
from argosy.sandbox.protocol import Sandbox

Fact = float | int | str | bool | None


class RunContext(Protocol):
    """What the contexts of all graphs, dataclasses, have in common."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def recorder(self) -> Recorder: ...

    @property
    def clock(self) -> Clock: ...


C = TypeVar("C", bound=RunContext)


@dataclass(frozen=True)
class NodeContext(Generic[C]):
    """What a node is given beside the state: the context of the run, and the span under which it records."""

    context: C
    span: str

    def decide(self, subject: str, verdict: str, why: str = "", **facts: Fact) -> None:
        """Records a decision."""
        c = self.context
        c.recorder.append(
            Decision(at=c.clock(), span=self.span, subject=subject, verdict=verdict, why=why, facts=facts)
        )

    def recorded_speaker(self, speaker: Speaker | Chain) -> Speaker:
        """A model whose every call is recorded; of a fallback chain each by itself, and each switch as a decision."""
        return speaker.speaker(self._recorded, self.switched) if isinstance(speaker, Chain) else self._recorded(speaker)

    def _recorded(self, speaker: Speaker) -> Speaker:
        return RecordedSpeaker(speaker, self.context.recorder, self.span, self.context.clock)

    def switched(self, failed: str, replacement: str, why: str) -> None:
        """Records that one model of a chain was left for the next."""
        self.decide("model", f"{failed} left for {replacement}", why)

    def recorded_sandbox(self, sandbox: Sandbox, purpose: str) -> Sandbox:
        """A sandbox whose every job is recorded, with what it ran for."""
        return RecordedSandbox(sandbox, self.context.recorder, self.span, purpose, self.context.clock)

    @contextmanager
    def step(self, name: str, round_: int = 1) -> Iterator[Self]:
        """A step within this one, which records under a span of its own."""
        with span(self.context.recorder, self.context.clock, name, round_) as mark:
            yield replace(self, span=mark)
