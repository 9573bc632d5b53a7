"""Cron lines: what they name, also where a clock is changed, and what is refused."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.scheduling.cron import Cron
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.signals.errors import BadInput

BERLIN = "Europe/Berlin"


def walls(line: str, zone: str, first: datetime, last: datetime) -> list[str]:
    """What comes after `first` and until `last`, as a clock on the wall shows it, with its offset."""
    there = ZoneInfo(zone)
    after, until = (each.replace(tzinfo=there).timestamp() for each in (first, last))
    found = Cron.read(line, zone).newest(after, until, 100)
    return [datetime.fromtimestamp(each, there).strftime("%d %H:%M%z") for each in found]


def test_a_time_that_spring_leaves_out_comes_an_hour_later() -> None:
    found = walls("30 2 * * *", BERLIN, datetime(2026, 3, 28, 12), datetime(2026, 3, 30, 12))
    assert found == ["29 03:30+0200", "30 02:30+0200"]


def test_a_time_that_autumn_doubles_comes_once_the_first_time() -> None:
    found = walls("30 2 * * *", BERLIN, datetime(2026, 10, 24, 12), datetime(2026, 10, 26, 12))
    assert found == ["25 02:30+0200", "26 02:30+0100"]


def test_a_line_for_every_hour_goes_through_both_hours_and_through_no_missing_one() -> None:
    both = walls("*/30 * * * *", BERLIN, datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 3))
    assert both == ["25 02:00+0200", "25 02:30+0200", "25 02:00+0100", "25 02:30+0100", "25 03:00+0100"]
    none = walls("*/30 * * * *", BERLIN, datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 3, 30))
    assert none == ["29 01:30+0100", "29 03:00+0200", "29 03:30+0200"]


def test_half_hours_and_days_that_never_were() -> None:
    lord_howe = walls("15 2 * * *", "Australia/Lord_Howe", datetime(2026, 10, 3, 12), datetime(2026, 10, 5, 12))
    assert lord_howe == ["04 02:45+1100", "05 02:15+1100"]
    samoa = walls("0 12 * * *", "Pacific/Apia", datetime(2011, 12, 28, 13), datetime(2012, 1, 1, 13))
    assert samoa == ["29 12:00-1000", "31 12:00+1400", "01 12:00+1400"]


@given(
    line=st.sampled_from(["30 2 * * *", "*/20 * * * *", "0 3 * * 0", "0 */2 * * *", "59 23 L * *"]),
    zone=st.sampled_from([BERLIN, "UTC", "America/New_York", "Australia/Lord_Howe"]),
    start=st.integers(1_760_000_000, 1_830_000_000),
)
def test_the_next_is_the_first_of_those_that_come_later(line: str, zone: str, start: int) -> None:
    cron = Cron.read(line, zone)
    coming = cron.after(start)
    assert coming > start
    assert cron.newest(start, coming, 5) == (coming,)
    assert cron.newest(start, coming - 1, 5) == ()


def test_the_newest_of_many_are_found_without_counting_all() -> None:
    cron = Cron.read("* * * * *")
    assert cron.newest(0, 1_800_000_000, 3) == (1_799_999_880, 1_799_999_940, 1_800_000_000)
    assert cron.newest(1_800_000_000, 1_800_000_000, 3) == ()


@pytest.mark.parametrize(
    ("line", "zone", "said"),
    [
        ("* * *", "UTC", "not five cron fields"),
        ("61 * * * *", "UTC", "out of range"),
        ("a b c d e", "UTC", "not acceptable"),
        ("* * * * * *", "UTC", "not five cron fields"),
        ("@reboot", "UTC", "not five cron fields"),
        ("R 1 * * *", "UTC", "not five cron fields"),
        ("*/0 * * * *", "UTC", "not acceptable"),
        ("0 0 30 2 *", "UTC", "no day is ever such a one"),
        ("", "UTC", "not five cron fields"),
        ("0 3 * * *", "Mars/Olympus", "no such time zone"),
        ("0 3 * * *", "../etc/passwd", "no such time zone"),
        ("0 3 * * *", "", "no such time zone"),
    ],
)
def test_lines_and_zones_that_mean_nothing_are_refused(line: str, zone: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Cron.read(line, zone)


@given(st.text(max_size=30))
def test_any_text_is_a_line_or_refused(text: str) -> None:
    try:
        cron = Cron.read(text)
    except BadInput:
        return
    assert cron.after(1_790_000_000) > 1_790_000_000


def test_names_stand_for_lines() -> None:
    assert Cron.read("@daily").line == "0 0 * * *"
    assert timedelta(seconds=Cron.read("@weekly").after(0)) == timedelta(days=3)


@pytest.mark.parametrize("text", ["skip", "once", "catch-up:3"])
def test_policies_read_back_as_they_are_written(text: str) -> None:
    assert str(MissedPolicy.read(text)) == text


@pytest.mark.parametrize("text", ["", "catch-up", "catch-up:0", "catch-up:101", "twice"])
def test_other_policies_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="give skip, once or catch-up:N"):
        MissedPolicy.read(text)
