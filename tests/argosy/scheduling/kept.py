"""Detectors as sessions leave them, without a session."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.signals.series import Series
from argosy.store.input_snapshot import keep_copy
from argosy.store.store import Store

FIRST = 1_790_000_040  # 2026-09-21 14:14:00 UTC
STEP_S = 60


def loaded(first: int, points: int, seed: int = 0) -> LoadedSeries:
    """Quiet points, without labels."""
    from pathlib import Path

    seconds = first + STEP_S * np.arange(points, dtype=np.int64)
    values = 100 + np.random.default_rng(seed).normal(0, 1, points)
    series = Series("web", seconds, values, STEP_S)
    return LoadedSeries(Path("web.csv"), series, np.zeros(points, dtype=np.bool_), (), None, (), True)


def keep_detector(store: Store, points: int = 100, reading: Mapping[str, Any] | None = None) -> str:
    """A detector without rules, with the points that it was made on, read so."""
    data = keep_copy(store, loaded(FIRST, points))
    settings = {"data": data} | ({"request": {"table": {"reading": reading}}} if reading else {})
    session = store.sessions.begin("web", points, "embedded", "ewma", 0, settings)
    return store.detectors.put(session.id, "web", {"name": "ewma"}, [], STEP_S).id
