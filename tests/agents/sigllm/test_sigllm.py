"""SigLLM's steps and readers: digits there and back, votes, forecasts, and a budget that ends in between."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from argosy.agents.embedded.sigllm import continue_digits, list_anomalies
from argosy.agents.models.budget import Caps
from argosy.agents.models.speaker import ModelUnavailable, Reply, Usage
from argosy.agents.sigllm import forecaster, prompter
from argosy.agents.sigllm.aggregation import aggregate
from argosy.agents.sigllm.ask import AskOptions
from argosy.agents.sigllm.digits import Digits, digits_for, format_numbers
from argosy.agents.sigllm.findings import Preparation, PreparedSeries
from argosy.agents.sigllm.forecaster import ForecasterOptions, ForecastReader
from argosy.agents.sigllm.prompter import Prompter, PrompterOptions
from argosy.agents.sigllm.read_numbers import read_numbers
from argosy.agents.sigllm.scale import Scale
from argosy.agents.sigllm.thresholds import Thresholding, find_anomalies
from argosy.agents.sigllm.votes import padded
from argosy.agents.sigllm.windows import covering, window_starts
from argosy.signals.errors import BadInput
from argosy.signals.incidents import runs
from argosy.signals.series import Series
from tests.scripted import ScriptedModel, scripted_speaker

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def reply(text, cut=False):
    return Reply(text, Usage(), cut)


def series(values, step_s=60):
    return Series("s", 1_000_000 + step_s * np.arange(len(values)), np.asarray(values, dtype=np.float64), step_s)


def waves(points=300, at=150):
    values = np.round(50 + 10 * np.sin(np.arange(points) * np.pi / 12), 2)
    values[at : at + 3] += 80
    return series(values)


@given(npst.arrays(np.float64, st.integers(1, 80), elements=FINITE), st.integers(-2, 4), st.sampled_from(Digits))
def test_values_to_digits_and_back(values, decimals, digits):
    scale = Scale.of(values, decimals)
    numbers = scale.quantised(values)
    assert numbers.min() == 0
    read = read_numbers(reply(format_numbers(numbers.tolist(), digits)))
    assert read == tuple(numbers.tolist())
    error = values - scale.restored(np.array(read))
    assert (error > -1e-6).all()
    assert (error < 10.0**-decimals + 1e-6).all()


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=20), st.sampled_from(Digits))
def test_numbers_are_read_however_they_are_wrapped(numbers, digits):
    text = format_numbers(numbers, digits)
    wanted = tuple(float(each) for each in numbers)
    for said in (
        text,
        f"[{text}]",
        f"```\n{text}\n```",
        f"Anomalies: {text}",
        f'{{"anomalies": [{text}]}}',
        text + " ,",
    ):
        assert read_numbers(reply(said)) == wanted


@given(st.text(max_size=200), st.booleans())
def test_no_reply_is_too_odd_to_be_read(text, cut):
    found = read_numbers(reply(text, cut))
    assert found is None or all(isinstance(each, float) for each in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("none", ()),
        ("None.", ()),
        ("There are no anomalies in these 200 values.", ()),
        ('{"anomalies": []}', ()),
        ("<think>maybe 7, 8</think>\n12, 15", (12.0, 15.0)),
        ("The values 120 and 340 stand out.", (120.0, 340.0)),
        ("12 15 17", (12.0, 15.0, 17.0)),
        ("- 12\n- 15", (12.0, 15.0)),
        ("I cannot help with that.", None),
        ("", None),
    ],
)
def test_what_replies_say(text, wanted):
    assert read_numbers(reply(text)) == wanted


def test_a_number_that_may_go_on_is_left_out_of_a_cut_reply():
    assert read_numbers(reply("105, 200, 31", cut=True)) == (105.0, 200.0)
    assert read_numbers(reply("105, 200, ", cut=True)) == (105.0, 200.0)


def test_a_word_among_numbers_keeps_its_place():
    found = read_numbers(reply("105, x, 310"))
    assert found is not None
    assert math.isnan(found[1])
    assert (found[0], found[2]) == (105.0, 310.0)


@pytest.mark.parametrize(
    ("model", "digits"),
    [
        ("openai:gpt-4.1", Digits.SPACED),
        ("azure:mine", Digits.SPACED),
        ("https://r.openai.azure.com#d", Digits.SPACED),
        ("ollama:gpt-oss", Digits.SPACED),
        ("vllm:mistralai/Mistral-7B", Digits.JOINED),
        ("gguf:/models/qwen.gguf", Digits.JOINED),
        ("embedded", Digits.JOINED),
    ],
)
def test_digits_are_spaced_for_gpt_alone(model, digits):
    assert digits_for(model) is digits


@given(st.integers(1, 400), st.integers(1, 120), st.integers(1, 120))
def test_windows_leave_no_point_out(points, size, step):
    step = min(step, size)
    assert (covering(points, window_starts(points, size, step), size) > 0).all()


def test_points_without_values_are_imputed_but_get_no_opinion():
    values = waves().values.copy()
    values[10:15] = np.nan
    findings = Prompter(scripted_speaker(ScriptedModel(answers=lambda _: "none")), PrompterOptions(samples=1)).score(
        series(values)
    )
    assert np.isnan(findings.values[10:15]).all()
    assert not np.isnan(findings.values[15:]).any()


def test_aggregation_to_an_interval_maps_back_to_points():
    segments = aggregate(waves(), 300)
    assert len(segments) == 60
    assert segments.positions.tolist() == [i // 5 for i in range(300)]


def test_an_interval_far_below_the_step_is_refused():
    with pytest.raises(BadInput, match="makes 17,941 segments of 300 points"):
        aggregate(waves(), 1)


def test_too_many_digits_are_refused():
    with pytest.raises(BadInput, match="--decimals 9"):
        PreparedSeries.of(series([0.0, 1e9]), Preparation(decimals=9))


def prompted(answers, options, caps=None, **ask_options):
    model = ScriptedModel(answers=answers)
    reader = Prompter(scripted_speaker(model, caps=caps), options, AskOptions(**ask_options))
    return reader.read(prompter.plan(waves(), options)), model


def spikes(messages):
    """Names what is above 100, as a model would."""
    numbers = read_numbers(reply(messages[-1].text.split("```")[1].partition("\n")[2])) or ()
    return ", ".join(f"{number:.0f}" for number in numbers if number > 6_000) or "none"


def test_the_prompter_flags_the_values_that_samples_and_windows_agree_on():
    options = PrompterOptions(window=100, step=20, samples=3, padding=5)
    found, model = prompted(spikes, options)
    assert runs(found.scores.flags).tolist() == [[145, 158]]
    assert len(model.asked) == 11 * 3
    [anomaly] = found.anomalies
    assert (anomaly.start, anomaly.stop, anomaly.begins) == (145, 158, 1_000_000 + 145 * 60)
    assert "called anomalous" in found.scores.reasons[145]


def test_a_value_that_too_few_samples_name_is_not_flagged():
    said = iter(range(10_000))
    found, _ = prompted(lambda m: spikes(m) if next(said) // 11 == 0 else "none", PrompterOptions(100, 20, 3))
    assert not found.scores.flags.any()


def test_a_spent_budget_keeps_what_was_said_and_has_no_opinion_on_the_rest():
    found, model = prompted(spikes, PrompterOptions(100, 20, 2, padding=5), Caps(calls=4))
    assert len(model.asked) == 4
    assert (found.answers.asked, found.answers.left_out) == (4, 18)
    assert "cap of 4 calls" in found.answers.why
    assert np.flatnonzero(np.isnan(found.scores.values)).tolist() == list(range(160, 300))
    assert found.scores.flags[150:153].all()


def test_an_interruption_ends_the_asking():
    asked = []
    found, _ = prompted(
        lambda m: asked.append(m) or spikes(m), PrompterOptions(100, 20, 2), stopping=lambda: len(asked) >= 3
    )
    assert found.answers.why == "interrupted"
    assert found.answers.asked == 3


def test_a_reply_that_cannot_be_read_is_asked_for_once_more_and_then_has_no_vote():
    found, model = prompted(lambda _: "I cannot help with that.", PrompterOptions(100, 100, 1))
    assert len(model.asked) == 3 * 2
    assert found.answers.unreadable == 3
    assert np.isnan(found.scores.values).all()


def test_an_outage_is_raised_and_nothing_more_is_asked():
    from langchain_core.exceptions import ModelError

    with pytest.raises(ModelUnavailable):
        prompted(lambda _: ModelError("down"), PrompterOptions(100, 20, 2), at_once=2)


def repeated(messages):
    """Forecasts what came one season of 24 before."""
    return continue_digits("\n".join(message.text for message in messages), 0)


def test_the_detector_flags_what_no_forecast_expected():
    options = ForecasterOptions(window=96, horizon=6, step=3, thresholding=Thresholding(padding=4))
    reader = ForecastReader(scripted_speaker(ScriptedModel(answers=repeated)), options)
    found = reader.read(forecaster.plan(waves(), options))
    assert np.isnan(found.scores.values[:96]).all()
    assert not np.isnan(found.scores.values[96:]).any()
    assert found.scores.flags[150:153].all()
    assert (found.anomalies[0].start, found.anomalies[0].stop) == (147, 157)
    assert "was forecast" in found.scores.reasons[found.anomalies[0].start]


def test_what_was_not_forecast_has_no_opinion():
    options = ForecasterOptions(window=96, horizon=6, step=6)
    reader = ForecastReader(scripted_speaker(ScriptedModel(answers=repeated), caps=Caps(calls=10)), options)
    found = reader.read(forecaster.plan(waves(), options))
    assert np.flatnonzero(~np.isnan(found.scores.values)).tolist() == list(range(96, 156))
    assert found.answers.left_out == 24


def test_a_series_that_is_no_longer_than_a_window_cannot_be_forecast():
    with pytest.raises(BadInput, match="leave nothing to forecast after a window of 140"):
        forecaster.plan(waves(100, 50), ForecasterOptions())


def test_steps_that_leave_points_out_are_refused():
    with pytest.raises(BadInput, match="no window forecasts"):
        forecaster.plan(waves(), ForecasterOptions(step=6))
    with pytest.raises(BadInput, match="no window holds"):
        prompter.plan(waves(), PrompterOptions(step=201))


@given(npst.arrays(np.float64, st.integers(1, 200), elements=st.floats(0, 1e6)), st.integers(0, 30))
def test_anomalies_are_apart_in_order_and_hold_the_largest_error(errors, padding):
    found = find_anomalies(errors, Thresholding(deviations=2, padding=padding))
    assert all(0 <= each.start < each.stop <= len(errors) for each in found)
    assert all(one.stop < other.start for one, other in pairwise(found))
    assert all(each.severity >= 0 for each in found)


@given(npst.arrays(np.bool_, st.integers(1, 60)), st.integers(0, 10))
def test_padding_is_what_it_is_point_by_point(flags, points):
    naive = [flags[max(0, i - points) : i + points + 1].any() for i in range(len(flags))]
    assert padded(flags, points).tolist() == naive


def test_the_stand_ins_answer_the_prompts_that_a_model_gets():
    window = format_numbers([50, 51, 49, 50, 52, 50, 900, 51], Digits.SPACED)
    assert list_anomalies(prompter.prompt(window, Digits.SPACED)[-1].text, 0) == "9 0 0"
    assert list_anomalies("no window here", 0).startswith("I see no sequence")
    ahead = continue_digits(
        forecaster.prompt(format_numbers([1, 2, 3, 4] * 12, Digits.JOINED), 6, Digits.JOINED)[-1].text, 0
    )
    assert ahead == "1,2,3,4,1,2"
    assert continue_digits(forecaster.prompt("7,7,9", 2, Digits.JOINED)[-1].text, 0) == "9,9"
