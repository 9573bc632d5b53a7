"""Opprentice (Liu et al., IMC 2015): a forest learns from labelled incidents which residuals tell them from the rest.

Its features are the residuals that the other baselines choose among. Past incidents weigh alike however long they are,
and their first points the most. What the forest says of the points it learned from is said by a forest that has not
seen them, so that its threshold, and whoever looks at its errors in training, is not flattered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from argosy.detectors.baselines.ensemble import Combined, ensemble
from argosy.detectors.baselines.swept import SEARCH_POINTS, Family, Side, Statistic, SweptDetector
from argosy.detectors.fusion.blend import Blend
from argosy.eval.objective import Objective
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs
from argosy.signals.series import Series

FEWEST_INCIDENTS = 3
"""With fewer incidents in training the other baselines are heard alone."""

FOLDS = 3
TREES = 40
NORMAL_POINTS = 16_000
"""So many points outside incidents are learned from: half of them those with the largest residuals, half by chance."""

FIRST_POINTS = 60
FADES_IN_POINTS = 10.0
"""Of an incident its first points count, by e less for every so many."""

SHARE_OF_INCIDENTS = 0.02
"""What all incidents weigh together, as a share of what normal points do."""

_CLIP = 1e6

Rows = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""Features by point, shape (n, features)."""


@dataclass(frozen=True, eq=False)
class Forest:
    """How likely a point belongs to an incident, 0 to 1, by the forest that has not learned from its time.

    `forests` are one for each stretch between neighbouring `cuts`, in Unix seconds, and `later` is for all other times.
    """

    features: tuple[Statistic, ...]
    cuts: Ints
    forests: tuple[ExtraTreesClassifier, ...]
    later: ExtraTreesClassifier
    sides: tuple[Side, ...] = (Side.UP,)

    def __call__(self, series: Series) -> Floats:
        rows, known = _rows(self.features, series)
        stretch = np.searchsorted(self.cuts, series.seconds, side="right") - 1
        scores = np.full(len(series), np.nan)
        for at, forest in enumerate((*self.forests, self.later)):
            inside = stretch == at if at < len(self.forests) else (stretch < 0) | (stretch >= len(self.forests))
            if inside.any():
                scores[inside] = forest.predict_proba(rows[inside])[:, 1]
        return np.where(known, scores, np.nan)


def opprentice(singles: Mapping[str, Family], objective: Objective, seed: int) -> Family:
    """The forest with the ensemble of the other baselines, at half or a quarter of the weight, or alone.

    Where training holds too few incidents, the ensemble alone.
    """

    def family(series: Series, labels: Bools | None) -> Sequence[Statistic]:
        together = ensemble(singles, objective)
        if labels is None or len(runs(labels)) < FEWEST_INCIDENTS:
            return together(series, labels)
        others = SweptDetector("ensemble", together, objective).fit(series, labels)
        forest = grow_forests(singles, series, labels, seed)
        if forest is None or others.chosen is None:
            return together(series, labels)
        trees = SweptDetector("trees", lambda _series, _labels: (forest,), objective).fit(series, labels)
        both = {"ensemble": others, "trees": trees}
        return (
            Combined(both, Blend.MEAN),
            Combined(both, Blend.WEIGHTED, weights={"ensemble": 3.0, "trees": 1.0}),
            Combined({"trees": trees}, Blend.ANY),
        )

    return family


def grow_forests(singles: Mapping[str, Family], series: Series, labels: Bools, seed: int) -> Forest | None:
    """The forests of a training part, shape (n,); None where no residual is known."""
    features = tuple(statistic for family in singles.values() for statistic in family(series, labels))
    if not features:
        return None
    newest = slice(max(0, len(series) - SEARCH_POINTS), None)
    rows, truth = _rows(features, series)[0][newest], labels[newest]
    if len(runs(truth)) < FEWEST_INCIDENTS:
        return None
    bounds = _bounds(truth)
    seconds = series.seconds[newest]
    cuts = np.append(seconds[bounds[:-1]], seconds[-1] + 1)
    others = [np.r_[0:start, stop : len(truth)] for start, stop in pairwise(bounds)]
    forests = tuple(_forest(rows[kept], truth[kept], seed) for kept in others)
    return Forest(features, cuts, forests, _forest(rows, truth, seed))


def _bounds(labels: Bools) -> list[int]:
    """Where stretches with about as many incidents each begin and end, each cut halfway between two incidents."""
    incidents = runs(labels)
    firsts = np.linspace(0, len(incidents), FOLDS + 1).astype(int)[1:-1]
    return [0, *(int(incidents[at - 1, 1] + incidents[at, 0]) // 2 for at in firsts), len(labels)]


def _rows(features: Sequence[Statistic], series: Series) -> tuple[Rows, Bools]:
    """The residuals on a logarithmic scale, 0 where unknown, and of which points any is known, shape (n,)."""
    table = np.empty((len(series), len(features)), dtype=np.float32)
    known = np.zeros(len(series), dtype=np.bool_)
    for column, feature in enumerate(features):
        residual = feature(series)
        known |= ~np.isnan(residual)
        clipped = np.nan_to_num(np.clip(residual, -_CLIP, _CLIP))
        table[:, column] = np.sign(clipped) * np.log1p(np.abs(clipped))
    return table, known


def _forest(rows: Rows, labels: Bools, seed: int) -> ExtraTreesClassifier:
    normal, weights = _normal(rows, labels, np.random.default_rng(seed))
    starts = runs(labels)
    early = [np.arange(start, min(stop, start + FIRST_POINTS)) for start, stop in starts]
    fading = [np.exp(-np.arange(len(each)) / FADES_IN_POINTS) for each in early]
    each = SHARE_OF_INCIDENTS * weights.sum() / len(starts)
    taken = np.concatenate((normal, *early))
    weighing = np.concatenate((weights, *(each * fade / fade.sum() for fade in fading)))
    forest = ExtraTreesClassifier(
        TREES, min_samples_leaf=3, max_features=0.3, bootstrap=True, max_samples=0.7, random_state=seed
    )
    return forest.fit(rows[taken], labels[taken], sample_weight=weighing)


def _normal(rows: Rows, labels: Bools, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Which points outside incidents are learned from, and for how many each stands."""
    normal = np.flatnonzero(~labels)
    if len(normal) <= NORMAL_POINTS:
        return normal, np.ones(len(normal))
    half = NORMAL_POINTS // 2
    by_size = np.argsort(-np.abs(rows[normal]).max(axis=1), kind="stable")
    usual = rng.choice(by_size[half:], half, replace=False)
    weights = np.concatenate((np.ones(half), np.full(half, (len(normal) - half) / half)))
    return normal[np.concatenate((by_size[:half], usual))], weights
