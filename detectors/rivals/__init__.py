"""What users would pick instead, for benchmarks: well-known methods, calibrated and, where they can be, causal.

Sessions do not build on these. Those that need a package beyond our dependencies import it when they are fitted.
"""

from argosy.detectors.rivals.table import RIVALS, Rival

__all__ = ["RIVALS", "Rival"]
