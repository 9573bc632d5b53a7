"""Our steps beside those of the public package `sigllm`, whose figures were recorded in an environment of its own.

Where ours differ, it is on purpose, and the test that says so stands here too.
"""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from argosy.agents.models.speaker import Reply, Usage
from argosy.agents.sigllm.aggregation import aggregate, imputed
from argosy.agents.sigllm.digits import Digits, format_numbers
from argosy.agents.sigllm.forecasts import align_forecasts, median_forecast, without_outliers
from argosy.agents.sigllm.read_numbers import read_numbers
from argosy.agents.sigllm.scale import Scale
from argosy.agents.sigllm.thresholds import Thresholding, find_anomalies, smoothed
from argosy.agents.sigllm.votes import agreed_points, padded, support
from argosy.agents.sigllm.windows import covering, forecast_starts, window_starts
from argosy.eval.rates import event_delay
from argosy.signals.incidents import runs
from argosy.signals.series import Series

HERE = Path(__file__).parent
PUBLIC = json.loads((HERE / "sigllm_public.json").read_text("utf-8"))


def floats(values):
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def bools(text):
    return np.array([mark == "1" for mark in text])


def numbers_in(text):
    return read_numbers(Reply(text, Usage()))


@pytest.mark.parametrize("case", PUBLIC["aggregated"]["cases"], ids=lambda case: case["interval"])
def test_aggregation_and_imputation(case):
    seconds = np.array(PUBLIC["aggregated"]["seconds"], dtype=np.int64)
    found = aggregate(Series("s", seconds, floats(PUBLIC["aggregated"]["values"]), 300), case["interval"])
    assert found.seconds.tolist() == case["index"]
    np.testing.assert_allclose(found.values, floats(case["values"]), rtol=1e-12)
    np.testing.assert_allclose(imputed(found.values), floats(case["imputed"]), rtol=1e-12)


@pytest.mark.parametrize("case", PUBLIC["scaled"], ids=lambda case: case["decimals"])
def test_scaling_quantising_and_back(case):
    values = floats(case["values"])
    scale = Scale.of(values, case["decimals"])
    numbers = scale.quantised(values)
    assert numbers.tolist() == case["numbers"]
    np.testing.assert_allclose(scale.restored(numbers.astype(np.float64)), case["back"], atol=1e-12)


@pytest.mark.parametrize("case", PUBLIC["windows"], ids=lambda case: case["points"])
def test_windows_and_one_more_for_what_is_left_over(case):
    ours, theirs = window_starts(case["points"], case["size"], case["step"]).tolist(), case["starts"]
    last = case["points"] - case["size"]
    assert ours == (theirs if theirs[-1] == last else [*theirs, last])
    starts = forecast_starts(case["points"], case["size"], case["step"])
    assert starts.tolist() == case["forecast_starts"]
    assert (starts + case["size"]).tolist() == case["targets"]


@pytest.mark.parametrize("case", PUBLIC["texts"], ids=range(len(PUBLIC["texts"])))
def test_text_by_family_and_its_reading(case):
    text = format_numbers(case["numbers"], Digits.SPACED if case["spaced"] else Digits.JOINED)
    assert text == case["text"]
    assert numbers_in(text) == tuple(case["read"])


DIFFERENT = {
    "": None,  # nothing said is no opinion, and asked again; theirs is a vote for no anomaly
    "nothing here": (),
    "12.5,13": (12.5, 13.0),  # a forecast may be read; as a value of the window it names none
    "105,-3,310": (105.0, -3.0, 310.0),
    "the values are 105,200,310": (105.0, 200.0, 310.0),  # prose before a list does not cost its first value
    "105\n200": (105.0, 200.0),  # lines do not join their numbers to one
}


@pytest.mark.parametrize("case", PUBLIC["replies"], ids=lambda case: case["text"])
def test_replies(case):
    ours = numbers_in(case["text"])
    if case["text"] in DIFFERENT:
        assert ours == DIFFERENT[case["text"]]
        return
    assert ours is not None
    assert [number for number in ours if not math.isnan(number)] == case["ignore"]
    np.testing.assert_array_equal(ours, floats(case["coerce"]))


@pytest.mark.parametrize("case", PUBLIC["votes"], ids=lambda case: f"{case['alpha']}-{case['beta']}")
def test_votes_of_samples_and_windows(case):
    series, starts = np.array(case["series"]), np.arange(0, 81, 10)
    windows = [series[start : start + 40] for start in starts]
    flags = [agreed_points(window, said, case["alpha"]) for window, said in zip(windows, case["said"], strict=True)]
    assert [np.flatnonzero(each).tolist() for each in flags] == case["agreed"]
    share = support(len(series), starts, flags, np.full(len(series), 40 / 10), case["beta"])
    assert np.flatnonzero(share >= 1).tolist() == case["merged"]


