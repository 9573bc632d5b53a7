"""What a server can do to a call, and what becomes of it: an answer, or one named outage, within its time."""

import gzip
import json
import time
from contextlib import suppress

import pytest
from langchain_core.messages import HumanMessage

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.chat_speaker import estimate_tokens
from argosy.agents.models.speaker import BudgetSpent, CallKey, ModelUnavailable, Role
from argosy.agents.open_model import open_model
from tests.agents.models.hostile_server import (
    breaks_off,
    breaks_off_a_stream,
    completion,
    drips,
    hangs,
    hangs_up,
    hostile,
    sends,
)

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("socket_enabled")]

KEY = CallKey(Role.DETECTION, 0, 0)
ASKED = [HumanMessage("Hello there, how are you?")]
GOOD = completion("Hi", {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12})
TIMEOUT_S = 0.4
"""Of a call that gets no answer; the others have time enough on any machine."""


@pytest.fixture
def slept(monkeypatch):
    """The pauses that a client makes, in seconds."""
    pauses, sleep = [], time.sleep

    def noting(seconds):
        pauses.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", noting)
    return pauses


def speaker_at(server, *, caps=None, **facts):
    known = ModelFacts(**({"retries": 0, "timeout_s": 60.0} | facts))
    return open_model(f"{server.url}#m", known, key="k-1", budget=Budget(caps or Caps(), time.monotonic))


def refusal(status: int, **headers: str):
    return sends(json.dumps({"error": {"message": "no"}}).encode(), status, **headers)


def test_a_request_after_429_waits_as_long_as_the_server_says(slept):
    with hostile(refusal(429, retry_after="0.3"), sends(GOOD)) as server:
        assert speaker_at(server, retries=1).ask(ASKED, KEY).text == "Hi"
    assert slept == [0.3]
    assert server.times[1] - server.times[0] >= 0.3


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_what_may_pass_is_tried_again_after_half_a_second(status, slept):
    with hostile(refusal(status), sends(GOOD)) as server:
        assert speaker_at(server, retries=1).ask(ASKED, KEY).text == "Hi"
    (pause,) = slept
    assert 0.3 < pause < 0.8
    assert server.times[1] - server.times[0] >= pause


@pytest.mark.parametrize("act", [refusal(400), refusal(401), refusal(404), refusal(307, location="/elsewhere")])
def test_what_will_not_pass_is_not_tried_again(act):
    with hostile(act) as server, pytest.raises(ModelUnavailable):
        speaker_at(server, retries=2).ask(ASKED, KEY)
    assert len(server.times) == 1


def test_a_server_that_asks_for_an_hour_is_given_up():
    with hostile(refusal(429, retry_after="3600")) as server, pytest.raises(ModelUnavailable, match="quota"):
        speaker_at(server, retries=2).ask(ASKED, KEY)
    assert len(server.times) == 1


def test_a_429_that_stays_is_an_outage_after_the_retries():
    with hostile(refusal(429, retry_after_ms="50")) as server, pytest.raises(ModelUnavailable, match="quota"):
        speaker_at(server, retries=2).ask(ASKED, KEY)
    assert len(server.times) == 3


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(GOOD)
SLOW = {
    "hangs": hangs,
    "drips its headers": drips(HEAD + GOOD, 3),
    "drips its body": drips(HEAD + GOOD, len(HEAD)),
}


@pytest.mark.parametrize("act", SLOW.values(), ids=SLOW)
def test_an_answer_that_is_not_whole_in_time_is_given_up_and_not_asked_for_again(act):
    began = time.monotonic()
    with hostile(act) as server, pytest.raises(ModelUnavailable, match="no answer in time"):
        speaker_at(server, retries=2, timeout_s=TIMEOUT_S).ask(ASKED, KEY)
    assert TIMEOUT_S <= time.monotonic() - began < TIMEOUT_S + 15.0
    assert len(server.times) == 1


@pytest.mark.parametrize("act", [breaks_off(GOOD, 40), breaks_off_a_stream, hangs_up])
def test_half_an_answer_is_a_lost_connection_and_tried_again(act):
    with hostile(act) as server, pytest.raises(ModelUnavailable, match="no connection"):
        speaker_at(server).ask(ASKED, KEY)
    with hostile(act, sends(GOOD)) as server:
        assert speaker_at(server, retries=1).ask(ASKED, KEY).text == "Hi"


