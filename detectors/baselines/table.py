"""The baselines by name."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from detectors.baselines.autoregression import autoregression
from detectors.baselines.difference import difference
from detectors.baselines.iforest import iforest
from detectors.baselines.residuals import ewma, robust_z, seasonal
from detectors.baselines.swept import SweptDetector
from eval.objective import Objective

BASELINES: Mapping[str, Callable[[Objective, int], SweptDetector]] = MappingProxyType(
    {
        "robust_z": lambda objective, seed: SweptDetector("robust_z", robust_z, objective),  # noqa: ARG005
        "ewma": lambda objective, seed: SweptDetector("ewma", ewma, objective),  # noqa: ARG005
        "seasonal": lambda objective, seed: SweptDetector("seasonal", seasonal, objective),  # noqa: ARG005
        "autoregression": lambda objective, seed: SweptDetector("autoregression", autoregression, objective),  # noqa: ARG005
        "iforest": lambda objective, seed: SweptDetector("iforest", partial(iforest, seed=seed), objective),
        "difference": lambda objective, seed: SweptDetector("difference", difference, objective),  # noqa: ARG005
    }
)
"""From objective and seed to a detector that is not fitted yet."""
