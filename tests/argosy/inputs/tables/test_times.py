"""Times as people write them: read as what they are, refused with the cause, or read with a word on how."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.tables.column import Column, flat
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.tables.times import read_moments, read_times
from argosy.signals.errors import BadInput

START = datetime(2024, 3, 20, tzinfo=UTC)
BERLIN = Reading(zone="Europe/Berlin")


def hours(letters: str, count: int = 100, start: datetime = START, hours: float = 1) -> list[str]:
    return [(start + timedelta(hours=each * hours)).strftime(letters) for each in range(count)]


def read(tmp_path: Path, cells: Sequence[object], reading: Reading = UNSAID, step_s: int | None = None) -> LoadedSeries:
    path = tmp_path / "metric.csv"
    path.write_text("timestamp,value\n" + "".join(f'"{cell}",{at % 7}\n' for at, cell in enumerate(cells)))
    return read_series(TableRequest(path, step_s=step_s, reading=reading))


def first_and_last(loaded: LoadedSeries) -> tuple[datetime, datetime]:
    first, last = (datetime.fromtimestamp(int(loaded.series.seconds[end]), UTC) for end in (0, -1))
    return first, last


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("%Y%m%d%H", "YYYYMMDDHH"),
        ("%Y%m%d%H%M", "YYYYMMDDHHMM"),
        ("%Y%m%d%H%M%S", "YYYYMMDDHHMMSS"),
        ("%Y%m%d%H%M%S00", "YYYYMMDDHHMMSSff"),
        ("%Y%m%d%H%M%S000", "YYYYMMDDHHMMSSfff"),
    ],
)
def test_digits_that_are_dates_are_read_as_dates(tmp_path: Path, letters: str, words: str) -> None:
    loaded = read(tmp_path, hours(letters))
    assert first_and_last(loaded) == (START, START + timedelta(hours=99))
    assert any(words in note and "2024-03-20T00:00:00" in note for note in loaded.notes)


def test_days_without_dashes_are_days(tmp_path: Path) -> None:
    loaded = read(tmp_path, hours("%Y%m%d", 40, hours=24))
    assert loaded.series.step_s == 86_400
    assert first_and_last(loaded)[1] == START + timedelta(days=39)


@pytest.mark.parametrize("start", [1_711_000_000, 1_711_121_300, 2_000_000_000, 946_684_800])
@pytest.mark.parametrize("per_second", [1, 10**3, 10**6, 10**9])
@pytest.mark.parametrize("step_s", [1, 60, 3_600, 86_400])
def test_unix_times_stay_unix_times(tmp_path: Path, start: int, per_second: int, step_s: int) -> None:
    loaded = read(tmp_path, [(start + at * step_s) * per_second for at in range(30)])
    assert loaded.series.seconds.tolist() == [start + at * step_s for at in range(30)]
    assert not any("read as" in note for note in loaded.notes)


@pytest.mark.parametrize("letters", ["%y%m%d", "%y%m%d%H%M", "%y%m%d%H%M%S"])
def test_years_of_two_digits_want_a_format(tmp_path: Path, letters: str) -> None:
    cells = hours(letters, 70, hours=24)
    with pytest.raises(BadInput, match=rf"looks like a date .*--time-format {letters}"):
        read(tmp_path, cells)
    assert first_and_last(read(tmp_path, cells, Reading(time_format=letters)))[0] == START


def test_a_cell_that_is_no_date_among_compact_dates_is_named(tmp_path: Path) -> None:
    cells = hours("%Y%m%d%H")
    cells[50] = "2024023001"
    with pytest.raises(BadInput, match=r"row 52, column 'timestamp': '2024023001' is no date written as YYYYMMDDHH"):
        read(tmp_path, cells)


def test_compact_dates_are_no_index(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"--step: .* holds dates such as '2024032000'"):
        read(tmp_path, hours("%Y%m%d%H"), step_s=60)


@pytest.mark.parametrize("decimals", [4, 6, 10])
def test_serial_days_are_named_and_read_when_asked(tmp_path: Path, decimals: int) -> None:
    cells = [f"{45_371 + at / 24:.{decimals}f}" for at in range(100)]
    with pytest.raises(BadInput, match=r"serial day of a spreadsheet, 2024-03-20T00:00:00; .*--time-format excel"):
        read(tmp_path, cells)
    loaded = read(tmp_path, cells, Reading(time_format="excel"))
    assert loaded.series.seconds.tolist() == [int(START.timestamp()) + 3_600 * at for at in range(100)]


def test_whole_serial_days_are_refused_too_but_an_index_is_one(tmp_path: Path) -> None:
    cells = list(range(45_371, 45_411))
    with pytest.raises(BadInput, match=r"serial day"):
        read(tmp_path, cells)
    assert not read(tmp_path, cells, step_s=60).times_known
    assert read(tmp_path, cells, Reading(time_format="unix")).series.seconds[0] == 45_371


@pytest.mark.parametrize(
    "letters",
    [
        "%d/%m/%Y %H:%M",
        "%m/%d/%Y %I:%M:%S %p",
        "%m/%d/%y %H:%M",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%y %H:%M",
        "%d-%m-%Y %H:%M",
        "%d-%b-%y %H.%M.%S",
        "%d %B %Y %H:%M",
        "%b %d, %Y @ %H:%M:%S.%f",
        "%d/%b/%Y:%H:%M:%S +0000",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%a %b %d %H:%M:%S %Y",
        "%Y-%m-%d %I:%M %p",
    ],
)
def test_other_text_is_read_where_only_one_way_is_open_and_the_way_is_said(tmp_path: Path, letters: str) -> None:
    loaded = read(tmp_path, hours(letters))
    assert first_and_last(loaded) == (START, START + timedelta(hours=99))
    assert any("times are read as '%" in note and "2024-03-20T00:00:00" in note for note in loaded.notes)


@pytest.mark.parametrize("letters", ["%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S,000", "%Y/%m/%d %H:%M"])
def test_what_is_nearly_iso_is_read(tmp_path: Path, letters: str) -> None:
    assert first_and_last(read(tmp_path, hours(letters))) == (START, START + timedelta(hours=99))


@pytest.mark.parametrize(
    ("letters", "other"),
    [("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"), ("%d-%m-%Y", "%m-%d-%Y"), ("%d/%m/%y %H:%M:%S", "%y/%m/%d %H:%M:%S")],
)
def test_a_day_that_may_be_a_month_is_refused_with_both_formats(tmp_path: Path, letters: str, other: str) -> None:
    start = datetime(2024, 4, 3, tzinfo=UTC)
    cells = hours(letters, 8, start, hours=1 if "%H" in letters else 24)
    with pytest.raises(BadInput, match=r"may be 2024-04-0. or ") as refused:
        read(tmp_path, cells)
    assert all(f"--time-format '{each}'" in str(refused.value) for each in (letters, other))
    assert first_and_last(read(tmp_path, cells, Reading(time_format=letters)))[0] == start


def test_a_format_that_does_not_fit_names_the_row(tmp_path: Path) -> None:
    cells = [*hours("%d.%m.%Y %H:%M", 20), "2024-03-21"]
    with pytest.raises(BadInput, match=r"row 22, .*'2024-03-21' is no time written as '%d.%m.%Y %H:%M'"):
        read(tmp_path, cells, Reading(time_format="%d.%m.%Y %H:%M"))


def test_leading_zeros_count_where_a_format_is_given(tmp_path: Path) -> None:
    cells = hours("%d%m%Y%H%M", 20, datetime(2024, 4, 3, tzinfo=UTC))
    loaded = read(tmp_path, cells, Reading(time_format="%d%m%Y%H%M"))
    assert first_and_last(loaded)[0] == datetime(2024, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize("letters", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%s"])
@pytest.mark.parametrize(
    ("last", "cause"),
    [("Total", "is this a summary row?"), ("Ø", "is this a summary row?"), ("timestamp", "the header again")],
)
def test_rows_that_hold_no_time_are_named(tmp_path: Path, letters: str, last: str, cause: str) -> None:
    with pytest.raises(BadInput, match=rf"row 32, column 'timestamp': '{last}' is no time.*{cause}"):
        read(tmp_path, [*hours(letters, 30), last])


def test_the_name_of_a_zone_is_no_offset(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"'CET' is no offset; take it off and name the zone with --zone"):
        read(tmp_path, hours("%Y-%m-%d %H:%M CET"))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("minutes", [10, 30])
def test_local_times_are_resolved_by_their_order(tmp_path: Path, zone: str, minutes: int) -> None:
    first = datetime(2024, 2, 1, tzinfo=UTC)
    utc = [first + timedelta(minutes=minutes * at) for at in range(330 * 24 * 60 // minutes)]
    local = [each.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for each in utc]
    loaded = read(tmp_path, local, Reading(zone=zone))
    assert loaded.series.seconds.tolist() == [int(each.timestamp()) for each in utc]
    assert any("order of rows" in note for note in loaded.notes) == (zone != "UTC")


def test_hourly_local_times_repeat_one_hour(tmp_path: Path) -> None:
    local = ["2024-10-27 01:00", "2024-10-27 02:00", "2024-10-27 02:00", "2024-10-27 03:00"]
    assert np.diff(read(tmp_path, local, BERLIN).series.seconds).tolist() == [3_600] * 3
    with pytest.raises(BadInput, match=r"repeats the time of row 3; .*name the --zone"):
        read(tmp_path, local)


def test_a_time_that_clocks_skipped_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"row 3, .*clocks in Europe/Berlin never showed '2024-03-31 02:00:00'"):
        read(tmp_path, ["2024-03-31 01:00:00", "2024-03-31 02:00:00", "2024-03-31 03:00:00"], BERLIN)


def test_a_doubled_time_that_stands_once_is_said(tmp_path: Path) -> None:
    loaded = read(tmp_path, [f"2024-10-{day} 02:30" for day in range(20, 31)], BERLIN)
    assert any("1 time that clocks in Europe/Berlin showed twice" in note for note in loaded.notes)


def test_a_zone_without_use_is_said(tmp_path: Path) -> None:
    loaded = read(tmp_path, hours("%Y-%m-%dT%H:%M:%SZ"), BERLIN)
    assert first_and_last(loaded)[0] == START
    assert any("--zone changes no time" in note for note in loaded.notes)


@pytest.mark.parametrize(("series", "incident"), [("Z", ""), ("", "Z"), ("+02:00", "")])
def test_incidents_without_offset_beside_times_with_are_said(tmp_path: Path, series: str, incident: str) -> None:
    path, incidents = tmp_path / "metric.csv", tmp_path / "incidents.csv"
    path.write_text("timestamp,value\n" + "".join(f"{hour}{series},1\n" for hour in hours("%Y-%m-%dT%H:%M:%S", 40)))
    incidents.write_text(f"start,end\n2024-03-20 14:00:00{incident},2024-03-20 19:00:00{incident}\n")
    loaded = read_series(TableRequest(path, incidents=incidents))
    assert any("have no offset and are read as UTC" in note and "--zone" in note for note in loaded.notes)
    placed = read_series(TableRequest(path, incidents=incidents, reading=BERLIN))
    assert not any("read as UTC" in note for note in placed.notes)
    moved = -3_600 if not incident else 0
    start = placed.incidents[0].start - datetime(2024, 3, 20, 14, tzinfo=UTC).timestamp()
    assert start == moved


def test_times_alike_need_no_word(tmp_path: Path) -> None:
    path, incidents = tmp_path / "metric.csv", tmp_path / "incidents.csv"
    path.write_text("timestamp,value\n" + "".join(f"{hour},1\n" for hour in hours("%Y-%m-%dT%H:%M:%S", 40)))
    incidents.write_text("start,end\n2024-03-20 14:00:00,2024-03-20 19:00:00\n")
    loaded = read_series(TableRequest(path, incidents=incidents))
    assert not any("offset" in note for note in loaded.notes)


def test_an_incident_in_the_doubled_hour_is_as_long_as_it_may_be() -> None:
    column = text_column(["2024-10-27 02:30"])
    first, last = (read_moments(column, None, BERLIN, latest) for latest in (False, True))
    assert last.seconds[0] - first.seconds[0] == 3_600
    assert "showed twice" in " ".join(first.notes)


def text_column(cells: Sequence[str]) -> Column:
    array = flat(pa.chunked_array([pa.array(cells, pa.string())]))
    return Column("file", "timestamp", array, np.arange(2, len(cells) + 2))


@given(
    st.lists(
        st.text(max_size=40) | st.from_regex(r"[0-9]{1,4}[./ -][0-9A-Za-z:]{1,8}.{0,9}", fullmatch=True), max_size=4
    )
)
def test_any_text_is_read_or_refused(cells: list[str]) -> None:
    for reading in (UNSAID, BERLIN, Reading(time_format="%d.%m.%Y"), Reading(time_format="excel")):
        try:
            times = read_times(text_column(cells), None, reading)
        except BadInput:
            continue
        assert (np.diff(times.seconds) > 0).all()


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(10**9, 3 * 10**9), min_size=1, max_size=5))
def test_any_numbers_are_read_or_refused(cells: list[int]) -> None:
    array = flat(pa.chunked_array([pa.array(cells, pa.int64())]))
    try:
        times = read_times(Column("file", "timestamp", array, np.arange(2, len(cells) + 2)))
    except BadInput:
        return
    assert (np.diff(times.seconds) > 0).all()


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), st.integers(1, 86_400))
def test_whatever_is_written_compactly_is_read_back(start: datetime, step_s: int) -> None:
    moments = [start.replace(microsecond=0) + timedelta(seconds=step_s * at) for at in range(80)]
    times = read_times(text_column([each.strftime("%Y%m%d%H%M%S") for each in moments]))
    assert times.seconds.tolist() == [int(each.replace(tzinfo=UTC).timestamp()) for each in moments]


def test_an_hour_that_clocks_showed_twice_is_named_as_such(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("timestamp,value\n2024-10-27 02:00,1\n2024-10-27 02:30,2\n2024-10-27 02:00,3\n")
    with pytest.raises(BadInput, match=r"row 4, .*comes twice, here after row 3, as when clocks are set back"):
        read_series(TableRequest(path))
