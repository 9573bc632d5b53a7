"""Which point a word means."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.point_at import point_at
from argosy.inputs.time_text import iso
from argosy.signals.errors import BadInput
from argosy.signals.series import Series

START = 1_714_567_800  # 2024-05-01T12:50:00Z


def loaded(seconds: np.ndarray, times_known: bool = True, step_s: int = 60) -> LoadedSeries:
    series = Series("s", seconds.astype(np.int64), np.zeros(len(seconds)), step_s)
    return LoadedSeries(Path("metric.csv"), series, None, (), None, (), times_known)


TIMED = loaded(START + 60 * np.arange(100))
COUNTED = loaded(300 * np.arange(50, 80), times_known=False, step_s=300)


@given(st.integers(0, 99))
def test_a_point_is_found_by_every_way_of_writing_its_time(index):
    second = START + 60 * index
    words = [iso(second), iso(second).rstrip("Z"), str(second), f"{second}000", f"{second}.0", str(index)]
    assert {point_at(word, TIMED) for word in words} == {index}


@pytest.mark.parametrize(
    ("word", "index"),
    [("2024-05-01T14:55:30+02:00", 5), ("2024-05-01 12:55:59", 5), (str(START + 359), 5), ("0", 0), (" 99 ", 99)],
)
def test_a_time_within_a_step_means_the_point_before(word, index):
    assert point_at(word, TIMED) == index


def test_where_points_are_counted_the_index_is_that_of_the_file():
    assert point_at("50", COUNTED) == 0
    assert point_at("79", COUNTED) == 29


@pytest.mark.parametrize(
    ("word", "place", "said"),
    [
        ("yesterday", TIMED, "is no time"),
        ("", TIMED, "is no time"),
        ("nan", TIMED, "is no time"),
        ("1e300", TIMED, "too large"),
        ("100", TIMED, "from 0 to 99"),
        ("-1", TIMED, "from 0 to 99"),
        ("2024-05-02", TIMED, "the file goes from 2024-05-01T12:50:00Z"),
        ("49", COUNTED, "from 50 to 79"),
        ("2024-05-02", COUNTED, "counted, not timed"),
    ],
)
def test_a_word_that_means_no_point_is_refused(word, place, said):
    with pytest.raises(BadInput, match=said):
        point_at(word, place)


def test_a_time_without_an_offset_is_of_the_zone_that_was_named():
    assert point_at("2024-05-01 14:55", TIMED, "Europe/Berlin") == 5
    assert point_at("2024-05-01T12:55Z", TIMED, "Europe/Berlin") == 5


def test_a_day_that_may_be_a_month_is_no_time():
    with pytest.raises(BadInput, match="is no time"):
        point_at("05/01/2024 12:55", TIMED)


def test_a_time_in_a_gap_is_refused_with_its_ends():
    seconds = np.concatenate((START + 60 * np.arange(5), START + 3600 + 60 * np.arange(5)))
    with pytest.raises(BadInput, match="gap between 2024-05-01T12:54:00Z and 2024-05-01T13:50:00Z"):
        point_at("2024-05-01T13:10:00Z", loaded(seconds))


def test_an_index_that_the_file_leaves_out_is_refused():
    with pytest.raises(BadInput, match="no point of this index"):
        point_at("52", loaded(300 * np.array([50, 51, 53]), times_known=False, step_s=300))


@given(st.text(max_size=20))
def test_no_word_is_a_traceback(word):
    with contextlib.suppress(BadInput):
        assert 0 <= point_at(word, TIMED) < 100
