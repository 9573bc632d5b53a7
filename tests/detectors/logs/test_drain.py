"""Drain gives the templates that drain3 0.9.11 gave, is what its plain description says, and is bounded."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.detectors.logs.drain import Drain
from tests import naive

LOGS = Path(__file__).parents[2] / "cases" / "log_verdicts"
RECORDED = json.loads(Path(__file__).with_name("drain3_ids.json").read_text())
"""By file and most templates: SHA-256 of the ids and templates of drain3, with its depth 5 and similarity 0.7."""

WORD = st.sampled_from(["a", "b", "c", "<*>", "d"])


def placed(lines: Sequence[tuple[str, Sequence[str]]], most: int) -> tuple[list[int], list[str]]:
    """The id of each line, 0 for none, and the templates in the end by id."""
    drain = Drain(most, 0.7)
    clusters = [drain.place(apart, words) for apart, words in lines]
    texts = {each.id: " ".join(each.words) for each in clusters if each}
    return [each.id if each else 0 for each in clusters], [texts[id] for id in sorted(texts)]


@pytest.mark.parametrize("recorded", RECORDED)
def test_logs_have_the_templates_that_drain3_gave(recorded: str) -> None:
    name, most = recorded.split()
    texts = (LOGS / name).read_text("utf-8").splitlines()
    found = placed([("-", re.sub(r"\d+", "<*>", text).split()) for text in texts], int(most))
    assert hashlib.sha256(json.dumps(found).encode()).hexdigest()[:16] == RECORDED[recorded]


@given(st.lists(st.tuples(st.sampled_from(["-", "x"]), st.lists(WORD, max_size=6)), max_size=40), st.integers(1, 12))
@settings(max_examples=300)
def test_it_is_what_its_plain_description_says(lines: list[tuple[str, list[str]]], most: int) -> None:
    assert placed(lines, most) == naive.drain(lines, most, 0.7)


@given(st.lists(st.lists(WORD, min_size=1, max_size=4), max_size=30))
def test_a_line_fits_the_template_that_it_was_given(lines: list[list[str]]) -> None:
    drain = Drain(100, 0.7)
    for words in lines:
        cluster = drain.place("", words)
        assert cluster
        assert all(a in (b, "<*>") for a, b in zip(cluster.words, words, strict=True))


def test_first_words_beyond_the_most_share_one_place_and_nothing_is_lost() -> None:
    drain = Drain(5_000, 0.7)
    clusters = [drain.place("", [f"word-{at}", "was", "here"]) for at in range(1_500)]
    assert [each.id for each in clusters if each][:999] == list(range(1, 1_000))
    again = drain.place("", ["word-3", "was", "here"])
    assert again is clusters[3]
