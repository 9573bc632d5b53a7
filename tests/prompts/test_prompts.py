import re
import warnings

import numpy as np
import pytest
from jinja2 import TemplateNotFound, UndefinedError

from agents.access import estimate_tokens
from detectors.rule import read_rule
from prompts import render

SLOTS = {
    "detection": {
        "direction": "clear",
        "best": True,
        "focus": "season_1440_by_spread",
        "start": "r = x - x.shift(1).rolling(60, min_periods=3).median()  # relative to the recent size of r",
        "side": "above the usual",
        "feedback": "",
        "evidence": "",
    },
    "repair": {"source": "", "evidence": ""},
    "review": {"direction": "clear", "source": "", "evidence": ""},
}


def prompt(agent: str) -> str:
    return render(agent, "system") + render(agent, "user", **SLOTS[agent])


@pytest.mark.parametrize("agent", SLOTS)
def test_a_prompt_leaves_room_for_evidence(agent):
    # Prose has more than 4 characters a token; 2,450 of them are about 550 tokens.
    assert len(prompt(agent)) < 2_450


@pytest.mark.parametrize("agent", SLOTS)
def test_a_prompt_has_one_place_for_evidence_and_no_slot_left(agent):
    text = prompt(agent)
    assert text.count("```json\n") == 1
    assert text.count("```python\n") == 1
    assert "{{" not in text
    assert "{%" not in text


@pytest.mark.parametrize("agent", SLOTS)
def test_a_slot_that_is_not_given_is_an_error(agent):
    with pytest.raises(UndefinedError):
        render(agent, "user")


def test_a_text_that_is_not_there_is_an_error():
    with pytest.raises(TemplateNotFound):
        render("detection", "nothing")


def test_what_fills_a_slot_is_not_read_as_a_template():
    assert "{{ 7 * 7 }} <b>" in render("repair", "user", source="{{ 7 * 7 }} <b>", evidence="{}")


def test_the_example_in_the_prompt_keeps_its_own_contract():
    (source,) = re.findall(r"```python\n(.*?)```", render("detection", "system"), re.DOTALL)
    rule = read_rule(source)
    names: dict[str, object] = {}
    exec(compile(source, "example", "exec"), names)
    values = np.random.default_rng(1).normal(size=400)
    values[300] = 40.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for end in (0, 1, 2, 5, 301, 400):
            scores = names["detect"](values[:end], np.arange(end) * 60, **rule.defaults)
            assert scores.dtype == np.float64
            assert scores.shape == (end,)
    assert np.flatnonzero(scores >= 1).tolist() == [300, 301]
    early = names["detect"](values[:200], np.arange(200) * 60, **rule.defaults)
    assert np.array_equal(early, scores[:200], equal_nan=True)
    assert estimate_tokens(source) < 250
