"""The embedded author on digits: no language model, but what anyone would try first on a row of numbers.

The prompter's stand-in names values by their robust z-score within the window; the forecaster's repeats the last
season, or the last value where there is no season. Both are deterministic: every sample is the same.
"""

import re

import numpy as np

from argosy.agents.models.speaker import Reply, Usage
from argosy.agents.sigllm.digits import Digits, format_numbers
from argosy.agents.sigllm.read_numbers import read_numbers
from argosy.signals.arrays import Floats
from argosy.signals.periods import seasons

FAR = 5.0
"""How many spreads from the median a value is named at."""

_MAD_TO_SIGMA = 1.4826
_MEAN_TO_SIGMA = 1.2533
_SEQUENCE = re.compile(r"```sequence\n(.*?)\n```", re.DOTALL)
_HORIZON = re.compile(r"next (\d{1,4}) values")


def list_anomalies(prompt: str, _seed: int) -> str:
    """The values that are far from the median of the window, or the word for none."""
    text, values = _sequence(prompt)
    if not len(values):
        return "I see no sequence of numbers, so I have nothing to say."
    distances = np.abs(values - np.median(values))
    spread = _MAD_TO_SIGMA * float(np.median(distances)) or _MEAN_TO_SIGMA * float(distances.mean())
    far = values[distances > FAR * spread] if spread else values[:0]
    named = list(dict.fromkeys(far.astype(np.int64).tolist()))
    return format_numbers(named, _digits(text)) if named else "none"


def continue_digits(prompt: str, _seed: int) -> str:
    """The values that come next: those of one season ago, or the last one again."""
    text, values = _sequence(prompt)
    asked = _HORIZON.search(prompt)
    if not len(values) or asked is None:
        return "I see no sequence of numbers to continue, so I have nothing to say."
    found = seasons(values, 1)
    period = found[0].points if found and found[0].points < len(values) else 1
    ahead = values[-period:][np.arange(int(asked[1])) % period]
    return format_numbers(ahead.astype(np.int64).tolist(), _digits(text))


def _sequence(prompt: str) -> tuple[str, Floats]:
    found = _SEQUENCE.findall(prompt)
    text = found[-1] if found else ""
    values = np.array(read_numbers(Reply(text, Usage())) or (), dtype=np.float64)
    return text, values[~np.isnan(values)]


def _digits(text: str) -> Digits:
    return Digits.SPACED if " " in text else Digits.JOINED
