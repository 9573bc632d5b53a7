"""Well-known causal detectors, fitted and calibrated on training data: what rules are fused with and compared with.

Each is a family of statistics; the one to use, and its direction, are chosen on training data. No rule, no model and
nothing that looks ahead may enter.
"""

from argosy.detectors.baselines.choose import BaselineChoice, BaselineTrial, choose_base
from argosy.detectors.baselines.swept import Side, Statistic, SweptDetector
from argosy.detectors.baselines.table import BASELINES

__all__ = ["BASELINES", "BaselineChoice", "BaselineTrial", "Side", "Statistic", "SweptDetector", "choose_base"]
