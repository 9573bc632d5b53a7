import time

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.chat_speaker import estimate_tokens
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Role, Usage
from argosy.agents.open_model import open_model
from argosy.signals.errors import BadInput
from tests.agents.models.chat_server import serving
from tests.scripted import ScriptedModel, scripted_speaker

KEY = CallKey(Role.DETECTION, 0, 0)
ASKED = [SystemMessage("Be brief."), HumanMessage("Hello?")]


@pytest.fixture
def server(socket_enabled):
    with serving() as server:
        yield server


def speaker_at(server, *, caps=None, key=None, seed=None, **facts):
    budget = Budget(caps or Caps(), time.monotonic)
    known = ModelFacts(**({"retries": 0, "timeout_s": 5.0} | facts))
    return open_model(f"{server.url}#m", known, key=key, budget=budget, seed=seed)


@pytest.mark.network
def test_a_call_is_counted_and_priced(server):
    server.say("Hi", usage=(1_000, 100))
    speaker = speaker_at(server, key="k-1", seed=5, max_output_tokens=50, input_usd=2.0, output_usd=10.0)
    reply = speaker.ask(ASKED, KEY)
    assert (reply.text, reply.cut) == ("Hi", False)
    assert reply.usage == Usage(1, 1_000, 100, pytest.approx(0.003), estimated=False)
    path, key, sent = server.requests[0]
    assert (path, key) == ("/v1/chat/completions", "Bearer k-1")
    assert [message["content"] for message in sent["messages"]] == ["Be brief.", "Hello?"]
    assert {name: sent[name] for name in ("model", "max_tokens", "seed", "temperature", "top_p")} == {
        "model": "m", "max_tokens": 50, "seed": 5, "temperature": 0.75, "top_p": 0.95,
    }  # fmt: skip
    assert speaker.is_language_model
    assert speaker.note == ""


@pytest.mark.network
def test_usage_the_server_does_not_count_is_estimated_and_its_price_is_not_guessed(server):
    server.say("word " * 40, usage=None)
    speaker = speaker_at(server, caps=Caps(usd=1.0))
    usage = speaker.ask(ASKED, KEY).usage
    assert usage.estimated
    assert usage.usd == 0
    assert usage.output_tokens == estimate_tokens("word " * 40)
    assert "price" in speaker.note
    assert "does not hold" in speaker.note


@pytest.mark.network
def test_a_reply_at_its_length_limit_is_cut(server):
    server.say("def det", finish="length")
    assert speaker_at(server).ask(ASKED, KEY).cut


@pytest.mark.network
def test_a_reply_without_text_is_empty(server):
    server.say(None)
    assert speaker_at(server).ask(ASKED, KEY).text == ""


@pytest.mark.network
@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "parameters"), (401, "key"), (403, "access"), (404, "name"), (429, "quota"), (500, "later"), (503, "later")],
)
def test_a_refusal_names_its_mend(server, status, said):
    server.fail(status, "because")
    with pytest.raises(ModelUnavailable, match=f"#m: .*; .*{said}"):
        speaker_at(server).ask(ASKED, KEY)
    assert len(server.requests) == 1


@pytest.mark.network
def test_a_key_is_never_told(server):
    server.fail(500, "bad key sk-secret-1 in the header")
    speaker = speaker_at(server, key="sk-secret-1")
    with pytest.raises(ModelUnavailable, match=r"bad key \[key\] in") as caught:
        speaker.ask(ASKED, KEY)
    assert "sk-secret" not in str(caught.value)


@pytest.mark.network
def test_a_server_that_hangs_is_given_up_in_time(server):
    server.hangs = True
    began = time.monotonic()
    with pytest.raises(ModelUnavailable, match="no answer in time"):
        speaker_at(server, timeout_s=0.3).ask(ASKED, KEY)
    assert time.monotonic() - began < 10


@pytest.mark.network
def test_retries_are_bounded_by_the_client_alone(server):
    server.fail(500)
    with pytest.raises(ModelUnavailable):
        speaker_at(server, retries=1).ask(ASKED, KEY)
    assert len(server.requests) == 2


@pytest.mark.network
def test_no_server_is_named_as_such(socket_enabled):
    with serving() as server:
        pass
    with pytest.raises(ModelUnavailable, match=r"no connection.*start the server"):
        speaker_at(server).ask(ASKED, KEY)


@pytest.mark.network
@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"choices": []}', b'{"choices": null}', b'{"error": "x"}'])
def test_an_answer_that_is_no_completion_is_an_outage(server, body):
    server.status, server.body = 200, body
    with pytest.raises(ModelUnavailable, match="/v1"):
        speaker_at(server).ask(ASKED, KEY)


@pytest.mark.network
def test_a_failed_call_is_counted_and_what_it_reserved_comes_back(server):
    speaker = speaker_at(server, caps=Caps(calls=2, tokens=5_000))
    server.fail(500)
    with pytest.raises(ModelUnavailable):
        speaker.ask(ASKED, KEY)
    server.say("Hi")
    assert speaker.ask(ASKED, KEY).text == "Hi"
    with pytest.raises(BudgetSpent, match="2 calls"):
        speaker.ask(ASKED, KEY)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "spec",
    ["", "gpt-4o", "openai:", "http://127.0.0.1:1/v1", "http://#m", "ftp://host#m", "http://host:bad#m", "http://[#m",
     "http://u:p@host/v1#m", "http://host/v1#"],
)  # fmt: skip
def test_a_bad_name_says_which_forms_there_are(spec):
    with pytest.raises(BadInput, match="--model"):
        open_model(spec, ModelFacts(), key="k", budget=Budget(Caps(), time.monotonic))


def test_a_provider_without_its_key_names_the_variable():
    facts = ModelFacts(url="https://api.openai.com/v1", key="OPENAI_API_KEY")
    with pytest.raises(BadInput, match="OPENAI_API_KEY"):
        open_model("openai:gpt-4.1", facts, key=None, budget=Budget(Caps(), time.monotonic))


def test_a_scripted_call_that_is_over_a_cap_is_not_made():
    model = ScriptedModel(answers=["a", "b"])
    speaker = scripted_speaker(model, caps=Caps(tokens=1_100))
    assert speaker.ask(ASKED, KEY).text == "a"
    with pytest.raises(BudgetSpent, match="tokens"):
        speaker.ask([HumanMessage("x" * 5_000)], KEY)
    assert len(model.asked) == 1


def test_what_is_no_language_model_is_marked_as_estimated():
    assert scripted_speaker(ScriptedModel(answers=["a"]), is_language_model=False).ask(ASKED, KEY).usage.estimated
