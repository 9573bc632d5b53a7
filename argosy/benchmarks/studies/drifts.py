"""Series with a drift planted, and series that by construction have none."""

from collections.abc import Callable, Mapping

import numpy as np

from argosy.detectors.drift.location import spread
from argosy.signals.arrays import Bools, Floats

LEVEL_SPREADS, SCALE_FACTOR, SEASON_SHARE = 3.0, 2.0, 1 / 3

Plant = Callable[[Floats, int, int], Floats]
"""From values, shape (n,), the index at which the drift begins, and the points of a cycle, to the values with it."""


def _level(values: Floats, start: int, cycle: int) -> Floats:  # noqa: ARG001
    moved = values.copy()
    moved[start:] += LEVEL_SPREADS * spread(values[:start][~np.isnan(values[:start])])
    return moved


def _scale(values: Floats, start: int, cycle: int) -> Floats:  # noqa: ARG001
    moved = values.copy()
    moved[start:] *= SCALE_FACTOR
    return moved


def _season(values: Floats, start: int, cycle: int) -> Floats:
    moved = values.copy()
    moved[start:] = np.roll(values, round(SEASON_SHARE * cycle))[start:]
    return moved


PLANTED: Mapping[str, Plant] = {"level": _level, "season": _season, "scale": _scale}
"""Level: up by 3 training spreads. Season: days, or what the cycle is, come a third late. Scale: all values doubled."""


def undrifted(values: Floats, labels: Bools, start: int, block: int, seed: int) -> tuple[Floats, Bools]:
    """The points before `start`, then blocks of these drawn by chance to the length of the whole: nothing drifts.

    `values` and `labels` have shape (n,). Blocks begin at multiples of `block` points, a week say, so that seasons stay
    in step; the first of those that come after the known points continues where these end.
    """
    drawn = np.random.default_rng(seed)
    whole = start // block
    offset = start - whole * block
    if whole < 1:
        raise ValueError(f"{start} points hold no block of {block}")
    after = len(values) - start
    picks = drawn.integers(0, whole, size=-(-(after + offset) // block))
    places = np.concatenate([np.arange(each * block, (each + 1) * block) for each in picks])[offset : offset + after]
    return np.concatenate((values[:start], values[places])), np.concatenate((labels[:start], labels[places]))


def shuffled(values: Floats, labels: Bools, day: int, seed: int) -> tuple[Floats, Bools]:
    """The whole days of a series, all of them, in an order drawn by chance; what is left over stays at the end.

    `values` and `labels` have shape (n,), and `day` is the points of a day. Days that can be exchanged do not drift,
    and the newer ones are not among the older ones, as they are in what `undrifted` makes.
    """
    days = len(values) // day
    order = np.random.default_rng(seed).permutation(days)
    places = np.concatenate([(order[:, None] * day + np.arange(day)).ravel(), np.arange(days * day, len(values))])
    return values[places], labels[places]
