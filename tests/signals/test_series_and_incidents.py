"""The contracts of series, incidents, labels and scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.signals.errors import BadInput
from argosy.signals.incidents import Incident, incidents_in, labels_at, runs
from argosy.signals.scores import Scores
from argosy.signals.series import Series


def series(seconds: list[int], values: list[float], step_s: int = 60) -> Series:
    return Series("a", np.array(seconds, dtype=np.int64), np.array(values, dtype=np.float64), step_s)


@pytest.mark.parametrize(
    ("seconds", "values", "step_s"),
    [([0, 0], [1.0, 2.0], 60), ([60, 0], [1.0, 2.0], 60), ([0], [np.inf], 60), ([0, 60], [1.0], 60), ([0], [1.0], 0)],
)
def test_what_is_no_series_is_refused(seconds: list[int], values: list[float], step_s: int) -> None:
    with pytest.raises(ValueError, match=r"seconds|infinite|differ|step"):
        series(seconds, values, step_s)


def test_other_types_are_refused() -> None:
    with pytest.raises(ValueError, match="int64 seconds and float64 values"):
        Series("a", np.array([0], dtype=np.int32), np.array([1.0]), 60)  # type: ignore[arg-type]


def test_a_part_is_a_view() -> None:
    whole = series([0, 60, 120], [1.0, 2.0, 3.0])
    part = whole.part(1, 3)
    assert part.seconds.tolist() == [60, 120]
    assert np.shares_memory(part.values, whole.values)


@given(st.lists(st.booleans(), max_size=40))
def test_runs_rebuild_the_flags(flags: list[bool]) -> None:
    rebuilt = np.zeros(len(flags), dtype=np.bool_)
    found = runs(np.array(flags, dtype=np.bool_))
    for start, stop in found:
        assert start < stop
        rebuilt[start:stop] = True
    assert rebuilt.tolist() == flags
    assert all(found[1:, 0] > found[:-1, 1])


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_labels_and_incidents_are_each_others_inverse(flags: list[bool]) -> None:
    labels = np.array(flags, dtype=np.bool_)
    seconds = 60 * np.arange(len(flags), dtype=np.int64)
    assert labels_at(incidents_in(labels, seconds, 60), seconds).tolist() == flags


def test_an_incident_covers_its_start_and_not_its_end() -> None:
    labels = labels_at([Incident(60, 120)], np.array([0, 60, 119, 120], dtype=np.int64))
    assert labels.tolist() == [False, True, True, False]


def test_scores_from_one_flag_and_nan_does_not() -> None:
    assert Scores(np.array([0.99, 1.0, np.nan, np.inf])).flags.tolist() == [False, True, False, True]


def test_bad_input_reads_as_one_line() -> None:
    assert str(BadInput("x.csv, row 3", "no time", "give it one")) == "x.csv, row 3: no time; give it one"
