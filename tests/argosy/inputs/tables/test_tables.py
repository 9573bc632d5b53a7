"""What a table becomes: times in every spelling, labels, incidents, series among others, scores in a column."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from argosy.inputs.tables.incidents import read_incidents
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, list_series, read_series
from argosy.signals.errors import BadInput
from argosy.signals.incidents import runs


def load(folder: Path, text: str, name: str = "cpu.csv", **request: object) -> LoadedSeries:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_series(TableRequest(path, **request))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "times",
    [
        ("2020-09-13T12:26:40Z", "2020-09-13T12:27:40Z"),
        ("2020-09-13T12:26:40", "2020-09-13T12:27:40"),
        ("2020-09-13 12:26:40", "2020-09-13 12:27:40"),
        ("2020-09-13T14:26:40+02:00", "2020-09-13T14:27:40+02:00"),
        ("2020-09-13T14:26:40+0200", "2020-09-13T12:27:40+0000"),
        (" 2020-09-13T12:26:40Z ", '"2020-09-13T12:27:40Z"'),
        ("1600000000", "1600000060"),
        ("1600000000.0", "1.60000006e9"),
        ("1600000000000", "1600000060000"),
        ("1600000000000000", "1600000060000000"),
        ("1600000000000000000", "1600000060000000000"),
    ],
)
def test_times_in_every_spelling_are_the_same_seconds(tmp_path: Path, times: tuple[str, str]) -> None:
    loaded = load(tmp_path, f"timestamp,value\n{times[0]},1.5\n{times[1]},2\n")
    assert loaded.series.seconds.tolist() == [1_600_000_000, 1_600_000_060]
    assert loaded.series.values.tolist() == [1.5, 2.0]
    assert loaded.series.step_s == 60
    assert loaded.times_known
    assert loaded.notes == ()


def test_offsets_across_a_clock_change_keep_their_order(tmp_path: Path) -> None:
    loaded = load(tmp_path, "time,value\n2020-10-25T02:59:00+02:00,1\n2020-10-25T02:00:00+01:00,2\n")
    assert np.diff(loaded.series.seconds).tolist() == [60]


def test_an_index_counts_steps_from_zero(tmp_path: Path) -> None:
    loaded = load(tmp_path, "index,value\n5,1\n6,2\n8,3\n", step_s=300)
    assert loaded.series.seconds.tolist() == [1500, 1800, 2400]
    assert loaded.series.step_s == 300
    assert not loaded.times_known
    assert loaded.notes == ("1 gap, longest 5 min, 25.00% of points missing",)


def test_small_unix_seconds_are_noted_and_not_taken_for_times_of_day(tmp_path: Path) -> None:
    loaded = load(tmp_path, "timestamp,value\n0,1\n1,2\n")
    assert not loaded.times_known
    assert "before 1973" in loaded.notes[0]


def test_rows_without_times_are_evenly_spaced_when_a_step_is_given(tmp_path: Path) -> None:
    loaded = load(tmp_path, "value\n1\n\n3\n\n\n", step_s=10)
    assert loaded.series.seconds.tolist() == [0, 10, 20]
    assert np.isnan(loaded.series.values[1])


@pytest.mark.parametrize(
    "header", ["Timestamp,Value,Label", "ds,y,is_anomaly", "DATE, value ,anomaly", "time;value;label", ",value,label"]
)
def test_usual_names_are_found(tmp_path: Path, header: str) -> None:
    separator = ";" if ";" in header else ","
    rows = [("2020-01-01", "1", "0"), ("2020-01-02", "2", "1")]
    loaded = load(tmp_path, "\n".join([header, *(separator.join(row) for row in rows)]))
    assert loaded.series.values.tolist() == [1.0, 2.0]
    assert loaded.labels is not None
    assert loaded.labels.tolist() == [False, True]


def test_other_names_are_given(tmp_path: Path) -> None:
    text = "timestamp,value,when,latency,bad\n,,1600000000,7,true\n,,1600000060,8,false\n"
    loaded = load(tmp_path, text, time="when", value="latency", label="bad")
    assert loaded.series.values.tolist() == [7.0, 8.0]
    assert loaded.incidents[0].start == 1_600_000_000
    assert loaded.incidents[0].end == 1_600_000_060


@pytest.mark.parametrize("missing", ["", "NaN", "nan", "NA", "null", "None", " "])
def test_missing_values_are_nan(tmp_path: Path, missing: str) -> None:
    loaded = load(tmp_path, f"timestamp,value\n1600000000,1\n1600000060,{missing}\n1600000120, 3\n")
    assert np.isnan(loaded.series.values).tolist() == [False, True, False]


def test_formats_hold_the_same_series(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "timestamp": pd.date_range("2024-05-01", periods=60, freq="5min", tz="Europe/Berlin"),
            "value": np.arange(60, dtype=np.float32) / 3,
            "label": np.arange(60) % 20 == 7,
        }
    )
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.csv.gz", index=False)
    frame.to_parquet(tmp_path / "c.parquet", index=False)
    frame.set_index("timestamp").to_parquet(tmp_path / "d.parquet")
    frame.rename(columns={"timestamp": "time"}).to_csv(tmp_path / "e.data", sep="\t", index=False)
    loaded = [read_series(TableRequest(path)) for path in sorted(tmp_path.iterdir())]
    for each in loaded:
        assert each.series.seconds.tolist() == loaded[0].series.seconds.tolist()
        np.testing.assert_allclose(each.series.values, loaded[0].series.values, rtol=1e-6)
        assert len(each.incidents) == 3
    assert [each.series.id for each in loaded] == ["a", "b", "c", "d", "e"]


def test_labels_in_parquet_may_be_decimals(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame({"timestamp": [10, 20], "value": [1, 2], "label": [Decimal(0), Decimal("1.0")]})
    frame.to_parquet(path)
    labels = read_series(TableRequest(path)).labels
    assert labels is not None
    assert labels.tolist() == [False, True]


def test_the_only_other_column_holds_the_values_and_is_said(tmp_path: Path) -> None:
    loaded = load(tmp_path, 'Time,"cpu{host=""a""}",label\n1600000000,1.5,0\n')
    assert loaded.series.values.tolist() == [1.5]
    assert loaded.notes == ("values are those of column 'cpu{host=\"a\"}'",)


def test_an_unnamed_index_of_times_is_found_in_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"value": [1.0, 2.0]}, index=pd.date_range("2024-05-01", periods=2, freq="h"))
    frame.to_parquet(tmp_path / "x.parquet")
    assert read_series(TableRequest(tmp_path / "x.parquet")).series.step_s == 3600


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_one_series_of_several(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"series": ["007", "b", "007", "b"], "timestamp": [10, 10, 20, 40], "value": [1, 2, 3, 4]})
    path = tmp_path / f"all.{suffix}"
    frame.to_csv(path, index=False) if suffix == "csv" else frame.astype({"series": "category"}).to_parquet(path)
    assert list_series(path) == ("007", "b")
    loaded = read_series(TableRequest(path, series="007"))
    assert (loaded.series.id, loaded.series.values.tolist()) == ("007", [1.0, 3.0])
    with pytest.raises(BadInput, match=r"2 series: '007', 'b'; name one of them with --series"):
        read_series(TableRequest(path))


def test_number_ids_in_parquet_are_named_as_text(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    pd.DataFrame({"host": [3, 4], "timestamp": [10, 10], "value": [1, 2]}).to_parquet(path)
    assert list_series(path, "host") == ("3", "4")
    assert read_series(TableRequest(path, id_column="host", series="4")).series.values.tolist() == [2.0]


@pytest.mark.parametrize(
    ("cells", "alarms"),
    [
        ("0 1 0", True),
        ("true false true", True),
        ("0 1.0 ", True),
        ("0 0.5 1", False),
        ("3 NaN 1", False),
    ],
)
def test_a_base_column_is_alarms_or_scores(tmp_path: Path, cells: str, alarms: bool) -> None:
    rows = [f"{1_600_000_000 + 60 * i},{i},{cell}" for i, cell in enumerate(cells.split(" "))]
    base = load(tmp_path, "\n".join(["timestamp,value,mine", *rows]), base="mine").base
    assert base is not None
    assert base.alarms is alarms


def test_base_scores_keep_their_numbers(tmp_path: Path) -> None:
    base = load(tmp_path, "timestamp,value,mine\n10,1,0.25\n20,2,\n", base="mine").base
    assert base is not None
    assert not base.alarms
    np.testing.assert_array_equal(base.verdicts, [0.25, np.nan])


TEN_MINUTES = "timestamp,value\n" + "".join(f"{1_600_000_000 + 60 * i},{i}\n" for i in range(10))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("i.csv", "start,end,kind\n2020-09-13T12:28:00Z,2020-09-13T12:30:00Z,drop\n"),
        ("i.csv", "End,Start,Kind\n1600000200,1600000080,drop\n"),
        ("i.json", '[{"start": 1600000080, "end": 1600000200, "kind": "drop"}]'),
        ("i.json", '[{"start": "2020-09-13T12:28:00Z", "end": "2020-09-13 12:30:00+00:00", "kind": "drop"}]'),
    ],
)
def test_incidents_come_from_a_file_of_their_own(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    loaded = load(tmp_path, TEN_MINUTES, incidents=tmp_path / name)
    assert loaded.labels is not None
    assert np.flatnonzero(loaded.labels).tolist() == [2, 3]
    assert [incident.kind for incident in loaded.incidents] == ["drop"]


def test_incidents_in_json_say_of_which_series_they_are_and_when_they_were_labelled(tmp_path: Path) -> None:
    file = tmp_path / "i.json"
    rows = [
        {"start": 1600000080, "end": 1600000200, "series": "a", "labelled": 1600000300},
        {"start": 1600000140, "end": 1600000200, "series": "b"},
    ]
    file.write_text(json.dumps(rows))
    (incident,) = read_incidents(file, series="a")
    assert (incident.start, incident.end, incident.labelled) == (1600000080, 1600000200, 1600000300)
    assert [each.labelled for each in read_incidents(file, series="b")] == [None]
    assert read_incidents(file, series="c") == ()
    with pytest.raises(BadInput, match="several series"):
        read_incidents(file)
    rows[1]["start"] = "never"
    file.write_text(json.dumps(rows))
    with pytest.raises(BadInput, match="row 2"):
        read_incidents(file, series="b")


def test_incidents_of_an_index_are_indices(tmp_path: Path) -> None:
    (tmp_path / "i.json").write_text("[[2, 4]]")
    loaded = load(
        tmp_path, "index,value\n" + "".join(f"{i},{i}\n" for i in range(9)), step_s=60, incidents=tmp_path / "i.json"
    )
    assert loaded.labels is not None
    assert np.flatnonzero(loaded.labels).tolist() == [2, 3]


def test_incidents_that_do_not_fit_are_mended_and_noted(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text(
        "start,end\n1600000300,1600000420\n1600000060,1600000180\n1600000120,1600000240\n1600000480,1600000480\n"
        "1500000000,1500000060\n"
    )
    loaded = load(tmp_path, TEN_MINUTES, incidents=tmp_path / "i.csv")
    assert loaded.labels is not None
    assert runs(loaded.labels).tolist() == [[1, 4], [5, 7], [8, 9]]
    assert len(loaded.incidents) == 3
    assert [note.split(",")[0] for note in loaded.notes] == [
        "incidents that end where they start",
        "incidents without a point of the series",
        "incidents that meet or overlap the one before",
    ]


def test_an_incidents_file_wins_over_a_label_column(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("start,end\n10,20\n")
    loaded = load(tmp_path, "timestamp,value,label\n10,1,0\n20,2,1\n", incidents=tmp_path / "i.csv")
    assert loaded.labels is not None
    assert loaded.labels.tolist() == [True, False]


def test_an_incidents_file_of_many_series_is_filtered(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("series,start,end\na,10,20\nb,20,30\n")
    text = "series,timestamp,value\na,10,1\na,20,2\nb,10,1\nb,20,1\n"
    loaded = load(tmp_path, text, series="b", incidents=tmp_path / "i.csv")
    assert loaded.labels is not None
    assert loaded.labels.tolist() == [False, True]


def test_constant_series_are_allowed_and_noted(tmp_path: Path) -> None:
    assert "all values are 4" in load(tmp_path, "timestamp,value\n1600000000,4\n1600000060,4\n").notes[0]


def test_a_single_point_can_be_read(tmp_path: Path) -> None:
    assert len(load(tmp_path, "timestamp,value\n1600000000,4\n").series) == 1


def test_fractions_of_a_second_are_dropped_and_noted(tmp_path: Path) -> None:
    loaded = load(tmp_path, "timestamp,value\n1600000000.25,4\n1600000001.5,5\n")
    assert loaded.series.seconds.tolist() == [1_600_000_000, 1_600_000_001]
    assert "fractions" in loaded.notes[0]


def test_columns_not_asked_for_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("timestamp,value,ort\n1600000000,1,Köln\n".encode("latin-1") + b"1600000060,2," + b"x" * 2_000_000)
    assert read_series(TableRequest(path)).series.values.tolist() == [1.0, 2.0]


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(gzip.compress(b"timestamp,value\n1600000000,1\n"))
    assert len(read_series(TableRequest(path)).series) == 1


def test_a_session_needs_points_and_labels(tmp_path: Path) -> None:
    rows = "".join(f"{1_600_000_000 + 60 * i},{i},{int(i == 30)}\n" for i in range(60))
    assert load(tmp_path, "timestamp,value,label\n" + rows).labels_to_learn_from().sum() == 1
    with pytest.raises(BadInput, match="add a 0/1 column called 'label'"):
        load(tmp_path, "timestamp,value,other\n" + rows).labels_to_learn_from()
    with pytest.raises(BadInput, match="3 points are too few"):
        load(tmp_path, "timestamp,value,label\n10,1,0\n20,2,0\n30,3,1\n").labels_to_learn_from()


def test_of_a_very_long_series_the_newest_points_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = [f"{i},{i % 7},{int(i in (3, 8))},{int(i == 8)}" for i in range(10)]
    path.write_text("\n".join(["index,value,label,mine", *rows]))
    whole = read_series(TableRequest(path, step_s=60, base="mine"))
    kept = whole.newest(most=4)
    assert kept.series.values.tolist() == [6.0, 0.0, 1.0, 2.0]
    assert kept.series.seconds.tolist() == whole.series.seconds[6:].tolist()
    assert kept.labels is not None
    assert kept.labels.tolist() == [False, False, True, False]
    assert len(kept.incidents) == 1
    assert kept.base is not None
    assert kept.base.alarms
    assert kept.base.verdicts.tolist() == [False, False, True, False]
    assert "earlier ones left out: 6" in kept.notes[-1]
    assert whole.newest() is whole
