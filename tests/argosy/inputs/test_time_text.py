"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.time_text import SECONDS, read_duration
from tests.argosy.cli.invoking import invoke


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60", 60),
        ("60s", 60),
        ("1m", 60),
        ("1 min", 60),
        ("5M", 300),
        ("1h30m", 5_400),
        (" 1d ", 86_400),
        ("1h 5s", 3_605),
    ],
)
def test_a_length_is_read(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "1x", "-1m", "1.5m", "1m!", "1m30", "99999999999999999999", "½h"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert read_duration(text) is None


@given(st.lists(st.tuples(st.integers(0, 999), st.sampled_from(sorted(SECONDS))), min_size=1, max_size=5))
def test_lengths_add_up(parts: list[tuple[int, str]]) -> None:
    text = " ".join(f"{number}{unit}" for number, unit in parts)
    assert read_duration(text) == sum(number * SECONDS[unit] for number, unit in parts)


@given(st.text(max_size=30))
def test_any_text_is_seconds_or_none(text: str) -> None:
    found = read_duration(text)
    assert found is None or found >= 0


def test_a_step_is_a_length_and_a_wrong_one_is_one_line() -> None:
    wrong = invoke("select", "tests/cases/series/base.csv", "--step", "1x")
    assert wrong.exit_code == 2
    assert "--step 1x: is no length of time; give seconds, or for instance 60s" in " ".join(wrong.output.split())
