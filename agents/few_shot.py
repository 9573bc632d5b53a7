"""Windows with their answers, as a model is shown them before it is asked about another: one for each of five kinds."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from argosy.agents.number_format import decimals_for, format_rows, format_value
from argosy.signals.arrays import Floats

POINTS = 40
MOST = 5


@dataclass(frozen=True, eq=False)
class Example:
    """A window, shape (n,), with the indices that are anomalous in it and why."""

    values: Floats
    indices: Sequence[int]
    reason: str

    @property
    def rows(self) -> str:
        return format_rows(self.values)

    @property
    def answer(self) -> str:
        return json.dumps({"reason": self.reason, "indices": list(self.indices)})


def examples(count: int) -> tuple[Example, ...]:
    """So many examples, each of another kind; raises ValueError for more than there are."""
    if not 1 <= count <= MOST:
        raise ValueError(f"there are 1 to {MOST} examples, not {count}")
    return tuple(_MAKERS[kind](np.random.default_rng(number)) for number, kind in enumerate(list(_MAKERS)[:count]))


def _quiet(rng: np.random.Generator) -> Floats:
    return 20 + rng.normal(0, 0.3, POINTS)


def _wave(rng: np.random.Generator) -> Floats:
    return 5 + 2 * np.sin(2 * np.pi * np.arange(POINTS) / 10) + rng.normal(0, 0.05, POINTS)


def _spike(rng: np.random.Generator) -> Example:
    values = _quiet(rng)
    values[17] += 6.0
    high = format_value(float(values[17]), decimals_for(values))
    return Example(values, [17], f"Values jitter about 20; at index 17 one jumps to {high} and is back at once.")


def _step(rng: np.random.Generator) -> Example:
    values = _quiet(rng)
    values[25:31] -= 4.0
    return Example(values, range(25, 31), "From index 25 to 30 the level is about 16 instead of 20, then it returns.")


def _stuck(rng: np.random.Generator) -> Example:
    values = _wave(rng)
    values[21:29] = values[21]
    return Example(values, range(21, 29), "A wave of ten points stands still from index 21 to 28.")


def _swollen(rng: np.random.Generator) -> Example:
    values = _wave(rng)
    values[10:20] = 5 + 2.2 * (values[10:20] - 5)
    return Example(values, range(10, 20), "The wave from index 10 to 19 is more than twice as high as the others.")


def _nothing(rng: np.random.Generator) -> Example:
    return Example(_wave(rng), [], "A steady wave of ten points with little jitter; nothing departs from it.")


_MAKERS: Mapping[str, Callable[[np.random.Generator], Example]] = {
    "spike": _spike,
    "none": _nothing,
    "step": _step,
    "stuck": _stuck,
    "swollen": _swollen,
}
