"""Which rules to propose: recipes from the ranked clauses at first, later changes to what has worked."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np

from argosy.agents.embedded.clauses import RankedClause, ranked_clauses
from argosy.agents.embedded.grammar import summary
from argosy.agents.embedded.recipe import Clause, ClauseSide, ClauseUnit, Join, Quantity, Recipe, Timing, read_recipe
from argosy.agents.rules.evidence import DetectionEvidence

_MOST = 400
_FEWEST_HOURS, _LONGEST_HOURS = 4, 8.0
"""How many events must agree on a time of day, and within how many hours, before a rule is restricted to it."""


def propose_recipe(evidence: DetectionEvidence, seed: int) -> Recipe:
    """The recipe for one candidate: the n-th untried idea, so that candidates of a round differ."""
    tried = set(evidence.tried)
    ranked = ranked_clauses(evidence)
    parent = next((recipe for rule in evidence.parents if (recipe := read_recipe(rule.source))), None)
    hours = _hours(evidence)
    builds_on = parent is not None and evidence.candidate % 2 == 0  # a fresh clause holds up better than a refined one
    ideas = _changes(parent, ranked, hours, seed) if parent and builds_on else _fresh(ranked)
    clears = evidence.direction == "clear"
    distinct = dict.fromkeys(_untried(ideas, tried, clears))
    wanted = max(evidence.candidate, 1) - 1
    usable = list(islice(distinct, _MOST))
    if not usable:
        usable = [_turned(recipe, clears) for recipe in islice(_fresh(ranked), 5)]
    return usable[wanted % len(usable)]


def _untried(ideas: Iterator[Recipe], tried: set[str], clears: bool) -> Iterator[Recipe]:
    for recipe in ideas:
        turned = _turned(recipe, clears)
        if summary(turned) not in tried:
            yield turned


def _turned(recipe: Recipe, clears: bool) -> Recipe:
    """For a clear rule the clauses say what a true alarm has; it clears the alarms that lack it."""
    if clears and recipe.timing is Timing.ONSET:
        return replace(recipe, clears=True, timing=Timing.LINGERING)
    return replace(recipe, clears=clears)


def _fresh(ranked: list[RankedClause]) -> Iterator[Recipe]:
    """Single clauses, best first, no two of a family in a row; then pairs of them."""
    families: dict[tuple[Quantity, ClauseUnit], RankedClause] = {}
    for each in ranked:
        families.setdefault((each.clause.kind, each.clause.over), each)
    first = list(families.values())
    for each in first:
        yield Recipe((each.clause,))
    for each in ranked:
        yield Recipe((each.clause,))
    for one, other in pairwise(first):
        yield Recipe((one.clause, other.clause))


def _changes(
    parent: Recipe, ranked: list[RankedClause], hours: tuple[float, float] | None, seed: int
) -> Iterator[Recipe]:
    """What could make a parent better: a second clause, another timing, another scale, a smoother input."""
    head = parent.clauses[0]
    partners = [each.clause for each in ranked if each.clause.kind is not head.kind][:6]
    changes: list[Recipe] = []
    if len(parent.clauses) == 1:
        changes += [replace(parent, clauses=(head, partner), join=Join.BOTH) for partner in partners[:3]]
        changes += [replace(parent, clauses=(head, partner), join=Join.EITHER) for partner in partners[:2]]
    changes += [replace(parent, timing=timing) for timing in Timing if timing is not parent.timing]
    changes += [replace(parent, clauses=(varied, *parent.clauses[1:])) for varied in _varied(head)]
    if hours and not parent.hours:
        changes.insert(0, replace(parent, hours=hours))
    order = np.random.default_rng(seed).permutation(len(changes))
    yield from changes[:2]
    for index in order:
        yield changes[index]


def _varied(clause: Clause) -> Iterator[Clause]:
    for over in ClauseUnit:
        if over is not clause.over:
            yield replace(clause, over=over)
    if clause.side is not ClauseSide.BOTH:
        yield replace(clause, side=ClauseSide.BOTH)
    yield replace(clause, smooth=5 if clause.smooth == 1 else 1)


def _hours(evidence: DetectionEvidence) -> tuple[float, float] | None:
    """The time of day of the events, when it is known, narrow, and not that of most look-alikes: first hour, length."""
    events = sorted(pair.event.hour for pair in evidence.pairs if pair.event.hour is not None)
    likes = [pair.like.hour for pair in evidence.pairs if pair.like and pair.like.hour is not None]
    if len(events) < _FEWEST_HOURS or not likes:
        return None
    gaps = [(later - earlier, later) for earlier, later in pairwise([*events, events[0] + 24.0])]
    widest, after = max(gaps)
    start, long = (after - 0.5) % 24.0, 24.0 - widest + 1.0
    outside = sum((hour - start) % 24.0 >= long for hour in likes)
    return (start, long) if long <= _LONGEST_HOURS and 2 * outside > len(likes) else None
