"""What passes through the wrappers is kept, before it is used."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Lock
from typing import TypedDict

import numpy as np
import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from langgraph.graph import END, START, StateGraph

from argosy.agents.models.speaker import CallKey, ModelUnavailable, Role
from argosy.graphs.recording.events import Event, Failure, ModelCall, SandboxJob, SpanBegin, SpanEnd
from argosy.graphs.recording.recorder import RecordedSandbox, RecordedSpeaker, prompt_text, span
from argosy.sandbox.protocol import Broke, Evaluation, Input, Job, Outcome, Ran, TimedOut, TooBig
from argosy.signals.errors import BadInput
from tests.scripted import ScriptedModel, scripted_speaker

MESSAGES = [SystemMessage("You write rules."), HumanMessage("Write one.")]
RAN = Ran(np.zeros(2), 0.1)


class Kept:
    """A recorder in memory."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.blobs: dict[str, bytes] = {}
        self._lock = Lock()

    def append(self, event: Event) -> None:
        with self._lock:
            self.events.append(event)

    def blob(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        with self._lock:
            self.blobs[name] = data
        return name


class Full(Kept):
    def append(self, event: Event) -> None:
        raise OSError("disk full")


class Canned:
    name = "canned"
    sealed = True

    def __init__(self, *outcomes: Outcome) -> None:
        self._outcomes = outcomes
        self.closed = False

    def run(self, job: Job) -> tuple[Outcome, ...]:
        return self._outcomes

    def close(self) -> None:
        self.closed = True


def ticking() -> Callable[[], float]:
    ticks = count(100)
    return lambda: float(next(ticks))


def test_a_call_is_kept_with_its_prompt_and_reply() -> None:
    kept, speaker = Kept(), scripted_speaker(ScriptedModel(answers=["a rule \ud800"]))
    reply = RecordedSpeaker(speaker, kept, "propose#2", ticking()).ask(MESSAGES, CallKey(Role.DETECTION, 2, 3, 1))
    (event,) = kept.events
    assert isinstance(event, ModelCall)
    assert (
        kept.blobs[event.prompt].decode()
        == prompt_text(MESSAGES)
        == "[system]\nYou write rules.\n\n[human]\nWrite one."
    )
    assert kept.blobs[event.reply].decode() == "a rule \\ud800"
    assert (event.role, event.round, event.candidate, event.attempt) == ("detection", 2, 3, 1)
    assert (event.span, event.at, event.seconds, event.model) == ("propose#2", 101.0, 1.0, "scripted")
    assert (event.input_tokens, event.output_tokens) == (reply.usage.input_tokens, reply.usage.output_tokens)
    assert reply.text == "a rule \ud800"


def test_a_reply_that_cannot_be_kept_is_not_used() -> None:
    speaker = RecordedSpeaker(scripted_speaker(ScriptedModel(answers=["a rule"])), Full(), "propose#1", ticking())
    with pytest.raises(OSError, match="disk full"):
        speaker.ask(MESSAGES, CallKey(Role.DETECTION, 1, 1))


def test_a_failed_call_leaves_its_prompt() -> None:
    kept, model = Kept(), ScriptedModel(answers=lambda _: ConnectionError("refused"))
    with pytest.raises((ModelUnavailable, ConnectionError)):
        RecordedSpeaker(scripted_speaker(model), kept, "s", ticking()).ask(MESSAGES, CallKey(Role.DETECTION, 1, 1))
    assert kept.events == []
    assert list(kept.blobs.values()) == [prompt_text(MESSAGES).encode()]


def test_a_wrapped_speaker_is_trusted_as_the_one_inside() -> None:
    inner = scripted_speaker(ScriptedModel(answers=[]), is_language_model=False)
    wrapped = RecordedSpeaker(inner, Kept(), "s", ticking())
    assert (wrapped.name, wrapped.is_language_model) == (inner.name, False)


def test_candidates_side_by_side_are_kept_under_their_own_keys() -> None:
    kept = Kept()
    model = ScriptedModel(answers=lambda messages: f"reply to {messages[-1].content}")

    def ask(number: int) -> None:
        speaker = RecordedSpeaker(scripted_speaker(model), kept, f"propose#{number % 2}", lambda: 1.0)
        speaker.ask([HumanMessage(f"candidate {number}")], CallKey(Role.DETECTION, 1, number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(64)))
    calls = [event for event in kept.events if isinstance(event, ModelCall)]
    assert sorted(call.candidate for call in calls) == list(range(64))
    for call in calls:
        assert kept.blobs[call.reply].decode() == f"reply to candidate {call.candidate}"
        assert call.span == f"propose#{call.candidate % 2}"


@pytest.mark.parametrize(
    ("outcomes", "outcome", "detail"),
    [
        ((RAN, RAN), "ran", ""),
        ((RAN, Broke("NameError: x", "line 3"), TimedOut(1.0)), "broke", "evaluation 2 of 3: NameError: x\nline 3"),
        ((TimedOut(2.5),), "timed_out", "evaluation 1 of 1: time was up after 2.5 s"),
        ((TooBig("memory", 1 << 30),), "too_big", "evaluation 1 of 1: more memory than 1,073,741,824"),
        ((), "ran", ""),
    ],
)
def test_a_job_is_kept_with_its_first_unclean_outcome(outcomes: tuple[Outcome, ...], outcome: str, detail: str) -> None:
    kept = Kept()
    job = Job("source", (Input(np.zeros(2), np.arange(2)),), tuple(Evaluation({}) for _ in outcomes))
    got = RecordedSandbox(Canned(*outcomes), kept, "trial#1", "trial", ticking()).run(job)
    (event,) = kept.events
    assert isinstance(event, SandboxJob)
    assert got == outcomes
    assert (event.outcome, event.detail, event.evaluations) == (outcome, detail, len(outcomes))
    assert (event.sandbox, event.purpose, event.span, event.seconds) == ("canned", "trial", "trial#1", 1.0)
    assert kept.blobs[event.source] == b"source"


def test_closing_a_wrapped_sandbox_closes_the_one_inside() -> None:
    inner = Canned()
    wrapped = RecordedSandbox(inner, Kept(), "s", "trial", ticking())
    wrapped.close()
    assert inner.closed
    assert wrapped.sealed


class Told(TypedDict, total=False):
    round: int


def test_nodes_of_a_real_graph_are_kept_from_beginning_to_end() -> None:
    kept, clock, seen = Kept(), ticking(), list[str]()

    def step(state: Told) -> Told:
        with span(kept, clock, "propose", state["round"]) as mark:
            seen.append(mark)
            return {"round": state["round"] + 1}

    graph = StateGraph(Told)
    graph.add_node("propose", step)
    graph.add_edge(START, "propose")
    graph.add_conditional_edges("propose", lambda state: "propose" if state["round"] < 3 else END)
    graph.compile().invoke({"round": 1})
    assert seen == ["propose#1", "propose#2"]
    assert [type(event) for event in kept.events] == [SpanBegin, SpanEnd] * 2
    assert [event.span for event in kept.events] == ["propose#1", "propose#1", "propose#2", "propose#2"]
    end = kept.events[1]
    assert isinstance(end, SpanEnd)
    assert end.seconds == 1.0


@pytest.mark.parametrize(
    ("error", "said", "mend"),
    [
        (BadInput("a.csv", "is empty", "give rows"), "a.csv: is empty", "give rows"),
        (ModelUnavailable("no key"), "ModelUnavailable: no key", ""),
        (KeyboardInterrupt(), "interrupted", "run it again"),
    ],
)
def test_a_node_that_fails_is_kept_and_fails_on(error: BaseException, said: str, mend: str) -> None:
    kept = Kept()
    with pytest.raises(type(error)), span(kept, ticking(), "profile", 0):
        raise error
    begun, failure = kept.events
    assert isinstance(begun, SpanBegin)
    assert isinstance(failure, Failure)
    assert (failure.error, failure.mend, failure.span) == (said, mend, "profile#0")
