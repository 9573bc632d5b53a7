"""The library: rules that sessions accepted, with their record, as offers to another session."""

import ast
import math
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import zip_longest
from typing import Any

from argosy.detectors.rules.transfer import is_unit, read_unit
from argosy.graphs.refine.offers import Library, Offer
from argosy.sandbox.parsing import parse
from argosy.signals.errors import BadInput
from argosy.store.rows import ListedRule, RuleRole, RuleUse
from argosy.store.store import Store

ALL = "all"
OFF = "off"
ACCEPTED = (RuleRole.FUSED, RuleRole.ACCEPTED)

POOL = 4
"""So many times more rules are offered than are tried: the session picks those that behave differently."""


def read_library(store: Store, which: str, most: int, sessions: Container[str] | None = None) -> Library:
    """The rules that sessions accepted, the best record first.

    `which` is all, off, or a pattern of series' names such as `web-*`: only what was accepted on these counts.
    `sessions`, when given, are the only ones whose rules count. Raises BadInput when no series fits the pattern.
    """
    if which == OFF:
        return Library((), most)
    listed = store.rules.listed(ACCEPTED)
    pattern = "*" if which == ALL else which
    series = store.sessions.series()
    counted = {id for id, name in series.items() if fnmatchcase(name, pattern) and (sessions is None or id in sessions)}
    if which != ALL and not counted:
        problem = "no session looked at a series of that name"
        raise BadInput(f"--library {which}", problem, "give all, off, or a pattern such as 'web-*'; argosy sessions")
    uses = _uses_by_rule(store.rules.uses(ACCEPTED), counted)
    offers = [_offer(each, uses[each.rule.id], series) for each in listed if each.rule.id in uses]
    return Library(tuple(_in_turn(offers))[: POOL * most], most)


def trusted(library: Library, sealed: bool) -> Library:
    """Without rules that a language model had a hand in, unless these run sealed."""
    return replace(library, offers=tuple(each for each in library.offers if sealed or not each.language_model))


def _uses_by_rule(uses: Iterable[RuleUse], sessions: Container[str]) -> dict[str, list[RuleUse]]:
    found: dict[str, list[RuleUse]] = {}
    for use in uses:
        if use.session in sessions:
            found.setdefault(use.rule, []).append(use)
    return found


def _offer(listed: ListedRule, uses: list[RuleUse], series: Mapping[str, str]) -> Offer:
    rule, gains = listed.rule, [_gain(use.evidence) for use in uses]
    return Offer(
        rule=rule.id,
        source=rule.source,
        params=rule.params,
        direction=rule.direction,
        language_model=rule.language_model,
        unit=next((unit for use in uses if (unit := read_unit(use.evidence.get("unit")))), None),
        gain=sum(gains) / len(gains),
        series=len({series[use.session] for use in uses}),
    )


def _gain(evidence: Mapping[str, Any]) -> float:
    """What the rule brought on validation, or on training data where validation had nothing to judge by."""
    assessed: Mapping[str, float | None] = evidence.get("assessment") or {}
    for part in ("validation", "train"):
        after, before = assessed.get(part), assessed.get(f"{part}_before")
        if after is not None and before is not None:
            return after - before
    return 0.0


def _in_turn(offers: list[Offer]) -> Iterator[Offer]:
    """The best rule of each shape first, the best shapes first, then the second ones, and so on.

    A shape counts by its mean gain and by the square root of how many series it gained on.
    """
    shapes: dict[tuple[str, str], list[Offer]] = {}
    for offer in sorted(offers, key=lambda each: (-each.gain, each.rule)):
        shapes.setdefault((offer.direction.value, shape(offer.source)), []).append(offer)

    def merit(group: list[Offer]) -> float:
        return sum(each.gain for each in group) / len(group) * math.sqrt(sum(each.series for each in group))

    ranked = sorted(shapes.values(), key=lambda group: (-merit(group), group[0].rule))
    for layer in zip_longest(*ranked):
        yield from (offer for offer in layer if offer is not None)


def shape(source: str) -> str:
    """A rule's code without its numbers and texts: two rules of one shape differ in what a search can find."""
    try:
        tree = parse(source)
    except (SyntaxError, ValueError):
        return source
    body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for function in body:
        function.body = [node for node in function.body if not is_unit(node)] or function.body
    for node in (each for function in body for each in ast.walk(function)):
        if isinstance(node, ast.Constant):
            node.value = 0
    return "\n".join(ast.unparse(node) for node in body)