def test_the_ends_of_a_series_can_be_anomalous_too():
    """Theirs asks every point for the votes of a point in the middle, which the first and last lie in too few for."""
    starts = np.arange(0, 81, 10)
    flags = [np.ones(40, dtype=np.bool_) for _ in starts]
    everywhere = support(120, starts, flags, covering(120, starts, 40), 0.5) >= 1
    theirs = support(120, starts, flags, np.full(120, 4.0), 0.5) >= 1
    assert everywhere.all()
    assert np.flatnonzero(~theirs).tolist() == [*range(10), *range(110, 120)]


@pytest.mark.parametrize("case", PUBLIC["intervals"], ids=lambda case: case["padding"])
def test_padding_and_merging(case):
    flags = np.zeros(300, dtype=np.bool_)
    flags[case["at"]] = True
    ours = runs(padded(flags, case["padding"]))
    # Theirs are inclusive, and two that follow each other without a gap stay apart.
    theirs = np.zeros(300, dtype=np.bool_)
    for begin, end in case["found"]:
        theirs[(begin - 1_000) // 60 : (end - 1_000) // 60 + 1] = True
    assert ours.tolist() == runs(theirs).tolist()


@pytest.mark.parametrize("case", PUBLIC["forecasts"], ids=range(len(PUBLIC["forecasts"])))
def test_forecast_aggregation(case):
    said = np.array(case["said"])
    points, horizon = len(case["medians"]), said.shape[2]
    np.testing.assert_allclose(
        median_forecast(align_forecasts(points, np.arange(30), said.tolist(), horizon)), case["medians"]
    )
    kept = without_outliers(said.reshape(len(said), -1)).reshape(said.shape)
    assert np.argwhere(np.isnan(kept)).tolist() == case["dropped"]


def test_a_forecast_that_cannot_be_read_spoils_no_median():
    """Theirs takes a median with NaN in it, which is NaN, and so are the errors after it."""
    table = align_forecasts(3, np.array([0, 1]), [[[1.0, math.nan]], [[3.0, 5.0]]], 2)
    assert median_forecast(table).tolist() == [1.0, 3.0, 5.0]


@pytest.mark.parametrize("case", PUBLIC["errors"], ids=lambda case: len(case["values"]))
def test_smoothed_errors(case):
    errors = np.abs(floats(case["values"]) - floats(case["guessed"]))
    np.testing.assert_allclose(smoothed(errors, 0.01), case["errors"], rtol=1e-12)


@pytest.mark.parametrize("case", PUBLIC["anomalies"], ids=range(len(PUBLIC["anomalies"])))
def test_windowed_thresholds_with_pruning(case):
    ours = find_anomalies(floats(case["errors"]), Thresholding(padding=case["padding"]))
    theirs = [(int(start), int(last) + 1) for start, last, _ in case["found"]]
    assert [(each.start, each.stop) for each in ours] == theirs
    np.testing.assert_allclose([each.severity for each in ours], [score for _, _, score in case["found"]])


@pytest.mark.parametrize("case", PUBLIC["overlaps"], ids=range(len(PUBLIC["overlaps"])))
def test_segment_overlap(case):
    labels, flags = bools(case["labels"]), bools(case["flags"])
    rates = event_delay(labels, flags, len(labels))
    assert (rates.tp, rates.fp, rates.fn) == (case["tp"], case["fp"], case["fn"])


@pytest.mark.network
@pytest.mark.slow
def test_the_figures_are_those_of_the_package(tmp_path):
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    python = tmp_path / "env" / "bin" / "python"
    for made in (
        [uv, "venv", "--quiet", "--python", "3.11", str(tmp_path / "env")],
        [uv, "pip", "install", "--quiet", "--python", str(python), "--no-deps", "-r", str(HERE / "sigllm_public.txt")],
    ):
        done = subprocess.run(made, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            pytest.skip(f"no environment for the package: {done.stderr.strip()[-200:]}")
    found = subprocess.run(
        [str(python), str(HERE / "sigllm_public.py")], capture_output=True, text=True, check=True, timeout=120
    )
    _assert_close(json.loads(found.stdout), PUBLIC)


def _assert_close(found, kept):
    """The same JSON, with floats to the last bits, in which machines differ."""
    assert type(found) is type(kept)
    if isinstance(kept, dict):
        assert found.keys() == kept.keys()
        for name in kept:
            _assert_close(found[name], kept[name])
    elif isinstance(kept, list):
        assert len(found) == len(kept)
        for one, other in zip(found, kept, strict=True):
            _assert_close(one, other)
    elif isinstance(kept, float):
        assert found == pytest.approx(kept, rel=1e-9)
    else:
        assert found == kept
