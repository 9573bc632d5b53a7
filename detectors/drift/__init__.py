"""Drift: whether newer points of a series are still like those that its detector was made on.

Each statistic has a name and a threshold. What values may do is read off the older points themselves: a window of the
newer ones must differ by half as much again as any window of that length among the older ones did, so that neither
autocorrelation nor seasons fire it. Counts of alerts and of missed incidents have exact bounds. Nothing in here decides
what to do about a drift.
"""

from argosy.detectors.drift.form import DriftFinding
from argosy.detectors.drift.measure import DriftInput, measure_drift

__all__ = ["DriftFinding", "DriftInput", "measure_drift"]
