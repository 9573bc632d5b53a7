"""Where a session records: the protocol, and the wrappers that everything recorded passes through.

Two choke points, the model and the sandbox, and one wrapper round every node. A span is the node's run, such as
'propose#2'. It is a plain value that the node hands to what it calls, so candidates that run side by side within a node
need no lock to be recorded under the right one.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol

from langchain_core.messages import BaseMessage

from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.sampling import sampling_parameters
from argosy.agents.models.speaker import CallKey, Parameter, Reply, Speaker
from argosy.graphs.recording.events import Event, Failure, ModelCall, SandboxJob, SpanBegin, SpanEnd
from argosy.sandbox.protocol import Broke, Job, Outcome, Ran, Sandbox, TimedOut, TooBig
from argosy.signals.errors import BadInput

Clock = Callable[[], float]
"""Unix seconds, now."""


_DETAIL_CHARACTERS = 4_000


class Recorder(Protocol):
    """Keeps events and blobs, at once and in order. Safe to call from several threads at once."""

    def append(self, event: Event) -> None:
        """Keeps the event before it returns."""
        ...

    def blob(self, data: bytes) -> str:
        """Keeps the bytes and returns their SHA-256 in hex."""
        ...


def prompt_text(messages: Sequence[BaseMessage]) -> str:
    """The messages as the text that is kept of them: each under a line that names its role."""
    return "\n\n".join(f"[{message.type}]\n{message.text}" for message in messages)


def call_key(model: str, parameters: Mapping[str, Parameter], prompt: str, place: CallKey) -> str:
    """What a call is known by, as SHA-256 in hex: model, parameters, tools, messages and its place in the session.

    `prompt` is the SHA-256 under which the messages are kept. No agent uses tools, and the key says so.
    """
    named = {
        "model": model,
        "parameters": dict(parameters),
        "tools": [],
        "prompt": prompt,
        "place": [place.role.value, place.round, place.candidate, place.attempt],
    }
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()


class RecordedSpeaker:
    """A speaker whose every prompt and reply is kept before the reply is used."""

    def __init__(self, speaker: Speaker, recorder: Recorder, span: str, clock: Clock) -> None:
        self.name = speaker.name
        self.is_language_model = speaker.is_language_model
        self.parameters = speaker.parameters
        self._speaker, self._recorder, self._span, self._clock = speaker, recorder, span, clock

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        """Asks and records. Raises what the speaker raises; a failed call leaves its prompt and no event."""
        prompt = self._recorder.blob(encoded(prompt_text(messages)))
        began = self._clock()
        reply = self._speaker.ask(messages, key, form)
        now = self._clock()
        parameters = {**self.parameters, **sampling_parameters(self.parameters, key)}
        self._recorder.append(
            ModelCall(
                at=now,
                span=self._span,
                role=key.role.value,
                round=key.round,
                candidate=key.candidate,
                attempt=key.attempt,
                model=self.name,
                prompt=prompt,
                reply=self._recorder.blob(encoded(reply.text)),
                input_tokens=reply.usage.input_tokens,
                output_tokens=reply.usage.output_tokens,
                estimated=reply.usage.estimated,
                usd=reply.usage.usd,
                cut=reply.cut,
                seconds=max(0.0, now - began),
                key=call_key(self.name, parameters, prompt, key),
                parameters=parameters,
            )
        )
        return reply


class RecordedSandbox:
    """A sandbox whose every job is kept, with the purpose it ran for: 'trial', 'tune', 'assess'."""

    def __init__(self, sandbox: Sandbox, recorder: Recorder, span: str, purpose: str, clock: Clock) -> None:
        self.name = sandbox.name
        self.sealed = sandbox.sealed
        self._sandbox, self._recorder, self._span, self._clock = sandbox, recorder, span, clock
        self._purpose = purpose

    def run(self, job: Job) -> tuple[Outcome, ...]:
        """Runs and records. Raises SandboxUnavailable."""
        began = self._clock()
        outcomes = self._sandbox.run(job)
        now = self._clock()
        outcome, detail = _first_unclean(outcomes)
        self._recorder.append(
            SandboxJob(
                at=now,
                span=self._span,
                sandbox=self.name,
                purpose=self._purpose,
                source=self._recorder.blob(encoded(job.source)),
                evaluations=len(job.evaluations),
                outcome=outcome,
                detail=detail[:_DETAIL_CHARACTERS],
                seconds=max(0.0, now - began),
                in_time=in_time(outcomes),
                spent_s=tuple(each.seconds if isinstance(each, Ran) else None for each in outcomes),
            )
        )
        return outcomes

    def close(self) -> None:
        self._sandbox.close()


@contextmanager
def span(recorder: Recorder, clock: Clock, node: str, round_: int) -> Iterator[str]:
    """One run of a node: gives its mark, and records that it begins, and that it ends or fails.

    What fails, an interruption by the user included, is recorded and raised again.
    """
    mark = f"{node}#{round_}"
    began = clock()
    recorder.append(SpanBegin(at=began, span=mark, node=node, round=round_))
    try:
        yield mark
    except BaseException as error:
        recorder.append(_failure(error, clock(), mark))
        raise
    now = clock()
    recorder.append(SpanEnd(at=now, span=mark, node=node, round=round_, seconds=max(0.0, now - began)))


def _failure(error: BaseException, at: float, span: str) -> Failure:
    match error:
        case BadInput():
            return Failure(at=at, span=span, error=f"{error.place}: {error.problem}", mend=error.mend)
        case KeyboardInterrupt():
            return Failure(at=at, span=span, error="interrupted", mend="run it again")
    mend = getattr(error, "mend", "")
    return Failure(
        at=at, span=span, error=f"{type(error).__name__}: {error}", mend=mend if isinstance(mend, str) else ""
    )


def _first_unclean(outcomes: Sequence[Outcome]) -> tuple[Literal["ran", "broke", "timed_out", "too_big"], str]:
    for index, outcome in enumerate(outcomes, start=1):
        where = f"evaluation {index} of {len(outcomes)}"
        match outcome:
            case Ran():
                continue
            case Broke(error=error, traceback=traceback):
                return "broke", f"{where}: {error}\n{traceback}".rstrip()
            case TimedOut(limit_s=limit_s):
                return "timed_out", f"{where}: time was up after {limit_s:g} s"
            case TooBig(what=what, limit=limit):
                return "too_big", f"{where}: more {what} than {limit:,}"
    return "ran", ""


def in_time(outcomes: Sequence[Outcome]) -> int | None:
    """How many evaluations were done when the time of their job was up; None where it never was."""
    late = sum(isinstance(outcome, TimedOut) for outcome in outcomes)
    return len(outcomes) - late if late else None


def encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate, which some servers let through, is written as its escape."""
    return text.encode(errors="backslashreplace")
