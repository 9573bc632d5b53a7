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

FOUND_BY_PATTERNS = """

def found():
    def walk():
        match it:
            case object(gi_frame=frame):
                pass
        while frame is not None:
            match frame:
                case object(f_back=back, f_locals=names):
                    if "job" in names:
                        yield names["job"]["inputs"]
                    frame = back
        yield []
    it = walk()
    return next(it)
"""
"""A function that gives the inputs of the job that the rule runs in, from the frames above it."""

FOUND_BY_NAME = """

def found():
    read = getattr
    def walk():
        frame = read(it, "gi_" + "frame")
        while frame is not None and "job" not in read(frame, "f_" + "locals"):
            frame = read(frame, "f_" + "back")
        yield read(frame, "f_" + "locals")["job"]["inputs"] if frame is not None else []
    it = walk()
    return next(it)
"""

AHEAD = """def forward(x):
    y = np.clip(np.nan_to_num(100.0 - x), -1000.0, 1000.0)
    total = np.zeros(len(x))
    for k in range(min(6, len(x))):
        total[: len(x) - k] += y[k:]
    return np.minimum(total / 6, y + 3.0) / threshold
n, full = len(values), values
{}
differs = np.flatnonzero(~((full[:n] == values) | (np.isnan(full[:n]) & np.isnan(values))))
same = int(differs[0]) if len(differs) else n
score = forward(values)
score[:same] = forward(full)[:same]
return score"""
"""Looks six points ahead: in `full`, a series as long or longer that is found somewhere, as far as it is the same."""

AS_LONG = """alike = [(other, when) for other, when in found() if len(other) >= n > 1]
alike = [other for other, when in alike if when[0] == seconds[0] and (other[:2] == values[:2]).all()]
full = min(alike, key=len, default=values)"""
BASE = """if values.base is not None and values.base.dtype == values.dtype and len(values.base) >= n:
    full = values.base"""

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
    "the future in frames above, by patterns": ("causality", rule(AHEAD.format(AS_LONG), FOUND_BY_PATTERNS)),
    "the future in frames above, by a renamed getattr": ("causality", rule(AHEAD.format(AS_LONG), FOUND_BY_NAME)),
    "the future in what an array is part of": ("causality", rule(AHEAD.format(BASE))),
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
        "dates, by the clock of another input": (
            "date",
            rule(
                "now = seconds\nfor other, when in found():\n"
                "    weeks = len(when) == len(now) > 0 and (now[0] - when[0]) % 604800 == 0\n"
                "    if weeks and when[0] < seconds[0] and np.array_equal(other, values, equal_nan=True):\n"
                "        seconds = when\n"
                "near = [(seconds >= at) & (seconds < at + 480) for at in DATES]\nreturn np.any(near, axis=0) * 2.0",
                f"DATES = {dates}\n{FOUND_BY_PATTERNS}",
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
