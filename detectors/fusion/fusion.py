"""Fusion of a base with rules by Argos' algorithm (arXiv 2501.14170): both kinds of rule test the base's label."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from argosy.detectors.fusion.hold import JUST_BELOW, peak_hold
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.rules.rule import Direction
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores

EXHAUSTIVE_UP_TO = 8
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Member:
    """A rule's part in a fusion: its scores, shape (n,); ≥ 1 adds an alarm (flag) or takes one back (clear).

    A `rate_limit` bounds how often it may do so.
    """

    id: str
    direction: Direction
    scores: Floats
    complexity: int = 0
    rate_limit: RateLimit | None = None

    def changes(self, alarm: Bools) -> Bools:
        """Where the rule changes the verdict of a base that alarms there, shape (n,)."""
        with np.errstate(invalid="ignore"):
            fires = self.scores >= 1.0
        changed = fires & ~alarm if self.direction is Direction.FLAG else fires & alarm
        return changed if self.rate_limit is None else self.rate_limit.within(changed)


def fuse(base: Floats, members: Iterable[Member], hold_points: float = 0.0, *, once: bool = False) -> Scores:
    """The fused scores, shape (n,): ≥ 1 exactly where the fused detector flags, so that they can be ranked.

    Where the base is normal and a flag rule fires, the highest flag rule's score; where the base alarms and a clear
    rule fires, just below 1; elsewhere the base's. With `once` an alert flags its first point alone, and the others
    lie just below 1. Peaks are held for `hold_points`, which changes no flag. `fired` holds the points at which each
    rule changed the verdict.

    >>> fused = fuse(np.array([0.2, 3.0]), [Member("r", Direction.FLAG, np.array([2.0, np.nan]))])
    >>> fused.values.tolist(), fused.fired["r"].tolist()
    ([2.0, 3.0], [True, False])
    """
    members = tuple(members)
    alarm = base >= 1.0
    values = base.copy()
    fired: dict[str, Bools] = {}
    for member in members:
        changed = fired[member.id] = member.changes(alarm)
        instead = np.fmax(values, member.scores) if member.direction is Direction.FLAG else JUST_BELOW
        values = np.where(changed, instead, values)
    if once:
        later = _later_in_an_alert(values >= 1.0)
        values = np.where(later, JUST_BELOW, values)
        fired = {id: points & ~later for id, points in fired.items()}
    return Scores(peak_hold(values, hold_points), fired)


def _later_in_an_alert(flags: Bools) -> Bools:
    """The flagged points that follow a flagged one, shape (n,)."""
    return np.asarray(flags & np.concatenate(([False], flags[:-1])), dtype=np.bool_)


@dataclass(frozen=True)
class Choice:
    """The chosen members by id (none of them is always a candidate), with its value, less its price, and the base's."""

    ids: tuple[str, ...]
    value: float
    base_value: float
    considered: int


def choose(base: Floats, members: Sequence[Member], judge: Callable[[Bools], float], price: float = 0.0) -> Choice:
    """The subset of members whose fused flags `judge` likes best, less `price` for each; the simpler among equals.

    All subsets of up to eight members are tried, greedy addition beyond. Where `judge` gives NaN (nothing to judge
    by), the empty fusion stands.
    """
    considered = 0

    def value_of(subset: Sequence[Member]) -> float:
        nonlocal considered
        considered += 1
        return judge(fuse(base, subset).flags) - price * len(subset)

    base_value = value_of(())
    best: tuple[Member, ...] = ()
    best_value = base_value
    for subset in _subsets(members, value_of):
        value = value_of(subset)
        if value > best_value + TIE:
            best, best_value = subset, value
    return Choice(tuple(member.id for member in best), best_value, base_value, considered)


def _subsets(members: Sequence[Member], value_of: Callable[[Sequence[Member]], float]) -> Iterable[tuple[Member, ...]]:
    """Subsets in the order in which ties are to be broken: small before large, simple before complex."""
    ordered = sorted(members, key=lambda member: (member.complexity, member.id))
    if len(ordered) <= EXHAUSTIVE_UP_TO:
        for size in range(1, len(ordered) + 1):
            yield from combinations(ordered, size)
        return
    chosen: tuple[Member, ...] = ()
    rest = list(ordered)
    while rest:
        best = max(rest, key=lambda member: _rank(value_of((*chosen, member))))
        chosen = (*chosen, best)
        rest.remove(best)
        yield chosen


def _rank(value: float) -> float:
    return value if value == value else -np.inf


def fired_table(fired: Mapping[str, Bools]) -> list[str]:
    """For each point the ids of the rules that fired on it, joined by commas, shape (n,)."""
    lengths = {len(flags) for flags in fired.values()}
    names: list[list[str]] = [[] for _ in range(max(lengths, default=0))] if lengths else []
    for rule, flags in fired.items():
        for index in np.flatnonzero(flags):
            names[index].append(rule)
    return [",".join(row) for row in names]
