"""Whatever the file holds, reading it gives a valid series or one line of BadInput."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.signals.errors import BadInput
from argosy.signals.incidents import runs

WORDS = (
    "| |0|1|-1|60|120|nan|inf|1e400|true|False|1600000000|1600000060000|2020-01-01|2020-01-01T00:00:00Z|20200101"
    '|2020-01-01T00:00:00+02:00|2020-W01-1|12:30|"'
)
CELLS = st.one_of(
    st.sampled_from(WORDS.split("|")),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.text(max_size=6),
)
HEADERS = st.sampled_from(
    ["timestamp,value,label", "index,value,label", "value", "series,timestamp,value", "time;y;anomaly"]
)
STEPS = st.sampled_from([None, None, 1, 60, -1, 10**30])
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def outcome(request: TableRequest) -> LoadedSeries | None:
    refusal = None
    try:
        loaded = read_series(request)
    except BadInput as error:
        refusal = error
    if refusal:
        assert "\n" not in str(refusal)
        assert refusal.mend
        return None
    assert len(loaded.series) >= 1
    assert not np.isnan(loaded.series.values).all()
    if loaded.labels is not None:
        assert loaded.labels.shape == loaded.series.values.shape
        assert len(loaded.incidents) == len(runs(loaded.labels))
    return loaded


@FEW
@given(
    header=HEADERS,
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6),
    step=STEPS,
    tail=st.text(max_size=3),
)
def test_any_table(tmp_path: Path, header: str, rows: list[list[str]], step: int | None, tail: str) -> None:
    path = tmp_path / "any.csv"
    separator = ";" if ";" in header else ","
    text = "\n".join([header, *(separator.join(row) for row in rows)]) + tail
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    outcome(TableRequest(path, step_s=step))


@FEW
@given(
    data=st.binary(max_size=200),
    start=st.sampled_from([b"", b"timestamp,value\n", b"PAR1", b"\x1f\x8b\x08", b"\xef\xbb\xbf"]),
)
def test_any_bytes(tmp_path: Path, data: bytes, start: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(start + data)
    outcome(TableRequest(path, step_s=60))


@FEW
@given(data=st.binary(max_size=120), text=st.text(max_size=60), json=st.booleans())
def test_any_incidents(tmp_path: Path, data: bytes, text: str, json: bool) -> None:
    path, incidents = tmp_path / "x.csv", tmp_path / "incidents"
    path.write_text("index,value\n0,1\n1,2\n5,3\n")
    incidents.write_bytes(
        b'[{"start": 1, "end": ' + text.encode(errors="ignore") + b"}]" if json else b"start,end\n" + data
    )
    outcome(TableRequest(path, step_s=60, incidents=incidents))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.lists(st.integers(0, 4 * 10**9), min_size=1, max_size=30, unique=True).map(sorted),
    unit=st.sampled_from(["s", "ms", "us", "ns"]),
    data=st.data(),
)
@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_what_is_written_is_read(
    tmp_path: Path, suffix: str, seconds: list[int], unit: str, data: st.DataObject
) -> None:
    floats = st.one_of(st.just(float("nan")), st.floats(-1e100, 1e100))
    values = data.draw(st.lists(floats, min_size=len(seconds), max_size=len(seconds)))
    values[0] = 1.0
    frame = pd.DataFrame({"timestamp": pd.to_datetime(seconds, unit="s").as_unit(unit), "value": values})  # type: ignore[arg-type]
    path = tmp_path / f"x.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_csv(path, index=False)
    loaded = outcome(TableRequest(path))
    assert loaded is not None
    assert loaded.series.seconds.tolist() == seconds
    np.testing.assert_array_equal(loaded.series.values, values)
