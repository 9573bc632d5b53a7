"""The embedded author's stand-in for direct detection: it reads the numbers in the prompt with robust statistics.

No language model: a value is named when it lies more than eight spreads from its neighbours' median, or from the
window's. It knows neither trends, waves nor shapes.
"""

import json
import re

import numpy as np

from argosy.agents.number_format import read_rows
from argosy.signals.arrays import Floats

_SERIES = re.compile(r"^```series\n(.*?)^```", re.MULTILINE | re.DOTALL)
_REACH = 7
_SPREADS = 8.0
_MOST_SHARE = 0.1
_GAUSSIAN = 1.4826


def find_anomalies(prompt: str, seed: int) -> str:  # noqa: ARG001  what stands in the numbers does not depend on chance
    """The answer about the last window in a prompt, in the form that it asks for."""
    found = _SERIES.findall(prompt)
    values = np.array(read_rows(found[-1]) if found else [], dtype=np.float64)
    surprise = _surprise(values)
    named = np.flatnonzero(surprise > _SPREADS)
    most = max(1, int(_MOST_SHARE * len(values)))
    if len(named) > most:
        named = np.sort(np.argsort(-surprise, kind="stable")[:most])
    return json.dumps({"reason": _reason(values, surprise, named), "indices": named.tolist()})


def _surprise(values: Floats) -> Floats:
    """How many spreads a value lies from what surrounds it, or from the window's median where that says less, (n,)."""
    known = np.isfinite(values)
    if known.sum() < 2 * _REACH:
        return np.zeros(len(values))
    near = np.full(len(values), np.nan)
    padded = np.pad(values, _REACH, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1)
    some = np.isfinite(around).any(axis=1)
    near[some] = np.nanmedian(around[some], axis=1)
    return np.fmax(_in_spreads(values - near, known), _in_spreads(values - np.nanmedian(values), known))


def _in_spreads(departure: Floats, known: np.ndarray) -> Floats:
    sizes = np.abs(departure)
    typical = _GAUSSIAN * float(np.median(sizes[known]))
    floor = 1e-9 + 0.05 * float(np.quantile(sizes[known], 0.9))
    return np.where(known, sizes / max(typical, floor), 0.0)


def _reason(values: Floats, surprise: Floats, named: np.ndarray) -> str:
    if not len(named):
        return "No value lies far from its neighbours or from the window's median."
    at = int(named[np.argmax(surprise[named])])
    return (
        f"Index {at} has {values[at]:.6g}, {surprise[at]:.3g} spreads from what is usual; "
        f"the window's median is {np.nanmedian(values):.6g}."
    )
