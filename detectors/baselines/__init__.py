"""Well-known causal detectors, fitted and calibrated on training data: what rules are fused with and compared with.

Each is a family of statistics; the one to use, and its direction, are chosen on training data. No rule, no model and
nothing that looks ahead may enter.
"""
