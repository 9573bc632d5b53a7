"""What is sent to servers of different kinds, and what is read of their answers."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from langchain_core.messages import HumanMessage

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.speaker import CallKey, Role
from argosy.agents.open_model import open_model
from argosy.agents.rules.review import VERDICT_FORM, ReviewDecision, read_verdict
from tests.agents.models.hostile_server import completion, hostile, sends

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("socket_enabled")]

ASKED = [HumanMessage("Hello?")]
VERDICT = '{"verdict": "discard", "reason": "r", "feedback": ""}'


def ask(server, spec=None, role=Role.REVIEW, form=VERDICT_FORM, **facts):
    known = ModelFacts(**({"retries": 0, "timeout_s": 5.0} | facts))
    speaker = open_model(spec or f"{server.url}#m", known, key="k-1", budget=Budget(Caps(), time.monotonic), seed=1)
    return speaker.ask(ASKED, CallKey(role, 0, 0), form)


def test_azure_is_asked_by_deployment_and_version():
    with hostile(sends(completion("Hi"))) as server:
        url = server.url.removesuffix("/v1")
        reply = ask(server, "azure:my-gpt", url=url, api_version="2024-10-21", length_field="max_completion_tokens")
    path, headers, body = server.requests[0]
    assert reply.text == "Hi"
    assert path == "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == "k-1"
    assert "authorization" not in headers
    assert body["max_completion_tokens"] == 4_096
    assert "max_tokens" not in body


def test_azure_takes_the_url_of_a_deployment_too(monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://elsewhere.example")
    monkeypatch.setenv("OPENAI_API_VERSION", "1999-01-01")
    with hostile(sends(completion("Hi"))) as server:
        spec = f"{server.url.removesuffix('/v1')}/openai/deployments/d#gpt"
        ask(server, spec, api_version="2024-10-21")
    assert server.requests[0][0] == "/openai/deployments/d/chat/completions?api-version=2024-10-21"


@pytest.mark.parametrize("name", ["qwen2.5-coder:1.5b", "gpt-5-codex", "gpt-5-pro", "o3", "org/model"])
def test_every_name_is_asked_by_chat_completions(name):
    with hostile(sends(completion("Hi"))) as server:
        ask(server, f"ollama:{name}", url=server.url)
    path, _, body = server.requests[0]
    assert (path, body["model"]) == ("/v1/chat/completions", name)


def test_parameters_that_are_null_are_not_sent():
    with hostile(sends(completion("Hi"))) as server:
        ask(server, temperature=None, top_p=None)
        ask(server, temperature=0.0, max_output_tokens=77)
    first, second = (body for _, _, body in server.requests)
    assert not {"temperature", "top_p"} & set(first)
    assert (second["temperature"], second["top_p"], second["max_tokens"]) == (0.0, 0.95, 77)


@pytest.mark.parametrize(("structured", "kind"), [("json_schema", "json_schema"), ("json_mode", "json_object")])
def test_a_verdict_is_asked_for_in_the_servers_way_and_a_rule_is_not(structured, kind):
    with hostile(sends(completion(VERDICT))) as server:
        verdict = read_verdict(ask(server, structured=structured))
        ask(server, role=Role.DETECTION, form=None, structured=structured)
    assert verdict is not None
    assert verdict.decision is ReviewDecision.DISCARD
    (_, _, asked), (_, _, plain) = server.requests
    assert asked["response_format"]["type"] == kind
    assert asked["max_tokens"] == 4_096
    assert "response_format" not in plain


def test_a_verdict_given_as_a_function_call_is_read():
    call = {"id": "1", "type": "function", "function": {"name": "verdict", "arguments": VERDICT}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    with hostile(sends(completion(message=message, finish_reason="tool_calls"))) as server:
        reply = ask(server, structured="function_calling")
    assert json.loads(reply.text)["verdict"] == "discard"
    assert server.requests[0][2]["tool_choice"]["function"]["name"] == "verdict"


def test_a_verdict_cut_at_its_length_is_told_as_cut():
    with hostile(sends(completion('{"verdict": "acc', finish_reason="length"))) as server:
        reply = ask(server, structured="json_schema")
    assert reply.cut
    assert read_verdict(reply) is None


def test_no_more_questions_wait_at_once_than_the_server_takes():
    def slowly(*on):
        time.sleep(1.0)
        sends(completion("Hi"))(*on)

    with hostile(slowly) as server:
        facts = ModelFacts(at_once=1, timeout_s=2.5, retries=0)
        speaker = open_model(f"{server.url}#m", facts, key=None, budget=Budget(Caps(), time.monotonic))
        with ThreadPoolExecutor(3) as pool:
            replies = list(pool.map(lambda at: speaker.ask(ASKED, CallKey(Role.REVIEW, 0, at)).text, range(3)))
    assert replies == ["Hi"] * 3
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(server.times))


def test_limits_are_kept_without_the_server_saying_so():
    with hostile(sends(completion("Hi"))) as server:
        # Each question may take the whole minute's worth, uses 12 tokens of it, and 20 come back in a second.
        facts = ModelFacts(tokens_per_minute=1_200, max_output_tokens=1_189)
        speaker = open_model(f"{server.url}#m", facts, key=None, budget=Budget(Caps(), time.monotonic))
        began = time.monotonic()
        for _ in range(2):
            speaker.ask(ASKED, CallKey(Role.REVIEW, 0, 0))
    assert 0.59 < server.times[1] - began < 30.0  # and not the rest of a minute
