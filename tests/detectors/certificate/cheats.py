"""Rules that cheat, one way each, and honest ones that look alike."""

from argosy.signals.arrays import Bools, Ints
from argosy.signals.incidents import runs

HEAD = '''"""Flags a drop below what is usual."""

import numpy as np
import pandas as pd

PARAMS = {"window": (60, 10, 720), "threshold": (6.0, 2.0, 30.0)}
'''


def rule(body: str, before: str = "") -> str:
    """A rule whose body computes with `x`, the values as a pandas series, and returns scores."""
    lines = "\n".join(f"    {line}" for line in body.strip().split("\n"))
    middle = f"{before}\n" if before else ""
    return f"{HEAD}{middle}\n\ndef detect(values, seconds, *, window, threshold):\n    x = pd.Series(values)\n{lines}\n"


HONEST = rule("return ((x.shift(1).rolling(window, min_periods=5).median() - x) / threshold).to_numpy()")

EXPANDING = rule("return ((x.shift(1).expanding(20).mean() - x) / threshold).to_numpy()")

NIGHTLY = rule(
    """score = (x.shift(1).rolling(window, min_periods=5).median() - x) / threshold
return score.where((seconds // 3600) % 24 < 14).to_numpy()"""
)

CHEATS: dict[str, tuple[str, str]] = {
    "a one-step peek": (
        "causality",
        rule("return ((x.rolling(window, 5).median() - x.shift(-1)) / threshold).to_numpy()"),
    ),
    "a peek with other parameters only": (
        "causality",
        rule("return ((x.rolling(window, 5).median() - x.shift(-int(window > 50))) / threshold).to_numpy()"),
    ),
    "a centred window": (
        "causality",
        rule("return ((x.rolling(window, min_periods=5, center=True).median() - x) / threshold).to_numpy()"),
    ),
    "a global mean": ("causality", rule("return ((x.mean() - x) / threshold).to_numpy()")),
    "a global quantile": ("causality", rule("return (x < x.quantile(0.01)).to_numpy(dtype=bool)")),
    "standardising by the whole series": (
        "causality",
        rule("return (-(x - x.mean()) / x.std() / threshold * 2).to_numpy()"),
    ),
    "state between calls": (
        "determinism",
        rule("pd.times = getattr(pd, 'times', 0) + 1\nreturn ((100 - x) / threshold + pd.times * 1e-3).to_numpy()"),
    ),
    "the clock": (
        "determinism",
        rule("import time\nreturn ((100 - x) / threshold + time.perf_counter() * 1e-3).to_numpy()"),
    ),
    "chance": (
        "determinism",
        rule("return ((100 - x) / threshold + np.random.random(len(x)) * 1e-3).to_numpy()"),
    ),
    "quadratic time": (
        "growth",
        rule(
            """total = np.zeros(len(x))
for i in range(8, len(x), 8):
    total[i : i + 8] = np.sort(values[:i])[i // 2]
return ((total - values) / threshold)"""
        ),
    ),
    "a module that may not be imported": ("vetting", rule("import os\nreturn ((100 - x) / threshold).to_numpy()")),
    "an error on an empty series": ("contract", rule("return ((values[0] - x) / threshold).to_numpy()")),
}


def by_heart(labels: Bools, seconds: Ints) -> dict[str, tuple[str, str]]:
    """Rules that know the incidents of one series by date, by place, or by their moment in the week."""
    spans = runs(labels)
    dates = tuple(int(seconds[start]) for start, _ in spans)
    places = tuple(int(start) for start, _ in spans)
    moments = tuple(int(seconds[start] % 604_800) for start, _ in spans)
    return {
        "dates": (
            "date",
            rule(
                "near = [(seconds >= at) & (seconds < at + 480) for at in DATES]\nreturn np.any(near, axis=0) * 2.0",
                f"DATES = {dates}",
            ),
        ),
        "dates of missed incidents only": (
            "date",
            rule(
                "near = np.any([(seconds >= at) & (seconds < at + 480) for at in DATES], axis=0)\n"
                "score = ((x.shift(1).rolling(window, 5).median() - x) / threshold / 2).to_numpy()\n"
                "return np.where(near, 2.0, score)",
                f"DATES = {dates[:8:2]}",
            ),
        ),
        "dates to come": (
            "date",
            rule(
                "near = np.any([(seconds >= at) & (seconds < at + 480) for at in DATES], axis=0)\n"
                "score = ((x.shift(1).rolling(window, 5).median() - x) / threshold).to_numpy()\n"
                "return np.where(near, 2.0, score)",
                f"DATES = {tuple(date + 10_000 for date in dates[-3:])}",
            ),
        ),
        "places": (
            "position",
            rule(
                "score = np.zeros(len(x))\nfor at in PLACES:\n    score[at : at + 8] = 2.0\nreturn score",
                f"PLACES = {places}",
            ),
        ),
        "moments of the week": (
            "timetable",
            rule(
                "near = [(seconds % 604800 >= at) & (seconds % 604800 < at + 480) for at in MOMENTS]\n"
                "return np.any(near, axis=0) * 2.0",
                f"MOMENTS = {moments}",
            ),
        ),
        "every thirteenth hour": ("values", rule("return (seconds // 60 % 780 < 3) * 2.0")),
    }
