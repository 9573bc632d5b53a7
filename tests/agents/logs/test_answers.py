"""Numbered verdicts are read in the forms that models use, and nothing else is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.logs.answers import NumberedVerdict, read_answers


@pytest.mark.parametrize(
    "reply",
    [
        "1. abnormal: disk gone\n2. normal: routine",
        "1. disk gone => abnormal\n2. routine => normal",
        "1) **Abnormal** - disk gone\n2) **Normal** - routine",
        "(1) abnormal, disk gone\n(2) normal, routine",
        "- 1: Anomalous: disk gone\n- 2: Normal: routine",
        "Line 1: abnormal: disk gone\nLine 2: normal: routine",
        "1. Reason: disk gone. Verdict: abnormal\n2. Reason: routine. Verdict: normal",
        "Sure! Here you are:\n\n1. disk gone\n   -> abnormal\n2. routine\n   -> normal\n",
        "<think>1. normal 2. abnormal</think>1. abnormal: disk gone\n2. normal: routine",
        '[{"number": 1, "verdict": "abnormal", "reason": "disk gone"}, {"number": 2, "verdict": "normal"}]',
        '```json\n{"1": "abnormal: disk gone", "2": "normal: routine"}\n```',
        '{"1": {"verdict": "abnormal", "reason": "disk gone"}, "2": {"label": "normal"}}',
        '{"n": 1, "label": "abnormal", "reason": "disk gone",}\n{"n": 2, "label": "normal"}',
        "1. abnormal: disk gone\n1. abnormal: again\n2. normal",
    ],
)
def test_forms(reply: str) -> None:
    answers = read_answers(reply, {1, 2})
    assert {number: each.abnormal for number, each in answers.found.items()} == {1: True, 2: False}
    assert "disk gone" in answers.found[1].reason
    assert answers.made_up == 0


def test_numbers_that_nobody_asked_for_are_counted_and_dropped() -> None:
    answers = read_answers("1. normal\n7. abnormal: no such line\n8. normal\n7. abnormal", {1, 2})
    assert (answers.found, answers.made_up) == ({1: NumberedVerdict(False)}, 2)


def test_a_number_answered_both_ways_has_no_answer() -> None:
    assert read_answers("1. normal\n2. normal\n1. abnormal", {1, 2}).found == {2: NumberedVerdict(False)}


@pytest.mark.parametrize(
    "reply", ["", "I cannot tell.", "1. maybe", "normal", "{", "[1, 2]", "2024-01-01 was abnormal"]
)
def test_what_is_no_verdict_is_none(reply: str) -> None:
    assert read_answers(reply, {1, 2}).found == {}


def test_a_word_within_a_reason_is_no_verdict() -> None:
    assert read_answers("1. normal: the abnormal count is 0", {1}).found[1].abnormal is False
    assert read_answers("1. looks normal at first => abnormal", {1}).found[1].abnormal is True


def test_not_normal_is_abnormal() -> None:
    assert read_answers("1. not normal: x", {1}).found == {1: NumberedVerdict(True, "x")}


@given(st.text(st.sampled_from('12. normalab:=>{}[]",\n<think/>'), max_size=120))
def test_whatever_is_said_only_what_was_asked_is_found(reply: str) -> None:
    assert set(read_answers(reply, {1}).found) <= {1}


def test_a_flood_is_read_in_time() -> None:
    assert read_answers("1. normal\n" * 100_000 + "{" * 100_000, {1}).found == {1: NumberedVerdict(False)}


def test_what_is_said_of_all_is_no_part_of_the_last_reason() -> None:
    reply = "1. abnormal: disk is full\n2. normal:\nit started\n\nAll in all the log tells of trouble with disks."
    assert read_answers(reply, {1, 2}).found == {
        1: NumberedVerdict(True, "disk is full"),
        2: NumberedVerdict(False, "it started"),
    }
    assert read_answers("1. abnormal\n\nIt is full.\n\nAll in all bad.", {1}).found == {
        1: NumberedVerdict(True, "It is full.")
    }
