"""PyOD's detectors for tables by name, made when they are asked for: the extra `pyod`. None of them needs torch."""

import importlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

import numpy as np

from argosy.detectors.rivals.compiled import keep_compiled
from argosy.signals.arrays import Floats

PACKAGE = "pyod"


@dataclass(frozen=True)
class Tabular:
    """A detector with its defaults. `seeded` ones take a seed; of the others LODA draws from numpy's global state."""

    name: str
    module: str
    title: str
    seeded: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def scores(self, values: Floats, seed: int = 0) -> Floats:
        """How anomalous each row is among the rows, shape (n,), higher is more so; nothing is held back from fitting.

        `values`: shape (n, d), without missing values. Raises what PyOD raises, ModuleNotFoundError without the extra.
        """
        random.seed(seed)
        np.random.seed(seed)
        given = {**self.options, **({"random_state": seed} if self.seeded else {})}
        made = getattr(importlib.import_module(f"{PACKAGE}.models.{self.module}"), self.title)(**given)
        keep_compiled(PACKAGE)
        return np.asarray(made.fit(values).decision_scores_, dtype=np.float64).ravel()


_ROWS = (
    Tabular("iforest", "iforest", "IForest", seeded=True),
    Tabular("lof", "lof", "LOF"),
    Tabular("knn", "knn", "KNN"),
    Tabular("ecod", "ecod", "ECOD"),
    Tabular("copod", "copod", "COPOD"),
    Tabular("hbos", "hbos", "HBOS"),
    Tabular("pca", "pca", "PCA", seeded=True),
    Tabular("ocsvm", "ocsvm", "OCSVM"),
    Tabular("cblof", "cblof", "CBLOF", seeded=True),
    Tabular("mcd", "mcd", "MCD", seeded=True),
    Tabular("loda", "loda", "LODA"),
    Tabular("gmm", "gmm", "GMM", seeded=True),
    Tabular("inne", "inne", "INNE", seeded=True),
)

TABULAR: Mapping[str, Tabular] = MappingProxyType({row.name: row for row in _ROWS})


def is_installed() -> bool:
    """Whether the package is there."""
    return find_spec(PACKAGE) is not None


def standardised(values: Floats) -> Floats:
    """Columns less their mean over their spread, shape (n, d), missing values as the mean; constant columns as 0."""
    missing = np.isnan(values)
    known = (~missing).sum(axis=0)
    mean = np.where(missing, 0.0, values).sum(axis=0) / np.maximum(known, 1)
    centred = np.where(missing, 0.0, values - mean)
    spread = np.sqrt(np.square(centred).sum(axis=0) / np.maximum(known, 1))
    scaled: Floats = centred / np.where(spread > 0, spread, 1.0)
    return scaled