NO_COMPLETION = {
    "html": sends(b"<html>Welcome</html>", kind="text/html"),
    "no JSON": sends(b'{"choices": ['),
    "empty": sends(b""),
    "null": sends(b"null"),
    "a number": sends(b"7"),
    "a list": sends(b"[]"),
    "no choices": sends(b'{"choices": null}'),
    "choices are text": sends(b'{"choices": "x"}'),
    "an error inside": sends(b'{"error": {"message": "boo"}}'),
    "a message that is none": sends(b'{"choices": [{"message": 3}]}'),
    "text": sends(b"Hello.", kind="text/plain"),
    "not UTF-8": sends(b'{"choices": "\xff\xfe"}'),
    "deep": sends(b"[" * 100_000),
    "compressed without being asked": sends(gzip.compress(GOOD), content_encoding="gzip"),
}


@pytest.mark.parametrize("act", NO_COMPLETION.values(), ids=NO_COMPLETION)
def test_what_is_no_completion_is_an_outage(act):
    with hostile(act) as server, pytest.raises(ModelUnavailable, match="/v1"):
        speaker_at(server).ask(ASKED, KEY)


def test_a_completion_under_another_content_type_is_one_all_the_same():
    with hostile(sends(GOOD, kind="text/plain")) as server:
        assert speaker_at(server).ask(ASKED, KEY).text == "Hi"


@pytest.mark.parametrize("body", [b"x" * (10 << 20), completion("x" * (10 << 20))], ids=["bytes", "a completion"])
def test_ten_megabytes_are_not_read(body):
    with hostile(sends(body)) as server, pytest.raises(ModelUnavailable, match="longer than 4 MB"):
        speaker_at(server, retries=2).ask(ASKED, KEY)
    assert len(server.times) == 1


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -900, "completion_tokens": -900, "total_tokens": -1800},
        {"prompt_tokens": 10**12, "completion_tokens": 3, "total_tokens": 10**12},
        {"prompt_tokens": 9, "completion_tokens": 10**9, "total_tokens": 10**9},
        {"prompt_tokens": "many", "completion_tokens": [], "total_tokens": None},
        {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None},
        {"prompt_tokens": 0.5, "completion_tokens": 1e99, "total_tokens": 2},
        "lots",
        [],
        {},
    ],
    ids=str,
)
def test_usage_that_cannot_be_is_replaced_by_an_estimate_or_the_answer_refused(usage):
    budget_usd = Caps(usd=1.0)
    with hostile(sends(completion("Hi", usage))) as server:
        speaker = speaker_at(server, caps=budget_usd, input_usd=2.0, output_usd=10.0)
        reply = outage = None
        try:
            reply = speaker.ask(ASKED, KEY)
        except ModelUnavailable as error:
            outage = str(error)
    if reply is None:
        assert "/v1" in outage
    else:
        assert reply.usage.estimated
        assert reply.usage.output_tokens == estimate_tokens("Hi")
        assert 0 < reply.usage.usd < 0.01


def test_a_server_cannot_earn_calls_by_wrong_counts():
    usage = {"prompt_tokens": -5_000, "completion_tokens": -5_000, "total_tokens": -10_000}
    with hostile(sends(completion("Hi", usage))) as server:
        speaker = speaker_at(server, caps=Caps(tokens=1_050), max_output_tokens=1_000)
        answers = 0
        with suppress(BudgetSpent):
            for _ in range(10):
                speaker.ask(ASKED, KEY)
                answers += 1
    assert 1 <= answers < 5


def test_a_key_so_short_that_it_would_shred_the_reply_is_left_in_it():
    with hostile(sends(completion("extra text, exactly"))) as server:
        speaker = open_model(f"{server.url}#m", ModelFacts(), key="x", budget=Budget(Caps(), time.monotonic))
        assert speaker.ask(ASKED, KEY).text == "extra text, exactly"


def test_a_key_that_the_server_repeats_is_not_passed_on():
    with hostile(sends(completion("your key is k-1-secret, remember"))) as server:
        speaker = open_model(f"{server.url}#m", ModelFacts(), key="k-1-secret", budget=Budget(Caps(), time.monotonic))
        assert speaker.ask(ASKED, KEY).text == "your key is [key], remember"


def test_an_outage_costs_no_tokens_and_gives_back_what_it_set_aside():
    caps = Caps(tokens=1_500)
    with hostile(refusal(500), sends(GOOD)) as server:
        speaker = speaker_at(server, caps=caps, max_output_tokens=1_000)
        with pytest.raises(ModelUnavailable):
            speaker.ask(ASKED, KEY)
        assert speaker.ask(ASKED, KEY).text == "Hi"
