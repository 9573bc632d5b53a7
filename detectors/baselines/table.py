"""The baselines by name."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from argosy.detectors.baselines.autoregression import autoregression
from argosy.detectors.baselines.difference import difference
from argosy.detectors.baselines.ensemble import ensemble
from argosy.detectors.baselines.iforest import iforest
from argosy.detectors.baselines.opprentice import opprentice
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


def _by_name() -> Mapping[str, Callable[[Objective, int], SweptDetector]]:
    def single(name: str, family: Family) -> Callable[[Objective, int], SweptDetector]:
        return lambda objective, seed: SweptDetector(name, family, objective)  # noqa: ARG005

    return MappingProxyType(
        {name: single(name, family) for name, family in _SINGLE.items()}
        | {
            "iforest": lambda objective, seed: SweptDetector("iforest", partial(iforest, seed=seed), objective),
            "ensemble": lambda objective, seed: SweptDetector("ensemble", ensemble(_SINGLE, objective), objective),  # noqa: ARG005
            "opprentice": lambda objective, seed: SweptDetector(
                "opprentice", opprentice(_SINGLE, objective, seed), objective
            ),
        }
    )


BASELINES = _by_name()
"""From objective and seed to a detector that is not fitted yet."""
