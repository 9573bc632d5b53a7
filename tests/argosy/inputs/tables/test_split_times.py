"""Dates in one column and times of day in another are one column of times, which is said."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

START = datetime(2024, 3, 20, tzinfo=UTC)
HOURS = [START + timedelta(hours=at) for at in range(60)]


def load(folder: Path, header: str, letters: str, reading: Reading = UNSAID, **request: str) -> LoadedSeries:
    path = folder / "metric.csv"
    rows = "".join(f"{each.strftime(letters)},{each.hour}\n" for each in HOURS)
    path.write_text(f"{header},value\n{rows}")
    return read_series(TableRequest(path, reading=reading, **request))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "letters"),
    [
        ("date,time", "%Y-%m-%d,%H:%M:%S"),
        ("Date,Time", "%Y-%m-%d,%H:%M"),
        ("time,date", "%H:%M:%S.000,%Y-%m-%d"),
        ("<DATE>,<TIME>", "%Y.%m.%d,%H:%M"),
        ("Datum,Uhrzeit", "%d.%m.%Y,%H:%M"),
        ("date,time", "%m/%d/%Y,%I:%M %p"),
        ("date,time", "%Y%m%d,%H%M%S"),
        ("date,hour", "%Y-%m-%d,%H"),
        ("date,hour", "%Y%m%d,%-H"),
        ("date,hour", "%Y-%m-%d 00:00:00,%-H"),
    ],
)
def test_date_and_time_of_day_are_joined(tmp_path: Path, header: str, letters: str) -> None:
    loaded = load(tmp_path, header, letters)
    assert loaded.series.seconds.tolist() == [int(each.timestamp()) for each in HOURS]
    one, other = header.split(",")
    assert any("joined from columns" in note and one in note and other in note for note in loaded.notes)


def test_joined_times_are_local_where_a_zone_is_named(tmp_path: Path) -> None:
    loaded = load(tmp_path, "date,time", "%Y-%m-%d,%H:%M:%S", Reading(zone="Europe/Berlin"))
    assert loaded.series.seconds[0] == START.timestamp() - 3_600


def test_a_format_is_that_of_both(tmp_path: Path) -> None:
    loaded = load(tmp_path, "date,time", "%d/%m/%y,%H:%M", Reading(time_format="%d/%m/%y %H:%M"))
    assert loaded.series.seconds[0] == START.timestamp()


def test_whole_times_beside_a_date_stay(tmp_path: Path) -> None:
    loaded = load(tmp_path, "date,time", "%Y-%m-%d,%Y-%m-%dT%H:%M:%SZ")
    assert loaded.series.seconds[0] == START.timestamp()
    assert not any("joined" in note for note in loaded.notes)


def test_an_hour_beside_whole_times_is_no_part_of_them(tmp_path: Path) -> None:
    loaded = load(tmp_path, "date,hour", "%Y-%m-%d %H:%M,%H")
    assert loaded.series.seconds[-1] == HOURS[-1].timestamp()
    assert not any("joined" in note for note in loaded.notes)


def test_a_column_named_is_taken_alone(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"times of day without a date.*where --time is left out"):
        load(tmp_path, "date,time", "%Y-%m-%d,%H:%M:%S", time="time")


def test_hours_that_no_day_has_are_named(tmp_path: Path) -> None:
    path = tmp_path / "metric.csv"
    path.write_text("date,hour,value\n" + "".join(f"2024-03-20,{hour},1\n" for hour in range(1, 25)))
    with pytest.raises(BadInput, match=r"row 25, column 'hour': '24' is no hour of a day"):
        read_series(TableRequest(path))


def test_parquet_columns_of_date_and_time_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "metric.parquet"
    frame = {"date": [each.date() for each in HOURS], "time": [each.time() for each in HOURS], "value": range(60)}
    pd.DataFrame(frame).to_parquet(path)
    assert read_series(TableRequest(path)).series.seconds[-1] == HOURS[-1].timestamp()
