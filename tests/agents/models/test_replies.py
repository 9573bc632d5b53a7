import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.models.replies import read_object


@given(st.text() | st.lists(st.sampled_from(["{", "}", '"a"', ":", ",", "1", "```", "'", "\\"])).map("".join))
def test_reading_never_raises(reply):
    read_object(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "(" * 50_000,
        "```python\n" * 5_000,
        "<think>" * 8_000,
        "{" * 50_000,
        "-" * 50_000 + "1",
        "def detect(\n" * 4_000,
        "```python\nPARAMS = {}\ndef detect(values, seconds): return " + "+1" * 20_000 + "\n```",
    ],
    ids=range(7),
)
def test_hostile_replies_are_refused_soon(reply):
    began = time.monotonic()
    assert not read_object(reply)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "reply",
    [
        '{"verdict": "revise", "reason": "r"}',
        '```json\n{"verdict": "revise", "reason": "r"}\n```\nI hope this helps {really}.',
        "My answer: {'verdict': 'revise', 'reason': 'r'}",
        '{"verdict": "revise", "reason": "r",}',
        "{“verdict”: “revise”, “reason”: “r”}",
        '{"verdict": "accept"} no, rather {"verdict": "revise", "reason": "r"}',
        '{\n  "verdict": "revise",\n  "reason": "r"\n}',
    ],
)
def test_json_is_read_however_it_is_written(reply):
    assert read_object(reply) == {"verdict": "revise", "reason": "r"}


def test_json_with_line_breaks_in_strings_is_read():
    assert read_object('{"verdict": "revise", "reason": "a\nb"}') == {"verdict": "revise", "reason": "a\nb"}


@given(
    st.dictionaries(
        st.text(max_size=5), st.text(alphabet=st.characters(exclude_characters="{}"), max_size=8), min_size=1
    )
)
def test_any_flat_object_is_read_back(fields):
    if not any(char in key for key in fields for char in "{}"):
        assert read_object(json.dumps(fields)) == fields
