"""Well-known causal detectors, fitted and calibrated on training data: what rules are fused with and compared with.

Each is a family of statistics; the one to use, and its direction, are chosen on training data. No rule, no model and
nothing that looks ahead may enter.

>>> from argosy.detectors.baselines.table import BASELINES
>>> from argosy.eval.objective import DEFAULT
>>> from argosy.signals.series import Series
>>> values = np.random.default_rng(0).normal(100, 1, 500)
>>> values[300:305] = 80
>>> series = Series("web-1", 60 * np.arange(500), values, step_s=60)
>>> detector = BASELINES["robust_z"](DEFAULT, 0).fit(series, values < 90)
>>> np.flatnonzero(detector.score(series).flags).tolist()
[300, 301, 302, 303, 304]
"""
