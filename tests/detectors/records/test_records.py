"""Records by group: the published method against a slow version of its own, and whatever groups can be."""

import math

import numpy as np
import pytest

from argosy.detectors.records.detector import RecordDetector
from argosy.detectors.records.distances import METHODS, Method, Shape
from argosy.detectors.records.groups import GroupOptions, Groups
from argosy.detectors.records.readers import LinesReader, RecordsReader, SeriesReader
from argosy.signals.arrays import Bools, Floats
from argosy.signals.lines import Lines
from argosy.signals.records import Records
from argosy.signals.series import Series

PUBLISHED = GroupOptions(Method.PCA)


def _slow_errors(rows: Floats, components: int = 2) -> Floats:
    """Standardise, project on the first components, back, mean squared error; by a full SVD."""
    spread = rows.std(axis=0)
    standard = (rows - rows.mean(axis=0)) / np.where(spread == 0, 1, spread)
    left, sizes, right = np.linalg.svd(standard, full_matrices=False)
    rebuilt = left[:, :components] * sizes[:components] @ right[:components]
    return ((standard - rebuilt) ** 2).mean(axis=1)


def _groups(seed: int, sizes: tuple[int, ...], width: int) -> tuple[Floats, list[str]]:
    draw = np.random.default_rng(seed)
    parts = [
        draw.normal(size=(size, 3)) @ draw.normal(size=(3, width)) + 0.3 * draw.normal(size=(size, width)) + 10 * place
        for place, size in enumerate(sizes)
    ]
    return np.vstack(parts), [f"g{place}" for place, size in enumerate(sizes) for _ in range(size)]


@pytest.mark.parametrize(("width", "seed"), [(4, 0), (12, 1), (40, 2)])  # fewer columns than rows, and more
def test_pca_by_group_equals_the_published_method_written_out(width: int, seed: int) -> None:
    rows, groups = _groups(seed, (19, 25, 31), width)
    scores = Groups(PUBLISHED).fit(rows, groups).score(rows, groups)
    for group in set(groups):
        mine = np.array([each == group for each in groups])
        errors = _slow_errors(rows[mine])
        cut = np.percentile(errors, 99)
        np.testing.assert_allclose(scores[mine], errors / cut, rtol=1e-7)
        np.testing.assert_array_equal(scores[mine] >= 1, errors > cut)


def test_a_record_far_from_all_is_rebuilt_without_error_and_seen_by_its_reach() -> None:
    rows = np.random.default_rng(0).normal(size=(300, 6))
    rows[7] = 60 * np.ones(6)
    alone, reach = (
        Groups(GroupOptions(method)).fit(rows, None).score(rows, None) for method in (Method.PCA, Method.PCA_T2)
    )
    assert alone[7] < 1
    assert reach[7] == reach.max() >= 1


def test_ecod_equals_its_definition_counted_out() -> None:
    rows = np.random.default_rng(3).lognormal(size=(80, 5)) * [1, -1, 1, -1, 1]
    rows[:, 4] = np.round(rows[:, 4])  # ties
    left = np.array([[(rows[:, j] <= x).mean() for j, x in enumerate(row)] for row in rows])
    right = np.array([[(rows[:, j] >= x).mean() for j, x in enumerate(row)] for row in rows])
    lean = np.sign(((rows - rows.mean(axis=0)) ** 3).mean(axis=0))
    tails = np.maximum(-np.log(left), -np.log(right))
    leaning = np.where(lean < 0, -np.log(left), -np.log(right))
    expected = np.maximum(tails, leaning).sum(axis=1)
    np.testing.assert_allclose(METHODS[Method.ECOD](rows, Shape())(rows), expected)


@pytest.mark.slow  # pyod takes seconds to import
def test_ecod_equals_pyod() -> None:
    ecod = pytest.importorskip("pyod.models.ecod")
    rows = np.random.default_rng(3).lognormal(size=(120, 5))
    model = ecod.ECOD().fit(rows)
    np.testing.assert_allclose(METHODS[Method.ECOD](rows, Shape())(rows), model.decision_scores_)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    "rows",
    [
        np.zeros((1, 3)),
        np.ones((30, 4)),
        np.tile([[1.0, 2.0], [3.0, 4.0]], (20, 1)),
        np.column_stack((np.arange(40.0), np.full(40, 1e150))),
        np.random.default_rng(0).normal(size=(12, 50)) * 1e150,
    ],
    ids=["one", "constant", "duplicates", "huge constant", "huge and wide"],
)
def test_degenerate_groups_have_finite_scores(method: Method, rows: Floats) -> None:
    scores = Groups(GroupOptions(method)).fit(rows, None).score(rows, None)
    assert np.isfinite(scores).all()
    if len(np.unique(rows, axis=0)) <= 2:
        assert not (scores >= 1).any()


@pytest.mark.parametrize("method", Method)
def test_what_training_did_not_have_is_far_from_it(method: Method) -> None:
    rows = np.random.default_rng(1).normal(size=(200, 5))
    rows[:, 4] = 3.0
    fitted = Groups(GroupOptions(method)).fit(rows, None)
    odd = np.vstack((np.full(5, 9.0), [0, 0, 0, 0, 12.0], [1e200, 0, 0, 0, 3.0]))
    scores = fitted.score(odd, None)
    assert scores[0] >= 1
    if method is Method.ECOD:  # a tail ends at 1 / (n + 1), so that a single column does not decide
        assert (scores > np.median(fitted.score(rows, None))).all()
    else:
        assert (scores >= 1).all()


