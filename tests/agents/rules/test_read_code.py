import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.rules.read_code import Code, NoCode, read_code
from argosy.detectors.rules.rule import read_rule

RULE = '''"""Flags a level far above the recent one."""
import pandas as pd

PARAMS = {"window": (60, 5, 500), "threshold": (4.0, 1.0, 40.0)}


def detect(values, seconds, *, window, threshold):
    # the past only
    past = pd.Series(values).shift(1).rolling(window, min_periods=2)
    return ((values - past.mean()) / (threshold * past.std())).to_numpy()
'''


def code(reply: str, cut: bool = False) -> str:
    found = read_code(reply, cut=cut)
    assert isinstance(found, Code), found
    read_rule(found.source)
    return found.source


def reason(reply: str, cut: bool = False) -> str:
    found = read_code(reply, cut=cut)
    assert isinstance(found, NoCode), found
    return found.reason


@pytest.mark.parametrize(
    "reply",
    [
        f"```python\n{RULE}```",
        f"Here is the rule.\n\n```python\n{RULE}```\n\nIt looks at the level. Hope it helps!",
        f"```\n{RULE}\n```",
        f"~~~py\n{RULE}~~~",
        f"````python\n{RULE}````",
        f"Sure: ```python\n{RULE}```",
        f"```python\n{RULE.rstrip()}```\nDone.",
        f"```python\n{RULE}",
        RULE,
        f"Here is the rule:\n\n{RULE}\nThis rule flags levels.",
        f"```python\n{RULE}```".replace("\n", "\r\n"),
        f"\ufeff```python\n{RULE}```",
        f"<think>\n```python\ndef detect(): pass\n```\n</think>\n```python\n{RULE}```",
        f"First:\n```python\nx = 1\n```\nThe rule:\n```python\n{RULE}```\nUse:\n```python\nprint(detect([], []))\n```",
        "```python\n" + "".join(f"    {line}\n" for line in RULE.splitlines()) + "```",
    ],
    ids=range(15),
)
def test_the_same_rule_is_read_from_every_wrapping(reply):
    assert code(reply).strip() == RULE.strip()


def test_of_two_rules_the_last_counts():
    other = RULE.replace("above", "below")
    assert "below" in code(f"```python\n{RULE}```\nBetter:\n```python\n{other}```")


def test_a_last_block_that_is_broken_leaves_the_one_before():
    assert "above" in code(f"```python\n{RULE}```\n```python\ndef detect(values, seconds:\n```")


def test_a_rule_cut_over_two_fences_is_put_together():
    head, _, tail = RULE.partition("\n\n\ndef ")
    assert read_rule(code(f"```python\n{head}\n```\nand\n```python\ndef {tail}```")).defaults["window"] == 60


def test_tabs_quotes_and_escapes_are_put_right():
    assert read_rule(code(f"```python\n{RULE.replace('    ', chr(9))}```")).defaults["window"] == 60
    assert "'scale'" not in code("```python\n" + RULE.replace('"window"', "“window”") + "```")
    assert " < " in code("```python\n" + RULE.replace("return (", "return (0 &lt; seconds) * (") + "```")


def test_a_cut_reply_is_used_only_when_its_fence_closed():
    assert code(f"```python\n{RULE}```\nThis rule", cut=True).strip() == RULE.strip()
    assert "cut off" in reason(f"```python\n{RULE}", cut=True)
    assert "cut off" in reason(
        f"```python\n{RULE}```\nThat is wrong, the right one is:\n```python\n{RULE[:90]}", cut=True
    )
    assert "cut off" in reason(RULE, cut=True)
    assert "cut off" in reason("<think>Let me see", cut=True)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("I cannot help with that.", "no Python rule"),
        ('{"verdict": "accept"}', "JSON"),
        ('```json\n{"rule": "x > 3"}\n```', "JSON"),
        ("```javascript\nfunction detect(values) { return values.map(x => x > 3); }\n```", "no Python rule"),
        ("```python\ndef detect(values, seconds:\n    return 1\n```", "line 1: not Python"),
        ("x" * 200_000, "200000 characters"),
        (
            "```python\nclass Rule:\n    def detect(self, values, seconds):\n        return values\n```",
            "Rule is a class",
        ),
    ],
    ids=range(9),
)
def test_what_holds_no_rule_says_why(reply, said):
    assert said in reason(reply)


@given(
    st.text()
    | st.lists(st.sampled_from([*RULE.splitlines(), "```", "```python", "}", "(", '"""', "\t"])).map("\n".join)
)
def test_reading_never_raises(reply):
    for cut in (False, True):
        found = read_code(reply, cut=cut)
        if isinstance(found, Code):
            read_rule(found.source)


@given(st.data())
def test_a_damaged_rule_is_read_or_refused(data):
    start = data.draw(st.integers(0, len(RULE)))
    stop = data.draw(st.integers(start, min(len(RULE), start + 40)))
    found = read_code(RULE[:start] + data.draw(st.text(max_size=5)) + RULE[stop:])
    if isinstance(found, Code):
        read_rule(found.source)


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
    assert isinstance(read_code(reply), NoCode)
    assert time.monotonic() - began < 5
