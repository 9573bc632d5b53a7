"""The nearest number that turns a verdict: rungs on both sides are tried at once, then the gap is closed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.rules.rule import Number, Param
from argosy.signals.arrays import Bools

Turns = Callable[[Sequence[Number]], Bools]
"""For each number, whether it turns the verdict."""

SECTIONS = 3
ROUNDS = 8
CLOSE = 1e-3
"""A gap is closed to this share of the distance from where the number is, or of the number on a logarithmic axis."""

RUNGS = 12


@dataclass(frozen=True)
class Axis:
    """A number and the rungs to try below and above it, the nearest first. `whole` numbers only, where so."""

    here: float
    below: tuple[float, ...]
    above: tuple[float, ...]
    whole: bool = False
    logarithmic: bool = False

    def distance(self, to: float) -> float:
        """How far away a number is: as a ratio on a logarithmic axis, else as a difference."""
        if self.logarithmic and self.here > 0 and to > 0:
            return abs(math.log(to / self.here))
        return abs(to - self.here)

    def tolerance(self, to: float) -> float:
        """How exactly a turn near `to` is found."""
        return CLOSE * (abs(to) if self.logarithmic else abs(to - self.here))


def value_axis(here: float, scale: float) -> Axis:
    """The axis of a value: rungs that grow threefold from a ninth of `scale`, a usual size of change in its unit."""
    steps = [scale * 3.0**power for power in range(-2, RUNGS)]
    return Axis(here, tuple(here - step for step in steps), tuple(here + step for step in steps))


def param_axis(param: Param, here: Number) -> Axis:
    """The axis of a rule's number, within its range."""
    sides = [_rungs(param, float(here), end) for end in (param.low, param.high)]
    return Axis(float(here), sides[0], sides[1], param.whole, param.logarithmic)


def _rungs(param: Param, here: float, end: Number) -> tuple[float, ...]:
    if (end == param.low and here <= end) or (end == param.high and here >= end):
        return ()
    spaced = np.geomspace(here, end, RUNGS + 1) if param.logarithmic and here > 0 else np.linspace(here, end, RUNGS + 1)
    ladder = [*spaced[1:-1].tolist(), float(end)]
    if param.whole:
        ladder = list(dict.fromkeys(round(each) for each in ladder if round(each) != here))
    return tuple(ladder)


def nearest_turn(axis: Axis, turns: Turns) -> float | None:
    """The number nearest to `axis.here` that was found to turn the verdict, written as shortly as the gap allows.

    The verdict is asked at rungs, so that a narrow band between two of them can be missed.
    """
    if not axis.below and not axis.above:
        return None
    tried = turns([*axis.below, *axis.above])
    sides = ((axis.below, tried[: len(axis.below)]), (axis.above, tried[len(axis.below) :]))
    gaps = []
    for rungs, turned in sides:
        first = next((i for i, yes in enumerate(turned) if yes), None)
        if first is not None:
            gaps.append((rungs[first - 1] if first else axis.here, rungs[first]))
    gaps.sort(key=lambda gap: axis.distance(gap[1]))
    in_play = [gap for gap in gaps if axis.distance(gap[0]) <= axis.distance(gaps[0][1])]
    return min((_closed(axis, *gap, turns) for gap in in_play), key=axis.distance, default=None)


def _closed(axis: Axis, inside: float, outside: float, turns: Turns) -> float:
    """Narrows the gap between a number that does not turn the verdict and one that does."""
    for _ in range(ROUNDS):
        between = _between(axis, inside, outside)
        if not between or abs(outside - inside) <= axis.tolerance(outside):
            break
        first = next((i for i, yes in enumerate(turns(between)) if yes), len(between))
        inside, outside = ([inside, *between][first], [*between, outside][first])
    shorter = [] if axis.whole else _shorter(outside, outside > axis.here, 2 * axis.tolerance(outside))
    if shorter:
        return next((number for number, yes in zip(shorter, turns(shorter), strict=True) if yes), outside)
    return outside


def _between(axis: Axis, inside: float, outside: float) -> list[float]:
    if axis.whole:
        step = 1 if outside > inside else -1
        ahead = list(range(round(inside) + step, round(outside), step))
        return [float(each) for each in ahead[:: max(1, math.ceil(len(ahead) / SECTIONS))]]
    if axis.logarithmic and inside > 0 and outside > 0:
        return [float(each) for each in np.geomspace(inside, outside, SECTIONS + 2)[1:-1]]
    return [float(each) for each in np.linspace(inside, outside, SECTIONS + 2)[1:-1]]


def _shorter(end: float, upward: bool, most: float) -> list[float]:
    """Numbers with fewer digits, at the end of the gap or up to `most` beyond it, the shortest first."""
    found = []
    for digits in range(-12, 13):
        size = 10.0**-digits
        rounded = round((math.ceil if upward else math.floor)(end / size) * size, max(0, digits))
        if abs(rounded - end) <= most:
            found.append(float(rounded))
    return list(dict.fromkeys(found))[:4]
