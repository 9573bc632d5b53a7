"""Incidents as tools write them: their columns, and those that have no end yet."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.reading import UNSAID, OpenIncidents, Reading
from argosy.signals.errors import BadInput

START_S = 1_600_000_000  # 2020-09-13T12:26:40Z
TEN_MINUTES = "timestamp,value\n" + "".join(f"{START_S + 60 * i},{i}\n" for i in range(10))
AT_2, AT_4, AT_6 = "2020-09-13T12:28:40Z", "2020-09-13T12:30:40Z", "2020-09-13T12:32:40Z"


def load(folder: Path, name: str, text: str | bytes, reading: Reading = UNSAID) -> LoadedSeries:
    (folder / "x.csv").write_text(TEN_MINUTES)
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_series(TableRequest(folder / "x.csv", incidents=file, reading=reading))


def labelled(loaded: LoadedSeries) -> list[int]:
    assert loaded.labels is not None
    points: list[int] = np.flatnonzero(loaded.labels).tolist()
    return points


@pytest.mark.parametrize(
    "end",
    [
        "",
        "null",
        "NaN",
        "0",
        "0.0",
        "0001-01-01T00:00:00Z",
        "0001-01-01 00:00:00 +0000 UTC",
        "-62135596800",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "ongoing",
        "Open",
        "-",
    ],
)
def test_the_last_incident_may_be_open(tmp_path: Path, end: str) -> None:
    loaded = load(tmp_path, "i.csv", f"start,end\n{AT_6},{end}\n{AT_2},{AT_4}\n")
    assert labelled(loaded) == [2, 3, 6, 7, 8, 9]
    assert loaded.incidents[-1].end == START_S + 600
    assert loaded.notes == ("an incident has no end and is taken as open until the last point: 4 of 10 points, 40.0%",)


@pytest.mark.parametrize("end", [", null", ", 0", ', ""', ', "0001-01-01T00:00:00Z"'])
def test_in_json_the_last_incident_may_be_open(tmp_path: Path, end: str) -> None:
    assert labelled(load(tmp_path, "i.json", f'[["{AT_2}", "{AT_4}"], ["{AT_6}"{end}]]')) == [2, 3, 6, 7, 8, 9]


def test_in_json_an_end_may_be_absent(tmp_path: Path) -> None:
    text = json.dumps([{"start": AT_2, "end": AT_4}, {"start": AT_6}])
    assert labelled(load(tmp_path, "i.json", text)) == [2, 3, 6, 7, 8, 9]


def test_in_parquet_an_end_may_be_null_or_of_year_1(tmp_path: Path) -> None:
    starts = pd.to_datetime([AT_2, AT_6])
    for end in (pd.NaT, pd.Timestamp("0001-01-01", tz="UTC").as_unit("us")):
        frame = pd.DataFrame(
            {"start": starts, "end": pd.Series([pd.Timestamp(AT_4), end], dtype="datetime64[us, UTC]")}
        )
        frame.to_parquet(tmp_path / "p.parquet")
        assert labelled(load(tmp_path, "i.parquet", (tmp_path / "p.parquet").read_bytes())) == [2, 3, 6, 7, 8, 9]


EARLIER = f"start,end\n{AT_2},\n{AT_6},{AT_6}\n"


def test_an_earlier_open_incident_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"row 2, column 'end': the incident has no end, and a later one starts at .*32"):
        load(tmp_path, "i.csv", EARLIER)


@pytest.mark.parametrize(
    ("meaning", "points"),
    [
        (OpenIncidents.NEXT, [2, 3, 4, 5, 6]),
        (OpenIncidents.LAST, [2, 3, 4, 5, 6, 7, 8, 9]),
        (OpenIncidents.DROP, [6]),
    ],
)
def test_an_option_says_what_an_earlier_open_incident_means(
    tmp_path: Path, meaning: OpenIncidents, points: list[int]
) -> None:
    assert labelled(load(tmp_path, "i.csv", EARLIER, Reading(open_incidents=meaning))) == points


PAGERDUTY = {"incident_number": 1, "created_at": AT_2, "resolved_at": AT_4, "last_status_change_at": AT_6}
ALERT = {"labels": {"alertname": "Down"}, "startsAt": AT_2, "endsAt": AT_4, "updatedAt": AT_6}
ANNOTATION = {"id": 7, "time": (START_S + 120) * 1000, "timeEnd": (START_S + 240) * 1000, "text": "outage"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("i.csv", f"incident_number,created_at,resolved_at\n1,{AT_2},{AT_4}\n"),
        ("i.csv", f"Id;Created At;Resolved At\n1;{AT_2};{AT_4}\n"),
        ("i.csv", f"created_on,resolved_on\n{AT_2},{AT_4}\n"),
        ("i.csv", f"started_at,ended_at,created_at,resolved_at\n{AT_2},{AT_4},{AT_6},{AT_6}\n"),
        ("i.json", json.dumps([PAGERDUTY])),
        ("i.json", json.dumps({"incidents": [PAGERDUTY], "more": False})),
        ("i.json", json.dumps([ALERT])),
        ("i.json", json.dumps({"receiver": "x", "status": "resolved", "alerts": [ALERT]})),
        ("i.json", json.dumps({"status": "success", "data": [ALERT]})),
        ("i.json", json.dumps([ANNOTATION])),
        ("i.jsonl", "\n".join([json.dumps(ALERT), json.dumps(ALERT)])),
        ("i.json", b"\xef\xbb\xbf" + json.dumps([ALERT]).encode()),
        ("i.csv", b"\xef\xbb\xbf" + f"startsAt,endsAt\n{AT_2},{AT_4}\n".encode()),
    ],
)
def test_the_columns_of_other_tools_are_known_and_said(tmp_path: Path, name: str, text: str | bytes) -> None:
    loaded = load(tmp_path, name, text)
    assert labelled(loaded) == [2, 3]
    assert loaded.notes[0].startswith("incidents go from '")


def test_a_firing_alert_is_open(tmp_path: Path) -> None:
    firing = ALERT | {"startsAt": AT_6, "endsAt": "0001-01-01T00:00:00Z"}
    assert labelled(load(tmp_path, "i.json", json.dumps([ALERT, firing]))) == [2, 3, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "reading",
    [Reading(start_column="alarm", end_column="quiet"), Reading(start_column="alarm"), Reading(end_column="quiet")],
)
def test_columns_of_other_names_are_given(tmp_path: Path, reading: Reading) -> None:
    start, end = reading.start_column or "start", reading.end_column or "end"
    assert labelled(load(tmp_path, "i.csv", f"{start},{end}\n{AT_2},{AT_4}\n", reading)) == [2, 3]
    assert labelled(load(tmp_path, "i.json", json.dumps([{start: AT_2, end: AT_4}]), reading)) == [2, 3]


@pytest.mark.parametrize(
    ("name", "text", "reading", "expected"),
    [
        ("i.csv", f"a,b\n{AT_2},{AT_4}\n", UNSAID, "no column 'start'; .* with --start-column"),
        ("i.csv", f"start,b\n{AT_2},{AT_4}\n", UNSAID, "no column 'end'; .* with --end-column"),
        (
            "i.csv",
            f"start,end\n{AT_2},{AT_4}\n",
            Reading(start_column="begun"),
            "no column 'begun'; .* with --start-column",
        ),
        ("i.csv", f"start,end\n{AT_2},{AT_4}\n", Reading(end_column="over"), "no column 'over'; .* with --end-column"),
        ("i.json", json.dumps([{"a": AT_2}]), UNSAID, "row 1: no start and end.*--start-column"),
        ("i.json", json.dumps([ALERT]), Reading(start_column="begun"), "row 1: no start and end: no 'begun'"),
        ("i.json", json.dumps([ALERT]), Reading(end_column="over"), "no incident has 'over'; .* with --end-column"),
        ("i.csv", f"start,end\n{AT_4},{AT_2}\n", UNSAID, "before it starts"),
    ],
)
def test_what_names_no_start_and_end_is_refused(
    tmp_path: Path, name: str, text: str, reading: Reading, expected: str
) -> None:
    with pytest.raises(BadInput, match=expected):
        load(tmp_path, name, text, reading)


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**16),
    st.sampled_from(["", "0", AT_2, AT_4, "0001-01-01", "open", "x", "9999-12-31"]),
    st.floats(),
    st.lists(st.integers(), max_size=1),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=4), meaning=st.sampled_from([None, *OpenIncidents]))
def test_any_incidents_are_read_or_refused(
    tmp_path: Path, rows: list[tuple[object, object]], meaning: OpenIncidents | None
) -> None:
    text = json.dumps([{"start": start, "end": end} for start, end in rows])
    try:
        loaded = load(tmp_path, "i.json", text, Reading(open_incidents=meaning))
    except BadInput:
        return
    assert all(each.start <= each.end <= START_S + 10**13 for each in loaded.incidents)
