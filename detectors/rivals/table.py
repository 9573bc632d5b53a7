"""The rivals by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from detectors.baselines.swept import Family, SweptDetector
from detectors.rivals import extra, simple, spectral, windowed
from eval.objective import Objective


@dataclass(frozen=True)
class Rival:
    """How a rival is made, for a seed; `needs` is the package that it imports, None when we depend on it anyway."""

    name: str
    summary: str
    family: Callable[[int], Family]
    by_chance: bool = False
    causal: bool = True
    needs: str | None = None

    def detector(self, objective: Objective, seed: int) -> SweptDetector:
        """A detector that is not fitted yet."""
        return SweptDetector(self.name, self.family(seed), objective)


def _plain(name: str, summary: str, family: Family, causal: bool = True, needs: str | None = None) -> Rival:
    return Rival(name, summary, lambda _seed: family, False, causal, needs)


_ROWS = (
    _plain("one_liner", "|diff| over a quantile", simple.one_liner),
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
    _plain("stl", "remainder of a seasonal decomposition, with jumps", extra.stl, False, "statsmodels"),
    _plain("matrix_profile", "distance to the nearest motif of training", extra.matrix_profile, True, "stumpy"),
    _plain("hbos", "histogram-based outlier score of a window", extra.hbos, True, "pyod"),
    _plain("ecod", "empirical tails of a window", extra.ecod, False, "pyod"),
    _plain("copod", "copula-based tails of a window", extra.copod, False, "pyod"),
)

RIVALS: Mapping[str, Rival] = MappingProxyType({row.name: row for row in _ROWS})
