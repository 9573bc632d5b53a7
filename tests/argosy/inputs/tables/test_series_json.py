"""Series in JSON, as Prometheus and VictoriaMetrics write them."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.inputs.tables.file_start import check_table
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, list_series, read_series
from argosy.signals.errors import BadInput

A = {"__name__": "up", "job": "a"}
B = {"__name__": "up", "job": "b"}
POINTS = [[1_600_000_000, "1.5"], [1_600_000_060, "NaN"], [1_600_000_120.0, "2.5"]]


def answer(*results: object, kind: str = "matrix") -> str:
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": results}})


def export(metric: object, at: int, *values: object) -> str:
    times = [1000 * (1_600_000_000 + 60 * (at + place)) for place in range(len(values))]
    return json.dumps({"metric": metric, "values": values, "timestamps": times})


def load(folder: Path, data: str | bytes, series: str | None = None) -> LoadedSeries:
    path = folder / "x.json"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    check_table(path)
    return read_series(TableRequest(path, series=series))


@pytest.mark.parametrize(
    "data",
    [
        answer({"metric": A, "values": POINTS}),
        json.dumps(json.loads(answer({"metric": A, "values": POINTS}))["data"]),
        b"\xef\xbb\xbf" + answer({"metric": A, "values": POINTS}).encode(),
        gzip.compress(answer({"metric": A, "values": POINTS}).encode()),
        export(A, 0, 1.5, None, 2.5),
        export(A, 2, 2.5) + "\n" + export(A, 0, 1.5, None) + "\n",
    ],
)
def test_series_are_read(tmp_path: Path, data: str | bytes) -> None:
    loaded = load(tmp_path, data)
    assert loaded.series.id == 'up{job="a"}'
    assert loaded.series.seconds.tolist() == [1_600_000_000, 1_600_000_060, 1_600_000_120]
    np.testing.assert_array_equal(loaded.series.values, [1.5, np.nan, 2.5])


def test_of_several_series_one_is_named(tmp_path: Path) -> None:
    both = answer({"metric": A, "values": POINTS}, {"metric": B, "values": [[1_600_000_000, "7"]]})
    with pytest.raises(BadInput, match=r"it holds 2 series: .* name one of them with --series"):
        load(tmp_path, both)
    assert load(tmp_path, both, 'up{job="b"}').series.values.tolist() == [7.0]
    assert list_series(tmp_path / "x.json") == ('up{job="a"}', 'up{job="b"}')


def test_a_series_without_a_name_is_called_as_the_file(tmp_path: Path) -> None:
    assert load(tmp_path, answer({"metric": {}, "values": POINTS})).series.id == "x"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (answer(), "holds no point"),
        (answer({"metric": A, "value": [1, "2"]}, kind="vector"), "at one moment .* ask query_range"),
        (answer({"metric": A, "histograms": []}), "result 1: holds histograms"),
        (answer({"metric": A, "values": [[1]]}), "result 1: a point is no pair"),
        (answer({"metric": A, "values": [["soon", "1"]]}), "'soon' is no Unix time"),
        (answer({"metric": A, "values": [[1_600_000_000, "x"]]}), "row 1, column 'value': 'x' is not a number"),
        (answer({"metric": A, "values": [[1_600_000_000, "+Inf"]]}), r"'\+Inf' is infinite|infinite"),
        (json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error"}), "an error: 'parse error'"),
        ('{"metric": {}, "values": [1], "timestamps": []}', "has 0 times for 1 values"),
        (export(A, 0, 1) + "\n{", "row 2: is no JSON"),
        (answer({"metric": A, "values": POINTS})[:-9], "row 1: is no JSON"),
        ('{"timestamp": 1, "value": 2}', "no table but JSON"),
    ],
)
def test_what_is_no_series_is_refused(tmp_path: Path, data: str, expected: str) -> None:
    with pytest.raises(BadInput, match=expected):
        load(tmp_path, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["metric", "values", "data"]), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(metric=JSON, values=JSON, times=JSON, kind=st.sampled_from(["matrix", "vector"]))
def test_any_answer_is_read_or_refused(
    tmp_path: Path, metric: object, values: object, times: object, kind: str
) -> None:
    for text in (
        answer({"metric": metric, "values": values}, kind=kind),
        json.dumps({"metric": metric, "values": values, "timestamps": times}),
    ):
        try:
            loaded = load(tmp_path, text)
        except BadInput:
            continue
        assert len(loaded.series) >= 1
