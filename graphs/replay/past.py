"""What a session recorded before, as far as replaying it depends on it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from argosy.graphs.recording.events import EVENT, Decision, Event, Failure, SandboxJob, ScoreMeasured, SpanBegin
from argosy.graphs.replay.recording import Question, RecordedReply, Recording, empty_recording

T = TypeVar("T")

RESUMED = "resumed"
"""The verdict that marks where a session was taken up again after it was killed."""

_MARKS_OF_ONE_RUN = frozenset((RESUMED, "switched"))
_NOT_COMPARED = {"at", "seconds", "sandbox", "why"}
"""Of a decision its verdict and its facts are compared; a later version may put the sentence in other words."""


@dataclass(frozen=True)
class NodeRun:
    """The nth run of a node in a round, such as 'propose#2', or 'repair#1.2' for the second of that name."""

    span: str
    nth: int = 1

    def __str__(self) -> str:
        return self.span if self.nth == 1 else f"{self.span}.{self.nth}"


@dataclass(frozen=True)
class EarlierSettings(Generic[T]):
    """Settings that held before a step; from then on those of the next turn hold, or the session's own."""

    step: NodeRun
    settings: T


class Past:
    """What is known of a session that is done again; nothing for one that runs for the first time.

    `own` is its record. A fork also has that of its `origin`, which must hold all up to the step `until`. `finished`:
    gates go by the record alone. `turns` are the settings that held earlier. `tainted` says that replies on record may
    be a language model's, whoever is asked now. `clean` is what the recorder does to a text, so that a reply is used
    as it was recorded. Safe to use from several threads at once.
    """

    def __init__(
        self,
        own: Recording | None = None,
        origin: Recording | None = None,
        until: NodeRun | None = None,
        *,
        finished: bool = False,
        turns: Sequence[EarlierSettings[Any]] = (),
        tainted: bool = False,
        clean: Callable[[str], str] = lambda text: text,
    ) -> None:
        own = own or empty_recording()
        self.tainted, self.clean = tainted, clean
        self.recordings = (own,) if origin is None else (own, origin)
        self._finished, self._until, self._turns = finished, until, tuple(turns)
        self._lock = Lock()
        self._left = Counter(fingerprint(event) for event in own.events if expected(event))
        self._metrics = {tuple(event.metrics) for event in own.events if isinstance(event, ScoreMeasured)}
        self._went_on = False
        self._gates: Counter[tuple[str, str]] = Counter()
        self._begun: Counter[str] = Counter()

    @property
    def caught_up(self) -> bool:
        """Whether all that is recorded has come again, so that clocks and people count from here on."""
        return not self._finished and not self.before_its_turn and (self._went_on or not self._left)

    @property
    def before_its_turn(self) -> bool:
        """Whether the step is still to come up to which everything is on record."""
        return self._until is not None and not self.reached(self._until)

    def go_on(self) -> None:
        """Ends the replay: called when a model is asked live, whatever the record still holds."""
        self._went_on = True

    def observe(self, event: Event) -> bool:
        """Counts an event off the record; whether the record held it (each recorded event counts once)."""
        with self._lock:
            if isinstance(event, SpanBegin):
                self._begun[event.span] += 1
            name = next((each for each in self._names(event) if each in self._left), None)
            if name is None:
                return False
            self._left[name] -= 1
            if not self._left[name]:
                del self._left[name]
            return True

    def _names(self, event: Event) -> Iterator[str]:
        """What an event may be called on record: a metric that came after the record is in no name."""
        yield fingerprint(event)
        if isinstance(event, ScoreMeasured):
            for metrics in self._metrics:
                kept = {name: event.metrics[name] for name in metrics if name in event.metrics}
                yield fingerprint(event.model_copy(update={"metrics": kept}))

    def left(self) -> tuple[Event, ...]:
        """What the session's own record holds and has not come again, in order."""
        with self._lock:
            left = Counter(self._left)
        found = []
        for event in self.recordings[0].events:
            name = fingerprint(event)
            if left[name] > 0:
                left[name] -= 1
                found.append(event)
        return tuple(found)

    def answer(self, question: Question) -> RecordedReply | None:
        """The recorded reply to a question."""
        return next((found for each in self.recordings if (found := each.answer(question))), None)

    def refusal(self, question: Question) -> str | None:
        """Why the budget refused this call, if it did."""
        return next((found for each in self.recordings if (found := each.refusal(question)) is not None), None)

    def job(self, span: str, purpose: str) -> SandboxJob | None:
        """The recorded job of a span and purpose, in their order; None where none is recorded."""
        found = [each.job(span, purpose) for each in self.recordings]
        return next((job for job in found if job is not None), None)

    def stop(self, span: str, gate: str, live: Callable[[], str | None]) -> tuple[str | None, int]:
        """Whether to stop, and how often this gate of this span has been asked: by the record, then by the present."""
        with self._lock:
            self._gates[span, gate] += 1
            asked = self._gates[span, gate]
        for each in self.recordings:
            if (recorded := each.stop(span, gate, asked)) is not None:
                return recorded, asked
        return (live() if self.caught_up else None), asked

    def settings(self, now: T) -> T:
        """The settings that hold: those before the first turn that has not come yet, else those of now."""
        for turn in self._turns:
            if not self.reached(turn.step):
                held: T = turn.settings
                return held
        return now

    def reached(self, step: NodeRun) -> bool:
        """Whether a step has begun."""
        return self._begun[step.span] >= step.nth


def steps(events: Iterable[Event]) -> dict[NodeRun, int]:
    """Every run of a node in a record, with the place of its beginning among the events."""
    begun: Counter[str] = Counter()
    found = {}
    for place, event in enumerate(events):
        if isinstance(event, SpanBegin):
            begun[event.span] += 1
            found[NodeRun(event.span, begun[event.span])] = place
    return found


def expected(event: Event) -> bool:
    """Whether an event comes again when its session is done again; what failed, or marks one run, does not."""
    if isinstance(event, Failure):
        return False
    return not (isinstance(event, Decision) and event.verdict in _MARKS_OF_ONE_RUN)


def fingerprint(event: Event) -> str:
    """What of an event is the same whenever it happens."""
    return EVENT.dump_json(event, exclude=_NOT_COMPARED).decode()
