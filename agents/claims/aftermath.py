"""Whether values were usual again after an alert, and where they stood, as far as its neighbourhood shows."""

from collections.abc import Sequence

import numpy as np

from argosy.agents.claims import words
from argosy.agents.claims.scene import Scene
from argosy.agents.claims.words import Way

_SPREADS = 3.0
_SHARE = 0.1
"""Usual again is what lies within so many spreads of the usual value, or within this share of the way back to it."""
_CLEARLY = 0.8


def is_after(clauses: Sequence[str], number: int) -> bool:
    """Whether a clause speaks of what came after the alert, by its own words or as in 'Afterwards, …'."""
    if words.RECOVERIES.search(clauses[number]) or words.AFTERWARDS.search(clauses[number]):
        return True
    return number > 0 and bool(words.AFTERWARDS.match(clauses[number - 1].strip()))


def recovery_fault(clause: str, scene: Scene) -> str:
    """What is wrong with a recovery, or with its denial; empty where it holds."""
    denied = words.NEGATIONS.search(clause) or words.NO_RECOVERY.search(clause)
    share = recovered_share(scene)
    if share != share:
        return "nothing is known after the alert"
    if denied:
        # The neighbourhood is short: what never happened may not happen later in the series either.
        stayed = share == 0.0 and _usual(scene.series.values[scene.stop :], scene) <= 1 - _CLEARLY
        return "" if stayed else "values were usual again"
    return "" if share >= _CLEARLY else "values were not usual again"


def recovered_share(scene: Scene) -> float:
    """The share of the known values after the alert that are usual; NaN where nothing is known."""
    return _usual(scene.known_after, scene)


def _usual(values: np.ndarray, scene: Scene) -> float:
    known = values[np.isfinite(values)]
    if not len(known) or scene.usual != scene.usual:
        return float("nan")
    change = abs(scene.figures.get("change", 0.0))
    band = max(_SPREADS * scene.spread, _SHARE * change) + 1e-9 * abs(scene.usual)
    return float((np.abs(known - scene.usual) <= band).mean())


def direction_after(scene: Scene) -> set[Way]:
    """The way from the alert to what came after it."""
    if not len(scene.known_after):
        return set()
    return _sign(float(np.median(scene.known_after)) - scene.at(scene.extreme))


def level_after(scene: Scene) -> set[Way]:
    """Where values stood after the alert; nowhere, if some of them were usual again."""
    if recovered_share(scene) != 0.0:
        return set()
    return _sign(float(np.median(scene.known_after)) - scene.usual)


def _sign(change: float) -> set[Way]:
    return {Way.UP} if change > 0 else {Way.DOWN} if change < 0 else set()
