"""A step that changes is said, with where."""

import numpy as np
import pytest

from argosy.inputs.tables.uneven_steps import step_change_note

START = 1_714_521_600


def at(*parts: tuple[int, int]) -> np.ndarray:
    """So many points with such a distance to the next, one part after another."""
    distances = np.concatenate([np.full(points, step) for points, step in parts])
    return START + np.concatenate(([0], np.cumsum(distances)[:-1]))


@pytest.mark.parametrize(("before", "after"), [(60, 15), (60, 10), (15, 60), (60, 120), (86_400, 3_600)])
@pytest.mark.parametrize("points", [(600, 600), (1_500, 60), (60, 1_500)])
def test_where_the_step_changes_is_said(before: int, after: int, points: tuple[int, int]) -> None:
    seconds = at((points[0], before), (points[1], after))
    note = step_change_note(seconds, known=True)
    assert note is not None
    when = np.datetime64(int(seconds[points[0]]), "s")
    assert note.startswith(f"the step changes from {before} s to {after} s at {when}Z:")


def test_more_changes_are_counted() -> None:
    note = step_change_note(at((300, 60), (300, 15), (300, 60), (300, 15)), known=True)
    assert note is not None
    assert "and 2 more times" in note


def test_an_index_is_told_by_point() -> None:
    note = step_change_note(at((300, 60), (300, 600)) - START, known=False)
    assert note is not None
    assert "at point 300:" in note


def test_one_step_with_gaps_jitter_or_months_is_no_change() -> None:
    rng = np.random.default_rng(0)
    gaps = np.delete(at((2_000, 60)), [*range(500, 560), 900, *range(1_200, 1_900)])
    months = np.arange("2000-01", "2010-01", dtype="datetime64[M]").astype("datetime64[s]").astype(np.int64)
    jitter = at((2_000, 60)) + rng.integers(-9, 9, 2_000)
    chance = START + np.cumsum(rng.exponential(60, 5_000).astype(np.int64) + 1)
    workdays = np.array([START + 86_400 * day for day in range(700) if day % 7 < 5])
    pauses = np.array([START + 300 * each for each in range(9_000) if each % 288 < 80])
    for seconds in (gaps, months, jitter, chance, workdays, pauses, at((10, 60), (10, 15))):
        assert step_change_note(seconds, known=True) is None
