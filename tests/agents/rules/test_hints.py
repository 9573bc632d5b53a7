"""What Repair is told beside the error: the line, and what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.models.speaker import CallKey, Role
from argosy.agents.rules.evidence import RepairEvidence
from argosy.agents.rules.hints import hint
from argosy.agents.rules.repair import ask_for_repair, complete_draft
from argosy.detectors.rules.rule import read_rule
from tests.scripted import ScriptedModel, scripted_speaker

SOURCE = '''"""Flags drops."""
import numpy as np
from scipy.stats import zscore

PARAMS = {"window": (10, 3, 60)}

def detect(values, seconds, *, window):
    x = np.array(values)
    mean = x.rolling(window).mean()
    z = zscore(values) + np.nanmean(x)
    past = pd.Series(x).rolling(5).mean().shift(1)
    return (z - past).to_numpy()
'''


@pytest.mark.parametrize(
    ("error", "line", "advice"),
    [
        ("line 9: AttributeError: 'numpy.ndarray' object has no attribute 'rolling'", "line 9: mean =", "pd.Series(x)"),
        ("line 12: AttributeError: 'numpy.ndarray' object has no attribute 'to_numpy'", "line 12:", "leave out"),
        ("line 11: NameError: name 'pd' is not defined", "line 11:", "import pandas as pd"),
        ("line 9: ValueError: min_periods 9 must be <= window 5", "line 9:", "min_periods=1"),
        ("line 9: ValueError: The truth value of an array with more than one element is ambiguous", "", "np.where"),
        ("on an empty series: line 10: ValueError: zero-size array to reduction operation", "", "len(values) < 3"),
        ("it defines a class, not a rule", "", "no self"),
    ],
)
def test_a_failure_comes_with_its_line_and_a_mend(error: str, line: str, advice: str) -> None:
    told = hint(SOURCE, error)
    assert advice in told.advice
    assert any(each.startswith(line) for each in told.lines) or not line


def test_looking_ahead_names_the_lines_that_use_the_whole_series() -> None:
    told = hint(SOURCE, "the score at index 3 changed", looked_ahead=True)
    assert [each.partition(":")[0] for each in told.lines] == ["line 10"]
    assert "expanding()" in told.advice


def test_an_error_that_nothing_is_known_of_is_told_by_its_line_alone() -> None:
    told = hint(SOURCE, "line 9: RuntimeError: odd")
    assert told.lines == ("line 9: mean = x.rolling(window).mean()",)
    assert told.advice == ""


@given(st.text(max_size=200), st.text(max_size=200), st.booleans())
def test_no_text_breaks_it(source: str, error: str, looked_ahead: bool) -> None:
    told = hint(source, error, looked_ahead=looked_ahead)
    assert all(each.startswith("line ") for each in told.lines)


def test_repair_reads_the_line_and_the_mend_in_its_prompt() -> None:
    model = ScriptedModel(answers=["```python\n" + SOURCE + "```"])
    evidence = RepairEvidence(
        direction="flag", failure="broke", error="line 9: 'numpy.ndarray' object has no attribute 'rolling'"
    )
    ask_for_repair(scripted_speaker(model), SOURCE, evidence, CallKey(Role.REPAIR, 1, 1, 0))
    said = model.asked[0][1].text
    assert "line 9: mean = x.rolling(window).mean()" in said
    assert "pd.Series(x).rolling" in said


def test_a_mended_function_without_its_head_gets_that_of_the_rule_before() -> None:
    draft = "import numpy as np\n\ndef detect(values, seconds, *, window):\n    return np.zeros(len(values))\n"
    whole = complete_draft(draft, SOURCE)
    assert whole is not None
    assert read_rule(whole).defaults == {"window": 10}
    assert read_rule(whole).summary == "Flags drops."


@pytest.mark.parametrize("draft", ["PARAMS = {}\n\ndef detect(values, seconds):\n    return values", "x = 1", "def ("])
def test_a_draft_with_params_of_its_own_or_without_a_function_stays_as_it_is(draft: str) -> None:
    assert complete_draft(draft, SOURCE) is None
