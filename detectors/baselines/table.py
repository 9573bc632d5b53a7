"""The baselines by name."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from argosy.detectors.baselines.autoregression import autoregression
from argosy.detectors.baselines.difference import difference
from argosy.detectors.baselines.ensemble import ensemble
from argosy.detectors.baselines.residuals import ewma, robust_z, seasonal
from argosy.detectors.baselines.swept import Family, SweptDetector
from argosy.eval.objective import Objective

_SINGLE: Mapping[str, Family] = MappingProxyType(
    {
        "robust_z": robust_z,
        "ewma": ewma,
        "seasonal": seasonal,
        "autoregression": autoregression,
        "difference": difference,
    }
)
"""Those that leave nothing to chance."""


def _single(name: str, family: Family, objective: Objective, _seed: int) -> SweptDetector:
    return SweptDetector(name, family, objective)


def _ensemble(objective: Objective, _seed: int) -> SweptDetector:
    return SweptDetector("ensemble", ensemble(_SINGLE, objective), objective)


def _iforest(objective: Objective, seed: int) -> SweptDetector:
    from argosy.detectors.baselines.iforest import iforest  # brings scikit-learn, which the others do without

    return SweptDetector("iforest", partial(iforest, seed=seed), objective)


def _opprentice(objective: Objective, seed: int) -> SweptDetector:
    from argosy.detectors.baselines.opprentice import opprentice  # brings scikit-learn, too

    return SweptDetector("opprentice", opprentice(_SINGLE, objective, seed), objective)


BASELINES: Mapping[str, Callable[[Objective, int], SweptDetector]] = MappingProxyType(
    {name: partial(_single, name, family) for name, family in _SINGLE.items()}
    | {"iforest": _iforest, "ensemble": _ensemble, "opprentice": _opprentice}
)
"""From objective and seed to a detector that is not fitted yet."""
