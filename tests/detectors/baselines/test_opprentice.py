"""The forest of labelled incidents: what it learns, what it has not seen, and what it does with too few."""

import numpy as np

from argosy.detectors.baselines.opprentice import Forest, grow_forests
from argosy.detectors.baselines.residuals import ewma, robust_z
from argosy.detectors.baselines.table import BASELINES
from argosy.eval.metrics import event_pa
from argosy.eval.objective import DEFAULT
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

SINGLES = {"robust_z": robust_z, "ewma": ewma}


def a_series(values: Floats) -> Series:
    return Series("a", np.arange(len(values), dtype=np.int64) * 60, values, 60)


def of_a_size(n: int = 6_000, seed: int = 0) -> tuple[Series, Bools]:
    """Jumps of 5 are incidents, and so common jumps of 12 are none: no threshold on one residual tells them apart."""
    draw = np.random.default_rng(seed)
    values, labels = draw.normal(size=n) * 0.5, np.zeros(n, dtype=np.bool_)
    for number, start in enumerate(range(100, n - 10, 100)):
        values[start : start + 3] += 5.0 if number % 2 else 12.0
        labels[start : start + 3] = bool(number % 2)
    return a_series(values), labels


def test_it_tells_apart_what_no_threshold_does() -> None:
    series, labels = of_a_size()
    half = len(series) // 2
    later = slice(half, None)

    def reached(name: str) -> float:
        fitted = BASELINES[name](DEFAULT, 0).fit(series.part(0, half), labels[:half])
        return event_pa(labels[later], fitted.score(series).flags[later]).f1

    assert reached("opprentice") > 0.9
    assert reached("ensemble") < 0.7


def forest_of(series: Series, labels: Bools) -> Forest:
    found = grow_forests(SINGLES, series, labels, 0)
    assert found is not None
    return found


def test_points_it_learned_from_are_judged_by_a_forest_that_has_not_seen_them() -> None:
    """Where labels are a coin's throw nothing can be learned, and a forest that knew the answers would have them."""
    draw = np.random.default_rng(3)
    series, labels = a_series(draw.normal(size=3_000)), np.zeros(3_000, dtype=np.bool_)
    labels[draw.permutation(300)[:60] * 10] = True
    forest = forest_of(series, labels)
    unseen, seen = forest(series), forest.later.predict_proba(forest_rows(forest, series))[:, 1]
    assert seen[labels].mean() > 2 * seen[~labels].mean()
    assert unseen[labels].mean() < 1.5 * np.nanmean(unseen[~labels])


def forest_rows(forest: Forest, series: Series) -> Floats:
    table = np.nan_to_num(np.column_stack([feature(series) for feature in forest.features]))
    return np.asarray(np.sign(table) * np.log1p(np.abs(table)), dtype=np.float64)


def test_the_stretches_of_its_forests_cover_training_and_cut_no_incident() -> None:
    series, labels = of_a_size()
    forest = forest_of(series, labels)
    assert forest.cuts[0] == series.seconds[0]
    assert forest.cuts[-1] > series.seconds[-1]
    assert len(forest.forests) == len(forest.cuts) - 1 == 3
    inner = np.searchsorted(series.seconds, forest.cuts[1:-1])
    assert not (labels[inner] & labels[inner - 1]).any()


def test_with_too_few_incidents_it_is_the_ensemble() -> None:
    series, labels = of_a_size(400)
    assert labels.sum() < 9
    labels[labels.nonzero()[0][3:]] = False
    mine, theirs = (
        BASELINES[name](DEFAULT, 0).fit(series, labels).score(series) for name in ("opprentice", "ensemble")
    )
    np.testing.assert_array_equal(mine.values, theirs.values)
