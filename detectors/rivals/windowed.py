"""Methods that look at the window before each point as a vector: LOF, principal components, k-means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.neighbors import LocalOutlierFactor

from argosy.detectors.baselines.swept import Side, Statistic
from argosy.detectors.rivals.windows import FEWEST_ROWS, Holding, in_chunks, quiet_rows, windows, without_opinion
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

WIDTHS = (16, 64)
LOF_WIDTH = 16
LOF_ROWS = 2_000
LOF_NEIGHBOURS = 20
FIT_ROWS = 20_000
KEPT_VARIANCE = 0.9
CLUSTERS = 20

Scorer = Callable[[Floats], Floats]
Fit = Callable[[Floats], Scorer]


@dataclass(frozen=True, eq=False)
class OfWindow:
    """What a fitted scorer says of the window that ends at each point; higher is more anomalous."""

    holding: Holding
    width: int
    score: Scorer
    sides: tuple[Side, ...] = (Side.UP,)

    def __call__(self, series: Series) -> Floats:
        if not len(series):
            return np.zeros(0)
        rows = windows(self.holding(series.values), self.width)
        return without_opinion(series, in_chunks(rows, self.score))


def on_windows(
    series: Series, labels: Bools | None, widths: Sequence[int], most_rows: int, seed: int, fit: Fit
) -> list[Statistic]:
    """One statistic for each width that training has room for, fitted on up to `most_rows` unlabelled windows."""
    holding = Holding.of(series.values, labels)
    if holding is None:
        return []
    filled, found = holding(series.values), list[Statistic]()
    for width in widths:
        rows = quiet_rows(series, labels, most_rows, seed, width)
        if len(rows) >= max(FEWEST_ROWS, 2 * width):
            found.append(OfWindow(holding, width, fit(np.ascontiguousarray(windows(filled, width)[rows]))))
    return found


def lof(series: Series, labels: Bools | None, *, seed: int) -> Sequence[Statistic]:
    """Local outlier factor (Breunig et al., SIGMOD 2000) against 2,000 training windows drawn by chance."""

    def fit(rows: Floats) -> Scorer:
        neighbours = min(LOF_NEIGHBOURS, len(rows) - 1)
        model = LocalOutlierFactor(n_neighbors=neighbours, novelty=True).fit(_told_apart(rows, seed))
        return lambda windows: -model.score_samples(windows) - 1.0

    return on_windows(series, labels, (LOF_WIDTH,), LOF_ROWS, seed, fit)


def _told_apart(rows: Floats, seed: int) -> Floats:
    """The rows with a hair of noise: equal rows would have an infinite density."""
    noise = np.random.default_rng(seed).normal(scale=1e-6, size=rows.shape)
    apart: Floats = rows + noise
    return apart


def sub_pca(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """What the components with 90 % of the variance leave of a window of 16 or 64 points, in spreads."""
    return on_windows(series, labels, WIDTHS, FIT_ROWS, 0, _components)


def _components(rows: Floats) -> Scorer:
    centre = rows.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(rows - centre, rowvar=False))
    shares = np.cumsum(values[::-1]) / max(float(values.sum()), 1e-12)
    kept = vectors[:, ::-1][:, : int(np.searchsorted(shares, KEPT_VARIANCE)) + 1]
    left = float(values[: len(values) - kept.shape[1]].sum()) or 1e-9

    def score(windows: Floats) -> Floats:
        centred = windows - centre
        rest = np.einsum("ij,ij->i", centred, centred) - np.square(centred @ kept).sum(axis=1)
        size: Floats = np.sqrt(np.maximum(rest, 0.0) / left)
        return size

    return score


def kmeans_windows(series: Series, labels: Bools | None, *, seed: int) -> Sequence[Statistic]:
    """The distance of a window of 16 or 64 points to the nearest of 20 centres."""

    def fit(rows: Floats) -> Scorer:
        model = MiniBatchKMeans(min(CLUSTERS, len(rows)), random_state=seed, n_init=3).fit(rows)
        usual = float(np.median(model.transform(rows).min(axis=1))) or 1.0
        return lambda windows: np.asarray(model.transform(windows).min(axis=1) / usual, dtype=np.float64)

    return on_windows(series, labels, WIDTHS, FIT_ROWS, seed, fit)
