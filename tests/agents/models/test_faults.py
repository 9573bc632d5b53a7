"""A fault of ours is never taken for an outage, and a server's nonsense never for a fault of ours."""

import json
import time

import pytest
from langchain_core.exceptions import ModelError
from langchain_core.messages import AIMessage, HumanMessage

from argosy.agents.models import chat_speaker, http
from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import EMBEDDED, ModelFacts
from argosy.agents.models.chain import Chain, Outages
from argosy.agents.models.chat_speaker import ChatSpeaker
from argosy.agents.models.pacing import Pace
from argosy.agents.models.speaker import CallKey, ModelUnavailable, Role
from argosy.agents.open_model import open_model
from tests.agents.models.hostile_server import completion, hostile, sends
from tests.scripted import ScriptedModel, scripted_speaker

KEY = CallKey(Role.DETECTION, 0, 0)
ASKED = [HumanMessage("Hello?")]
FAULTS = [TypeError, LookupError, AttributeError, ValueError, RecursionError]


def broken(fault):
    def breaks(*_, **__):
        raise fault("ours")

    return breaks


def speaker_at(server, budget=None):
    facts = ModelFacts(retries=0, timeout_s=60.0)
    return open_model(f"{server.url}#m", facts, key=None, budget=budget or Budget(Caps(), time.monotonic))


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (ChatSpeaker, "_measure"),
        (ChatSpeaker, "_text"),
        (chat_speaker, "_is_cut"),
        (chat_speaker, "sampling_parameters"),
        (Pace, "take"),
        (http, "_body"),
    ],
)
def test_a_fault_in_our_own_code_is_raised_as_what_it_is(monkeypatch, owner, name, fault):
    monkeypatch.setattr(owner, name, broken(fault))
    with hostile(sends(completion("Hi"))) as server, pytest.raises(fault, match="ours"):
        speaker_at(server).ask(ASKED, KEY)


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_a_fault_of_ours_gives_back_what_was_set_aside(monkeypatch):
    budget = Budget(Caps(calls=2), time.monotonic)
    with hostile(sends(completion("Hi"))) as server:
        speaker = speaker_at(server, budget)
        with monkeypatch.context() as patched:
            patched.setattr(ChatSpeaker, "_measure", broken(TypeError))
            with pytest.raises(TypeError):
                speaker.ask(ASKED, KEY)
        assert speaker.ask(ASKED, KEY).text == "Hi"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_embedded_author_is_raised_as_what_it_is(monkeypatch, fault):
    monkeypatch.setattr("argosy.agents.embedded.author.answer", broken(fault))
    speaker = open_model(EMBEDDED, ModelFacts(), key=None, budget=Budget(Caps(), time.monotonic))
    with pytest.raises(fault, match="ours"):
        speaker.ask(ASKED, KEY)


def test_a_chain_does_not_fall_back_for_a_fault_of_ours():
    second = ScriptedModel(answers=["Hi"])
    switches = []
    chain = Chain(
        [scripted_speaker(ScriptedModel(answers=lambda _: TypeError("ours"))), scripted_speaker(second)], Outages()
    )
    with pytest.raises(TypeError, match="ours"):
        chain.speaker(lambda each: each, lambda *switch: switches.append(switch)).ask(ASKED, KEY)
    assert not second.asked
    assert not switches


NONSENSE = {
    "no choices": {"choices": []},
    "a list for a message": {"choices": [{"message": []}]},
    "a message of the user's": {"choices": [{"message": {"role": "user", "content": "Hi"}}]},
    "a message of a tool": {"choices": [{"message": {"role": "tool", "content": "Hi"}}]},
    "content that is no text": {"choices": [{"message": {"role": "assistant", "content": 7}}]},
    "choices that are numbers": {"choices": [1, 2]},
    "a role that is a list": {"choices": [{"message": {"role": [], "content": "Hi"}}]},
    "tool calls that are none": {"choices": [{"message": {"role": "assistant", "tool_calls": [3]}}]},
}


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_for_an_answer_is_an_outage(body):
    answer = sends(json.dumps(body).encode())
    with hostile(answer) as server, pytest.raises(ModelUnavailable, match="/v1"):
        speaker_at(server).ask(ASKED, KEY)


COUNTS = ["many", [], {}, None, 0.5, 1e99, True, -1, float("nan")]


@pytest.mark.parametrize("count", COUNTS, ids=str)
def test_counts_that_are_none_are_replaced_by_estimates(count):
    usage = {"input_tokens": count, "output_tokens": count, "total_tokens": count}
    message = AIMessage("Hi")
    message.usage_metadata = usage
    reply = scripted_speaker(ScriptedModel(answers=[message])).ask(ASKED, KEY)
    assert reply.text == "Hi"
    assert reply.usage.estimated


def test_what_the_client_says_is_its_own_is_an_outage():
    with pytest.raises(ModelUnavailable, match="the server failed"):
        scripted_speaker(ScriptedModel(answers=lambda _: ModelError("boo"))).ask(ASKED, KEY)
