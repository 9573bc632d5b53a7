"""Patterns that ask the same several times: how they are sampled, and held to the form of their reply."""

import re
import time

import pytest
from langchain_core.messages import HumanMessage

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import Grammar, ModelFacts
from argosy.agents.models.clients import grammar_fields
from argosy.agents.models.sampling import sampling_parameters
from argosy.agents.models.speaker import CallKey, Pattern, Role
from argosy.agents.open_model import open_model
from argosy.agents.sigllm.reply_forms import NUMBERS, NUMBERS_OR_NONE
from tests.agents.models.hostile_server import completion, hostile, sends

USUAL = {"seed": 7, "temperature": 0.75, "top_p": 0.95, "max_output_tokens": 100}


def asked_of(server, pattern, candidate=1, attempt=0, form=None, **facts):
    known = ModelFacts(retries=0, timeout_s=5.0, **facts)
    speaker = open_model(f"{server.url}#m", known, key=None, budget=Budget(Caps(), time.monotonic), seed=7)
    speaker.ask([HumanMessage("1,2,3")], CallKey(pattern, 1, candidate, attempt), form)
    return server.requests[-1][2]


def test_samples_are_drawn_at_temperature_1_each_with_its_own_seed():
    assert sampling_parameters(USUAL, CallKey(Pattern.PROMPTER, 1, 3)) == {"temperature": 1.0, "top_p": 1.0, "seed": 10}
    seeds = {
        sampling_parameters(USUAL, CallKey(Pattern.FORECASTER, 1, s, a))["seed"] for s in range(50) for a in range(3)
    }
    assert len(seeds) == 150


def test_other_tasks_and_other_models_are_left_as_they_are():
    assert sampling_parameters(USUAL, CallKey(Role.REVIEW, 1, 1)) == {}
    assert sampling_parameters({"seed": 7}, CallKey(Pattern.PROMPTER, 1, 1)) == {}
    thinks = USUAL | {"temperature": None, "top_p": None}
    assert sampling_parameters(thinks, CallKey(Pattern.PROMPTER, 1, 1)) == {"seed": 8}


@pytest.mark.parametrize("text", ["1", "105,200,310", "1 0 5 , 2 0 0", "12, 5", "none"])
def test_a_form_holds_what_is_asked_for(text):
    assert re.fullmatch(NUMBERS_OR_NONE.regex, text)
    assert bool(re.fullmatch(NUMBERS.regex, text)) is (text != "none")


@pytest.mark.parametrize("text", ["", ",", "1,", "the values are 1", "1.5", "1" * 16])
def test_a_form_holds_nothing_else(text):
    assert not re.fullmatch(NUMBERS_OR_NONE.regex, text)


def test_every_way_has_its_own_field():
    form = NUMBERS_OR_NONE
    names = [set(grammar_fields(way, form)) for way in Grammar]
    assert names == [set(), {"grammar"}, {"guided_regex"}, {"structured_outputs"}]


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_sampling_and_grammar_are_sent():
    with hostile(sends(completion("1,2"))) as server:
        body = asked_of(server, Pattern.FORECASTER, 2, 1, NUMBERS, grammar="structured_outputs")
        plain = asked_of(server, Role.DETECTION, grammar="structured_outputs")
        thinks = asked_of(server, Pattern.PROMPTER, form=NUMBERS_OR_NONE, temperature=None, top_p=None)
    assert (body["temperature"], body["top_p"], body["seed"]) == (1.0, 1.0, 1_009)
    assert body["structured_outputs"] == {"regex": NUMBERS.regex}
    assert body["max_tokens"] == 4_096
    assert (plain["temperature"], plain["seed"], "structured_outputs" in plain) == (0.75, 7, False)
    assert not {"temperature", "top_p", "grammar"} & set(thinks)
