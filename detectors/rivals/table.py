"""The rivals by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from argosy.detectors.baselines.difference import difference
from argosy.detectors.baselines.swept import Family, SweptDetector
from argosy.detectors.rivals import deep, extra, simple, spectral, windowed
from argosy.eval.objective import Objective


@dataclass(frozen=True)
class Rival:
    """How a rival is made, for a seed; `imports` is the module that its fit imports beyond our dependencies."""

    name: str
    summary: str
    family: Callable[[int], Family]
    by_chance: bool = False
    causal: bool = True
    imports: str | None = None

    @property
    def needs(self) -> str | None:
        """The package that must be installed, None when we depend on it anyway."""
        return self.imports and self.imports.partition(".")[0]

    def detector(self, objective: Objective, seed: int) -> SweptDetector:
        """A detector that is not fitted yet."""
        return SweptDetector(self.name, self.family(seed), objective)


def _plain(name: str, summary: str, family: Family, causal: bool = True, imports: str | None = None) -> Rival:
    return Rival(name, summary, lambda _seed: family, False, causal, imports)


_ROWS = (
    _plain("one_liner", "|diff| over a quantile", difference),
    _plain("moving_variance", "moving standard deviation", simple.moving_variance),
    _plain("ols_ar", "autoregression of order 10 by least squares", simple.ols_ar),
    _plain("spectral_residual", "saliency of the newest point of a window", spectral.spectral_residual),
    _plain("sub_pca", "what principal components leave of a window", windowed.sub_pca),
    Rival(
        "kmeans_windows",
        "distance of a window to the nearest of 20",
        lambda s: partial(windowed.kmeans_windows, seed=s),
        True,
    ),
    Rival("lof", "local outlier factor against 2,000 windows", lambda s: partial(windowed.lof, seed=s), True),
    _plain("stl", "remainder of a seasonal decomposition, with jumps", extra.stl, False, extra.STL_IMPORT),
    _plain("matrix_profile", "distance to the nearest motif of training", extra.matrix_profile, imports="stumpy"),
    _plain("hbos", "histogram-based outlier score of a window", extra.hbos, imports=extra.HBOS_IMPORT),
    _plain("ecod", "empirical tails of a window", extra.ecod, False, extra.ECOD_IMPORT),
    _plain("copod", "copula-based tails of a window", extra.copod, False, extra.COPOD_IMPORT),
    Rival(
        "lstm_ad",
        "one-step residual of a small LSTM",
        lambda s: partial(deep.lstm_ad, seed=s),
        True,
        imports=deep.IMPORTED,
    ),
    Rival(
        "autoencoder",
        "what a small autoencoder cannot restore of a window",
        lambda s: partial(deep.autoencoder, seed=s),
        True,
        imports=deep.IMPORTED,
    ),
)

RIVALS: Mapping[str, Rival] = MappingProxyType({row.name: row for row in _ROWS})
