import pytest
from jinja2 import TemplateNotFound, UndefinedError

from argosy.prompts import render

SLOTS = {
    "detection": {
        "direction": "clear",
        "told": True,
        "best": True,
        "focus": "season_1440_by_spread",
        "kind": "season",
        "points": "1440",
        "by": "spread",
        "side": "below",
        "feedback": "",
        "evidence": "",
    },
    "repair": {"source": "", "evidence": "", "lines": ("line 7: x",), "advice": "Write y."},
    "review": {"direction": "clear", "source": "", "evidence": ""},
}


def prompt(agent: str) -> str:
    return render(agent, "system") + render(agent, "user", **SLOTS[agent])


@pytest.mark.parametrize("agent", SLOTS)
def test_a_prompt_leaves_room_for_evidence(agent):
    # Prose has more than 4 characters a token; 2,450 of them are about 550 tokens.
    assert len(prompt(agent)) < 2_250


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
    assert "{{ 7 * 7 }} <b>" in render("repair", "user", **(SLOTS["repair"] | {"source": "{{ 7 * 7 }} <b>"}))
