"""The numeric search: finds the numbers of a rule on training data, without asking a model anything.

A parameter that the scores are inversely proportional to (most thresholds) costs one evaluation: its best value is read
off the sorted scores. The others are drawn over their ranges, then moved step by step around the best, and a setting
is worth the mean of itself and its neighbours within ±10 %.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.rules.rule import Direction, Number, Param, Rule
from argosy.detectors.rules.yardstick import Yardstick
from argosy.signals.arrays import Floats

Setting = dict[str, Number]
Evaluate = Callable[[Sequence[Mapping[str, Number]]], Sequence[Floats | None]]
"""Scores of one rule for each setting, in one sandbox job; None where that evaluation failed."""

BUDGET = 48
"""Evaluations where nobody says how many; sessions say (`argosy.graphs.refine.settings`, `evaluations`)."""
_SAME = 1e-6
_STEPS = (0.6, 1.6, 0.8, 1.25)


@dataclass(frozen=True)
class Tuned:
    """The numbers found. `value` is the steady training objective there, `plateau` its mean over the neighbours."""

    params: Setting
    value: float
    plateau: float
    evaluations: int


@dataclass
class _Search:
    """One search as it goes: what was evaluated and what came of it."""

    rule: Rule
    evaluate: Evaluate
    judge: Yardstick
    budget: int
    threshold: Param | None = None
    inverse: bool = True
    spent: int = 0

    def __post_init__(self) -> None:
        self.seen: dict[tuple[Number, ...], tuple[Setting, float]] = {}

    @property
    def left(self) -> int:
        return self.budget - self.spent

    @property
    def free(self) -> tuple[Param, ...]:
        return tuple(p for p in self.rule.params if p is not self.threshold and p.low < p.high)

    def key(self, setting: Mapping[str, Number]) -> tuple[Number, ...]:
        return tuple(setting[p.name] for p in self.rule.params if p is not self.threshold)

    def scores(self, settings: Sequence[Setting]) -> Sequence[Floats | None]:
        self.spent += len(settings)
        return self.evaluate(settings) if settings else []

    def look(self, settings: Sequence[Setting]) -> None:
        """Evaluates those of the settings that are new, as far as the budget goes."""
        new: dict[tuple[Number, ...], Setting] = {}
        for setting in settings:
            if self.key(setting) not in self.seen:
                new.setdefault(self.key(setting), setting)
        batch = list(new.values())[: self.left]
        for setting, scores in zip(batch, self.scores(batch), strict=True):
            self.keep(setting, scores)

    def keep(self, setting: Setting, scores: Floats | None) -> None:
        self.seen[self.key(setting)] = self.settled(setting, scores)

    def settled(self, setting: Setting, scores: Floats | None) -> tuple[Setting, float]:
        """The setting with its best threshold, and the value there."""
        if scores is None:
            return setting, -math.inf
        if self.threshold is None:
            return setting, _known(self.judge.value(scores))
        at, param = float(setting[self.threshold.name]), self.threshold
        if self.inverse is (self.judge.direction is Direction.FLAG):
            best = self.judge.best(scores, param.low / at, param.high / at)
            found = at * best.factor
        else:
            best = self.judge.best(scores, at / param.high, at / param.low)
            found = at / best.factor
        return setting | {param.name: _rounded(found, param)}, _known(best.value)

    def ranked(self) -> list[tuple[Setting, float]]:
        return sorted(self.seen.values(), key=lambda found: -found[1])


def tune(rule: Rule, evaluate: Evaluate, judge: Yardstick, budget: int = BUDGET, seed: int = 0) -> Tuned:
    """Finds numbers for a rule within `budget` evaluations; the same for the same seed.

    Numbers stay within their ranges, both ends included, and whole ones whole. Where every evaluation fails, or nothing
    is labelled, the defaults come back with the value −inf.
    """
    search = _Search(rule, evaluate, judge, budget)
    _find_threshold(search)
    search.look(_spread_out(search, max(search.left * 2 // 5, 0), seed))
    _climb(search)
    return _on_a_plateau(search)


def _find_threshold(search: _Search) -> None:
    """Evaluates the defaults, and each float nearby to see whether the scores are (inversely) proportional to it."""
    defaults = search.rule.defaults
    floats = [p for p in search.rule.params if not p.whole and p.low > 0 and p.low < p.high]
    floats.sort(key=lambda p: "threshold" not in p.name)
    (scores,) = search.scores([defaults])
    if scores is not None:
        for param in floats[: max(0, min(4, search.left))]:
            moved = defaults | {param.name: _moved(param, defaults[param.name])}
            (other,) = search.scores([moved])
            ratio = float(moved[param.name]) / float(defaults[param.name])
            if other is None:
                continue
            inverse, direct = _same(other * ratio, scores), _same(other / ratio, scores)
            if inverse or direct:
                search.threshold, search.inverse = param, inverse
                break
    search.keep(defaults, scores)


def _moved(param: Param, value: Number) -> float:
    return float(value * 1.25 if value * 1.25 <= param.high else max(value / 1.25, param.low))


def _same(one: Floats, other: Floats) -> bool:
    """Whether two arrays agree, in places that say something."""
    known = np.isfinite(one) & np.isfinite(other) & (other != 0)
    if not known.any() or (np.isnan(one) != np.isnan(other)).any():
        return False
    return bool(np.all(np.abs(one[known] - other[known]) <= _SAME * np.abs(other[known])))


def _spread_out(search: _Search, count: int, seed: int) -> list[Setting]:
    """Settings spread evenly over the ranges of the free parameters."""
    free = search.free
    if not free or count < 1:
        return []
    from scipy.stats import qmc  # takes half a second to load, and scoring with a rule that is tuned needs none of it

    points = qmc.Halton(len(free), scramble=True, rng=np.random.default_rng(seed)).random(count)
    return [
        search.rule.defaults | {p.name: _within(p, float(u)) for p, u in zip(free, point, strict=True)}
        for point in points
    ]


def _within(param: Param, share: float) -> Number:
    """The value at this share of the range, by ratio where the parameter is logarithmic."""
    if param.logarithmic:
        return _rounded(param.low * (param.high / param.low) ** share, param)
    return _rounded(param.low + (param.high - param.low) * share, param)


def _rounded(value: float, param: Param) -> Number:
    if param.whole:
        return int(np.clip(round(value), param.low, param.high))
    return float(np.clip(float(f"{value:.6g}"), param.low, param.high))


def _climb(search: _Search) -> None:
    """Steps from the two best settings, one parameter at a time, while something is gained; keeps some evaluations."""
    reserve = min(search.left, 2 * len(search.free) * 2)
    while search.left > reserve:
        before = search.spent
        for setting, _ in search.ranked()[:2]:
            steps = [_step(setting, p, factor) for p in search.free for factor in _STEPS]
            search.look(steps[: search.left - reserve])
        if search.spent == before:
            return


def _step(setting: Setting, param: Param, factor: float) -> Setting:
    value = float(setting[param.name])
    moved = value * factor if param.low > 0 else value + (factor - 1.0) * (param.high - param.low) / 4
    if param.whole and round(moved) == setting[param.name]:
        moved = value + (1 if factor > 1 else -1)
    return setting | {param.name: _rounded(moved, param)}


def _on_a_plateau(search: _Search) -> Tuned:
    """Of the best settings, the one whose neighbours within ±10 % are the best with it."""
    finalists = search.ranked()[:2]
    for setting, _ in finalists:
        search.look([_step(setting, p, factor) for p in search.free for factor in (0.9, 1.1)])
    chosen = max(finalists, key=lambda found: _plateau(search, found))
    return Tuned(chosen[0], chosen[1], _plateau(search, chosen), search.spent)


def _plateau(search: _Search, found: tuple[Setting, float]) -> float:
    """Half the value itself, half the mean of those of its neighbours that were looked at."""
    setting, value = found
    keys = [search.key(_step(setting, p, factor)) for p in search.free for factor in (0.9, 1.1)]
    near = [search.seen[key][1] for key in keys if key in search.seen]
    return (value + float(np.mean(near))) / 2 if near and math.isfinite(value) else value


def _known(value: float) -> float:
    return -math.inf if math.isnan(value) else value
