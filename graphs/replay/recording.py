"""A recording by what it answers: replies, refusals for want of budget, stops, and which jobs ran out of time."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from argosy.agents.models.speaker import Reply, Usage
from argosy.graphs.recording.events import Decision, Event, ModelCall, SandboxJob

Text = Callable[[str], str]
"""The text of a blob by its SHA-256."""

NOT_ASKED = "not asked"
"""The verdict on a call that the budget refused; its facts are those of the question."""
STOPPED = "stopped"
"""The verdict of a gate that was told to stop; its facts are the `ending`, and how often it had been `asked`."""


@dataclass(frozen=True)
class Question:
    """A call without its model and parameters: a recording answers it for any model.

    `prompt` is the SHA-256 of the messages as they are kept.
    """

    role: str
    round: int
    candidate: int
    attempt: int
    prompt: str


@dataclass(frozen=True)
class RecordedReply:
    """A recorded reply, with the event to record it by again."""

    call: ModelCall
    text: str

    @property
    def reply(self) -> Reply:
        call = self.call
        usage = Usage(0 if call.replayed else 1, call.input_tokens, call.output_tokens, call.usd, call.estimated)
        return Reply(self.text, usage, call.cut)


class Recording:
    """What the events of a session answer; `text` gives the texts that they name.

    The replies of another session are `borrowed`: marked as such, and free. Safe to use from several threads at once.
    """

    def __init__(self, events: Sequence[Event], text: Text, *, borrowed: bool = False) -> None:
        self.events = tuple(events)
        self.calls = tuple(event for event in events if isinstance(event, ModelCall))
        self.text = text
        self._borrowed = borrowed
        self._lock = Lock()
        self._answers: dict[Question, deque[ModelCall]] = defaultdict(deque)
        self._jobs: dict[tuple[str, str], deque[SandboxJob]] = defaultdict(deque)
        self._refusals: dict[Question, str] = {}
        self._stops: dict[tuple[str, str, int], str] = {}
        for event in events:
            self._keep(event)

    def _keep(self, event: Event) -> None:
        match event:
            case ModelCall():
                asked = Question(event.role, event.round, event.candidate, event.attempt, event.prompt)
                self._answers[asked].append(event)
            case SandboxJob():
                self._jobs[event.span, event.purpose].append(event)
            case Decision(verdict=verdict, facts=facts) if verdict == NOT_ASKED:
                self._refusals[Question(**facts)] = event.why  # type: ignore[arg-type]
            case Decision(verdict=verdict, facts=facts) if verdict == STOPPED:
                self._stops[event.span, event.subject, int(facts["asked"] or 0)] = str(facts["ending"])

    def answer(self, question: Question) -> RecordedReply | None:
        """The reply to a question; to one that was asked several times, the replies in their order."""
        with self._lock:
            queue = self._answers.get(question)
            if not queue:
                return None
            call = queue.popleft() if len(queue) > 1 else queue[0]
        if self._borrowed:
            free = {"replayed": True, "input_tokens": 0, "output_tokens": 0, "usd": 0.0}
            call = call.model_copy(update=free)
        return RecordedReply(call, self.text(call.reply))

    def refusal(self, question: Question) -> str | None:
        """Why the budget refused this call, if it did."""
        return self._refusals.get(question)

    def job(self, span: str, purpose: str) -> SandboxJob | None:
        """The next job that was recorded for a span and a purpose."""
        with self._lock:
            queue = self._jobs.get((span, purpose))
            return queue.popleft() if queue else None

    def stop(self, span: str, gate: str, asked: int) -> str | None:
        """Why a gate of a span stopped when it was asked for this time; None if it did not."""
        return self._stops.get((span, gate, asked))


def empty_recording() -> Recording:
    """The recording of what has not happened."""
    return Recording((), lambda name: name)
