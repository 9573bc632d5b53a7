"""Direct detection: what the model is shown, what of its answers is used, and what becomes of the rest."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import BaseMessage

from argosy.agents.direct import (
    DirectReader,
    DirectSettings,
    PromptForm,
    WindowAnswer,
    read_answer,
    read_series,
    windows,
)
from argosy.agents.embedded.direct import find_anomalies
from argosy.agents.few_shot import examples
from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import BudgetSpent, ModelUnavailable, Reply, Usage
from argosy.agents.number_format import format_rows, format_value, read_rows
from argosy.signals.series import Series
from tests.scripted import ScriptedModel, scripted_speaker

NONE = '{"reason": "quiet", "indices": []}'


def a_series(points: int = 200, seed: int = 0) -> Series:
    values = 50 + np.random.default_rng(seed).normal(0, 1, points)
    return Series("s", 60 * np.arange(points, dtype=np.int64), values, 60)


def prompt(messages: Sequence[BaseMessage]) -> str:
    return "\n".join(str(message.text) for message in messages)


def answer(text: str, points: int = 100) -> WindowAnswer | str:
    return read_answer(Reply(text, Usage()), points)


@pytest.mark.parametrize(
    ("text", "indices", "made_up"),
    [
        ('{"indices": [3, 1, 3], "reason": "x"}', (1, 3), 0),
        ('Sure!\n```json\n{"indices": [3.0, "7"], "reason": null}\n```\nBye', (3, 7), 0),
        ('{"indices": [99, 100, -1, 5000]}', (99,), 3),
        ('{"reason": "NaN is fine", "indices": [4], "score": NaN}', (4,), 0),
        ('{"reason": "a trailing comma", "indices": [4],}', (4,), 0),
        (NONE, (), 0),
    ],
)
def test_answers_are_read_leniently_and_made_up_indices_counted(
    text: str, indices: tuple[int, ...], made_up: int
) -> None:
    found = answer(text)
    assert isinstance(found, WindowAnswer)
    assert (found.indices, found.made_up) == (indices, made_up)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON object"),
        ("the points 3 and 4", "no JSON object"),
        ('{"points": [3]}', "no list"),
        ('{"indices": "3"}', "no list"),
        ('{"indices": [[3, 7]]}', "other than whole numbers"),
        ('{"indices": [true]}', "other than whole numbers"),
        ('{"indices": [3.5]}', "other than whole numbers"),
    ],
)
def test_what_cannot_be_used_says_why(text: str, why: str) -> None:
    assert why in str(answer(text))


@given(st.text(max_size=300), st.integers(1, 50))
def test_whatever_is_said_no_index_outside_is_kept(text: str, points: int) -> None:
    found = answer(text, points)
    assert isinstance(found, str) or all(0 <= index < points for index in found.indices)


def test_a_bad_answer_is_asked_again_with_the_reason_and_then_counts_as_none() -> None:
    model = ScriptedModel(answers=["no", '{"indices": "all"}', NONE])
    read = read_series(scripted_speaker(model), a_series(60), DirectSettings())
    assert read.windows[0].reasks == 2
    assert "no JSON object" in prompt(model.asked[1])
    assert 'no list "indices"' in prompt(model.asked[2])
    stubborn = ScriptedModel(answers=lambda _messages: "no")
    read = read_series(scripted_speaker(stubborn), a_series(60), DirectSettings())
    assert len(stubborn.asked) == 6
    assert np.isnan(read.scores.values).all()
    assert "1 of 1 windows got no usable answer" in read.notes[0]


def test_indices_count_within_their_window_and_come_out_at_their_points() -> None:
    series, answers = a_series(200), [NONE, '{"indices": [4], "reason": "a jump"}']
    bounds = list(windows(series, 450))
    model = ScriptedModel(answers=[*answers, *[NONE] * (len(bounds) - 2)])
    scores = DirectReader(scripted_speaker(model), DirectSettings(window_tokens=450)).score(series)
    at = bounds[1][0] + 4
    assert np.flatnonzero(scores.flags).tolist() == [at]
    assert scores.reasons == {at: f"a jump (indices count from {bounds[1][0]})"}


def test_a_spent_budget_keeps_what_was_found_and_says_what_was_not_asked() -> None:
    series = a_series(200)
    speaker = scripted_speaker(ScriptedModel(answers=lambda _: '{"indices": [0]}'), caps=Caps(calls=1))
    read = read_series(speaker, series, DirectSettings(window_tokens=450))
    stop = read.windows[0].stop
    assert read.scores.flags[0]
    assert np.isnan(read.scores.values[stop:]).all()
    assert not np.isnan(read.scores.values[:stop]).any()
    assert read.unasked
    with pytest.raises(BudgetSpent):
        read_series(scripted_speaker(ScriptedModel(answers=[]), caps=Caps(calls=0)), series, DirectSettings())


def test_an_outage_is_raised() -> None:
    class Mute:
        name, is_language_model, parameters = "mute", True, {}

        def ask(self, messages: Sequence[BaseMessage], key: object, form: object = None) -> Reply:
            raise ModelUnavailable("nobody is there")

    with pytest.raises(ModelUnavailable):
        DirectReader(Mute()).score(a_series(60))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", PromptForm)
def test_every_form_asks_in_its_own_words_for_the_same_answer(form: PromptForm) -> None:
    model = ScriptedModel(answers=[NONE])
    DirectReader(scripted_speaker(model), DirectSettings(form, examples=3)).score(a_series(60))
    text = prompt(model.asked[0])
    assert '"indices"' in text
    assert "60 points, indices 0 to 59" in text
    assert text.count("```series") == (4 if form is PromptForm.EXAMPLES else 1)
    marks = {
        PromptForm.PLOT: "plot",
        PromptForm.STEPS: "three steps",
        PromptForm.EXAMPLES: "Example 3",
        PromptForm.DIRECT: "differs clearly",
    }
    assert [each for each, mark in marks.items() if mark in text] == [form]


def test_examples_hold_what_their_answers_say() -> None:
    shown = examples(5)
    assert [len(each.indices) > 0 for each in shown].count(False) == 1
    for each in shown:
        assert json.loads(each.answer)["indices"] == list(each.indices)
        assert all(0 <= index < len(each.values) for index in each.indices)
    with pytest.raises(ValueError, match="1 to 5"):
        examples(6)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=60))
def test_rows_are_read_back_as_they_were_written(values: list[float]) -> None:
    array = np.array(values)
    back = np.array(read_rows(format_rows(array)))
    known = array[np.isfinite(array)]
    size = (
        (np.quantile(known, 0.9) - np.quantile(known, 0.1) or np.ptp(known) or abs(known[0]) or 1) if len(known) else 1
    )
    assert np.array_equal(np.isnan(array), np.isnan(back))
    assert np.nanmax(np.abs(array - back), initial=0.0) <= size / 100 + 1e-9


def test_windows_cover_every_point_once_within_their_tokens() -> None:
    series = a_series(1_000)
    bounds = list(windows(series, 700))
    assert [start for start, _ in bounds] == [0, *[stop for _, stop in bounds[:-1]]]
    assert bounds[-1][1] == 1_000
    assert max(len(format_rows(series.values[a:b])) for a, b in bounds) <= 700 * 3.5
    assert list(windows(Series("e", np.zeros(0, np.int64), np.zeros(0), 1), 700)) == []
    assert format_value(-0.0001, 2) == "0"


def test_the_stand_in_reads_the_last_window_of_the_prompt() -> None:
    values = a_series(60).values.copy()
    values[33] += 30
    quiet = f"```series\n{format_rows(a_series(60).values)}\n```\n"
    found = json.loads(find_anomalies(quiet + f"```series\n{format_rows(values)}\n```\n", 0))
    assert found["indices"] == [33]
    assert "Index 33" in found["reason"]
    assert json.loads(find_anomalies("nothing here", 0))["indices"] == []
    assert json.loads(find_anomalies("```series\n0: - - -\n```\n", 0))["indices"] == []
