"""How far a vector is from what is usual: three methods, each fitted on standardised rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.linalg import eigh
from sklearn.cluster import KMeans

from argosy.signals.arrays import Floats

Errors = Callable[[Floats], Floats]
"""From rows, shape (n, d), to errors, shape (n,), 0 or more; higher is more unusual."""

FIT_ROWS = 10_000
"""Centres are sought on at most so many rows, drawn by chance."""

_LEAST_MEAN = 1e-9  # of squared standardised distances: less is rounding


class Method(StrEnum):
    """How a record's distance from its group is measured."""

    PCA_T2 = "pca-t2"
    PCA = "pca"
    KMEANS = "kmeans"
    ECOD = "ecod"


@dataclass(frozen=True)
class Shape:
    """How much of a group's shape is taken for usual: principal `components`, and `clusters` at most."""

    components: int = 2
    clusters: int = 8
    seed: int = 0


def reconstruction(rows: Floats, shape: Shape) -> Errors:
    """Mean squared error of rows rebuilt from the first principal components of the training rows."""
    centre = rows.mean(axis=0)
    axes = _principal(rows - centre, shape.components)

    def errors(given: Floats) -> Floats:
        centred = given - centre
        rest = centred - (centred @ axes) @ axes.T
        return np.asarray(np.square(rest).mean(axis=1), dtype=np.float64)

    return errors


def reconstruction_and_reach(rows: Floats, shape: Shape) -> Errors:
    """The squared error of rows rebuilt from principal components, and how far out they lie along these, T².

    A record that is far from all others pulls a component towards itself and is then rebuilt without error; Hotelling's
    T², the second statistic of process monitoring (Jackson & Mudholkar, Technometrics 1979), sees it. Each is divided
    by its mean over the training rows, so that neither drowns the other however many columns there are.
    """
    centre = rows.mean(axis=0)
    axes = _principal(rows - centre, shape.components)
    spread = ((rows - centre) @ axes).std(axis=0)

    def parts(given: Floats) -> tuple[Floats, Floats]:
        along = (given - centre) @ axes
        rest = np.square(given - centre - along @ axes.T).sum(axis=1)
        return rest, np.square(along / spread).sum(axis=1)

    usual_rest, usual_reach = (max(float(each.mean()), _LEAST_MEAN) for each in parts(rows))

    def errors(given: Floats) -> Floats:
        rest, reach = parts(given)
        return np.asarray(rest / usual_rest + reach / usual_reach, dtype=np.float64)

    return errors


def _principal(centred: Floats, count: int) -> Floats:
    """The directions of the largest variance, shape (d, count or as many as there are), orthonormal."""
    rows, columns = centred.shape
    size = min(rows, columns)
    count = min(count, size)
    if not count:
        return np.zeros((columns, 0))
    square = centred.T @ centred if columns <= rows else centred @ centred.T
    values, vectors = eigh(square, subset_by_index=[size - count, size - 1])
    real = values > size * np.finfo(np.float64).eps * max(float(values[-1]), 1e-300)
    if columns <= rows:
        return np.asarray(vectors[:, real], dtype=np.float64)
    return np.asarray(centred.T @ vectors[:, real] / np.sqrt(values[real]), dtype=np.float64)


def nearest_centre(rows: Floats, shape: Shape) -> Errors:
    """Mean squared distance to the nearest of a few centres, at most one for every five training rows."""
    if len(rows) > FIT_ROWS:
        rows = rows[np.random.default_rng(shape.seed).choice(len(rows), FIT_ROWS, replace=False)]
    apart = len(np.unique(rows, axis=0))
    count = max(1, min(shape.clusters, len(rows) // 5, apart))
    model = KMeans(count, n_init=3, random_state=shape.seed).fit(rows)
    return lambda given: np.asarray(np.square(model.transform(given).min(axis=1)) / given.shape[1], dtype=np.float64)


def empirical_tails(rows: Floats, shape: Shape) -> Errors:  # noqa: ARG001
    """ECOD (Li et al., TKDE 2022): how far out each value lies in the tails of its column, summed over columns.

    New rows are placed within the training rows; beyond the last of them a tail has 1 / (n + 1).
    """
    ordered = np.sort(rows, axis=0)
    lean = np.sign(np.power(ordered - ordered.mean(axis=0), 3).sum(axis=0))

    def errors(given: Floats) -> Floats:
        total = np.zeros(len(given))
        for values, known, sign in zip(given.T, ordered.T, lean, strict=True):
            left, right = _tails(known, values)
            leaning = {-1.0: left, 0.0: left + right, 1.0: right}[float(sign)]
            total += np.maximum(np.maximum(left, right), leaning)
        return total

    return errors


def _tails(ordered: Floats, values: Floats) -> tuple[Floats, Floats]:
    count = len(ordered)
    below = np.searchsorted(ordered, values, side="right")
    above = count - np.searchsorted(ordered, values, side="left")
    least = count / (count + 1)
    return tuple(-np.log(np.maximum(each, least) / count) for each in (below, above))  # type: ignore[return-value]


METHODS: Mapping[Method, Callable[[Floats, Shape], Errors]] = {
    Method.PCA_T2: reconstruction_and_reach,
    Method.PCA: reconstruction,
    Method.KMEANS: nearest_centre,
    Method.ECOD: empirical_tails,
}