def test_small_and_unknown_groups_are_compared_with_all_and_missing_rows_have_no_opinion() -> None:
    rows, groups = _groups(5, (40, 1, 9), 6)
    fitted = Groups(GroupOptions()).fit(rows, groups)
    together = Groups(GroupOptions()).fit(rows, None)
    assert list(fitted.own) == ["g0"]
    scores = fitted.score(rows, [*groups[:41], *["never seen"] * 9])
    np.testing.assert_allclose(scores[40:], together.score(rows, None)[40:])
    rows[3, 2] = np.nan
    assert np.isnan(fitted.score(rows, groups)[3])
    assert np.isnan(Groups(GroupOptions()).fit(np.full((5, 2), np.nan), None).score(rows[:, :2], None)).all()


def _signins(count: int = 120) -> list[dict[str, object]]:
    draw = np.random.default_rng(0)
    return [
        {
            "id": f"{draw.integers(1 << 60):x}-{draw.integers(1 << 60):x}",
            "city": ("Rome", "Pisa")[i % 2],
            "ms": float(draw.normal(100, 5)),
            "note": f"user logged in after {i} tries",
        }
        for i in range(count)
    ]


def _scored(rows: list[dict[str, object]], groups: list[str] | None = None) -> tuple[RecordDetector, Records]:
    records = Records("signins", rows, groups)  # type: ignore[arg-type]
    return RecordDetector().fit(records), records


def test_an_odd_record_is_found_with_what_is_rare_about_it_and_request_ids_say_nothing() -> None:
    rows = _signins()
    rows[50] |= {"city": "Lagos", "ms": 190.0}
    detector, records = _scored(rows)
    scores = detector.score(records)
    assert scores.values.argmax() == 50
    assert "city 'Lagos': 1 of 120" in scores.reasons[50]
    assert "spreads above the mean" in scores.reasons[50]
    assert detector.fields.noise == {"id"}
    assert any(note.startswith("id say nothing") for note in detector.notes)


def test_scores_are_the_same_again_and_do_not_depend_on_the_order_of_groups() -> None:
    rows = _signins()
    groups = [f"u{i % 3}" for i in range(len(rows))]
    detector, records = _scored(rows, groups)
    once = detector.score(records).values
    order = np.random.default_rng(1).permutation(len(rows))
    shuffled = Records("signins", [rows[i] for i in order], [groups[i] for i in order])  # type: ignore[misc]
    np.testing.assert_array_equal(once, _scored(rows, groups)[0].score(records).values)
    np.testing.assert_allclose(detector.score(shuffled).values, once[order], rtol=1e-6)


def test_fields_missing_in_some_rows_odd_numbers_and_texts_among_numbers_are_judged() -> None:
    rows = _signins()
    del rows[3]["city"], rows[3]["ms"]
    rows[4]["ms"], rows[5]["ms"], rows[6]["ms"], rows[7]["ms"] = None, math.nan, math.inf, 10**400
    rows[8] = {}
    detector, records = _scored(rows)
    assert np.isfinite(detector.score(records).values).all()
    later = Records("later", [{"ms": "many", "new": "field"}, {"city": "Rome", "ms": 101.0, "note": "user logged in"}])
    scores = detector.score(later).values
    assert scores[0] > scores[1]


def test_records_of_numbers_alone_and_of_a_single_record_are_judged() -> None:
    numbers = [{"a": float(i % 7), "b": float(i % 5)} for i in range(70)]
    assert RecordsReader().score(Records("numbers", [*numbers, {"a": 90.0, "b": -90.0}])).flags[70]
    assert not RecordsReader().score(Records("one", [{"a": 1.0, "t": "x"}])).flags.any()
    assert len(RecordsReader().score(Records("none", [])).values) == 0
    assert np.isnan(RecordsReader().score(Records("empty", [{}, {}])).values).all()


def test_with_part_to_learn_from_what_comes_later_changes_no_earlier_score() -> None:
    rows = _signins()
    early = RecordsReader(learn=60).score(Records("early", rows[:80])).values  # type: ignore[arg-type]
    whole = RecordsReader(learn=60).score(Records("whole", rows)).values  # type: ignore[arg-type]
    np.testing.assert_allclose(whole[:80], early)


def test_lines_are_records_and_an_empty_line_has_no_opinion() -> None:
    texts = [f"INFO request {i} served in {i % 9} ms" for i in range(150)]
    texts[70] = "FATAL kernel panic: machine check in cache"
    texts[20] = "  "
    scores = LinesReader().score(Lines("log", texts))
    assert np.nanargmax(scores.values) == 70
    assert np.flatnonzero(np.isnan(scores.values)).tolist() == [20]
    assert "the word 'cache' is in 1 of 149" in scores.reasons[70] or "1 of 149" in scores.reasons[70]


def _flags(series: Series) -> Bools:
    return SeriesReader(learn=600).score(series).flags


def test_windows_of_a_series_are_records_and_scores_depend_on_the_past_alone() -> None:
    draw = np.random.default_rng(2)
    values = np.sin(np.arange(900) / 8) + 0.05 * draw.normal(size=900)
    values[700:716] = 0.0
    values[800] = np.nan
    series = Series("s", np.arange(900, dtype=np.int64), values, 1)
    scores = SeriesReader(learn=600).score(series).values
    assert _flags(series)[700:716].any()
    assert np.isnan(scores[:15]).all()
    assert np.isnan(scores[800:816]).all()
    assert np.isfinite(scores[816:]).all()
    np.testing.assert_allclose(SeriesReader(learn=600).score(series.part(0, 750)).values, scores[:750])
    assert np.isnan(SeriesReader().score(series.part(0, 20)).values).all()
