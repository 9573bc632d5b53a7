"""Times in fields of records: the form is learned from all cells, and what can be meant in two ways is known."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.records.moments import ISO, TimeForm, has_offset, looks_like_time, time_form


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2026-03-02T08:00:00Z", utc(2026, 3, 2, 8)),
        ("2026-03-02 08:00:00 UTC", utc(2026, 3, 2, 8)),
        ("2026-03-02 10:00:00.123 +0200", utc(2026, 3, 2, 8, 0, 0, 123_000)),
        ("2026-03-02", utc(2026, 3, 2)),
        ("9999-12-31", utc(9999, 12, 31)),
        ("0001-01-01", utc(1, 1, 1)),
        ("02.03.2026 08:00", utc(2026, 3, 2, 8)),
        ("2.3.2026, 8:00 Uhr", utc(2026, 3, 2, 8)),
        ("13/02/2026", utc(2026, 2, 13)),
        ("02/13/26 8:05 PM", utc(2026, 2, 13, 20, 5)),
        ("2026/03/02 08:00", utc(2026, 3, 2, 8)),
        ("02/Mar/2026:08:00:00 +0100", utc(2026, 3, 2, 7)),
        ("Mon, 02 Mar 2026 08:00:00 GMT", utc(2026, 3, 2, 8)),
        ("Mon Mar  2 08:00:00 2026", utc(2026, 3, 2, 8)),
        ("March 2, 2026", utc(2026, 3, 2)),
        ("20260302080000", utc(2026, 3, 2, 8)),
        (1_772_438_400, utc(2026, 3, 2, 8)),
        ("1772438400123", utc(2026, 3, 2, 8, 0, 0, 123_000)),
    ],
)
def test_a_time_is_read_as_what_it_is(cell: str | int, at: datetime) -> None:
    form = time_form("when", [cell])
    assert form is not None
    found = form.read(cell)
    assert found is not None
    assert found.at == at
    assert str(found) == str(cell)


@pytest.mark.parametrize(
    "cell", ["1.2.3", "10.2.15", "192.168.1.1", "12-3456", "10 apples", "error", "", "2026", 12, 1.5, "45000"]
)
def test_versions_numbers_and_words_are_no_times(cell: str | float) -> None:
    assert time_form("when", [cell]) is None


def test_digits_are_times_only_where_the_name_says_so() -> None:
    for cells in ([1_772_438_400, 0], ["20260302"]):
        assert time_form("amount", cells) is None
    assert time_form("updated_at", [1_772_438_400, 1_772_438_401]) is not None
    assert time_form("when", []) is None


def test_day_and_month_are_told_apart_by_any_cell_or_by_the_order_and_else_both_are_named() -> None:
    assert time_form("at", ["01/02/2026", "13/02/2026"]) == TimeForm("%d/%m/%Y")
    assert time_form("at", ["01/02/2026", "01/13/2026"]) == TimeForm("%m/%d/%Y")
    assert time_form("at", ["01/02/2026", "01/03/2026", "02/01/2026"]) == TimeForm("%m/%d/%Y", or_else="%d/%m/%Y")
    assert time_form("at", ["01/02/2026", "02/02/2026", "01/03/2026"]) == TimeForm("%d/%m/%Y", or_else="%m/%d/%Y")
    assert time_form("at", ["12 May 2026"]) == TimeForm("%d %b %Y")


def test_an_offset_is_part_of_a_time_and_not_of_a_date() -> None:
    assert has_offset("2026-03-02T08:00:00+01:00")
    assert has_offset("2026-03-02 08:00 GMT")
    assert not has_offset("2026-03-02T08:00:00")
    assert not has_offset("2026-03-02")
    assert looks_like_time("Mar  2 08:00:00")


@given(
    st.text(max_size=60) | st.text("0123456789-:/. TZ+PAM", max_size=40),
    st.sampled_from([ISO, "%d.%m.%Y", "Unix seconds"]),
)
def test_any_text_is_a_time_or_none(text: str, format: str) -> None:
    found = TimeForm(format).read(text)
    assert found is None or found.at.tzinfo is not None
    time_form("when", [text, text])


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)))
def test_every_time_in_iso_comes_back(at: datetime) -> None:
    form = time_form("x", [at.isoformat()])
    assert form is not None
    found = form.read(at.isoformat())
    assert found is not None
    assert found.at == at.replace(tzinfo=UTC)
