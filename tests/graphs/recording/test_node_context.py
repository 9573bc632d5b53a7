"""What a node asks, runs and decides stands under its span, whichever graph it belongs to."""

from dataclasses import dataclass

import pytest
from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime

from argosy.agents.models.chain import Chain, Outages
from argosy.agents.models.speaker import CallKey, ModelUnavailable, Role
from argosy.graphs.recording.events import Decision, Failure, ModelCall, SpanBegin, SpanEnd
from argosy.graphs.recording.node_context import NodeContext
from argosy.graphs.recording.recorded_node import recorded
from argosy.graphs.recording.recorder import Clock, Recorder
from tests.graphs.refine.session_data import MemoryRecorder
from tests.scripted import ScriptedModel, scripted_speaker

KEY = CallKey(Role.DETECTION, 1, 1)


@dataclass(frozen=True)
class Context:
    recorder: Recorder
    clock: Clock = lambda: 0.0


@pytest.fixture
def recorder() -> MemoryRecorder:
    return MemoryRecorder()


def test_calls_switches_and_decisions_stand_under_the_span(recorder: MemoryRecorder) -> None:
    away = scripted_speaker(ScriptedModel(answers=lambda _: ModelUnavailable("gone")))
    away.name = "first"
    chain = Chain([away, scripted_speaker(ScriptedModel(answers=["Hi"]))], Outages())
    node = NodeContext(Context(recorder), "read#1")
    assert node.recorded_speaker(chain).ask([HumanMessage("Hello?")], KEY).text == "Hi"
    node.decide("line 1", "normal", lines=3)
    switch, call, decision = recorder.events
    assert isinstance(switch, Decision)
    assert (switch.subject, switch.verdict, switch.why) == ("model", "first left for scripted", "gone")
    assert isinstance(call, ModelCall)
    assert isinstance(decision, Decision)
    assert decision.facts == {"lines": 3}
    assert {event.span for event in recorder.events} == {"read#1"}


def test_a_step_within_a_node_has_a_span_of_its_own(recorder: MemoryRecorder) -> None:
    node = NodeContext(Context(recorder), "score#1")
    with node.step("direct") as step:
        step.decide("window 1", "read")
    node.decide("direct", "heard")
    assert [event.span for event in recorder.events] == ["direct#1", "direct#1", "direct#1", "score#1"]


def test_a_node_is_recorded_from_its_beginning_to_its_end_or_failure(recorder: MemoryRecorder) -> None:
    def node(state: dict[str, int], view: NodeContext[Context]) -> dict[str, int]:
        view.decide("x", "halved")
        return {"half": 4 // state["x"]}

    step = recorded("halve", node, NodeContext[Context], lambda state: state["x"])
    runtime = Runtime(context=Context(recorder))
    assert step({"x": 2}, runtime=runtime) == {"half": 2}
    with pytest.raises(ZeroDivisionError):
        step({"x": 0}, runtime=runtime)
    assert [type(event) for event in recorder.events] == [SpanBegin, Decision, SpanEnd, SpanBegin, Decision, Failure]
    assert [event.span for event in recorder.events] == ["halve#2"] * 3 + ["halve#0"] * 3
