"""How much the objective depends on each number of a rule."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from argosy.detectors.certificate.evidence import RuleBesideBase
from argosy.detectors.certificate.form import Sensitivity
from argosy.detectors.certificate.questions import Questions, RuleAnswers, Run
from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.rules.rule import Number, Param, read_rule
from argosy.sandbox.protocol import Input
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none
from argosy.signals.incidents import runs
from argosy.signals.series import Series

FACTORS = (0.75, 0.9, 1.1, 1.25)
POINTS = 15_000
"""Of a longer series the stretch of so many points that holds the most incidents is looked at."""

Worth = Callable[[Floats], float]
"""The objective of a rule's scores on the points that it was asked about."""


def beside_base(
    source: str, params: Mapping[str, Number], known: Series, measured: RuleBesideBase, run: Run
) -> tuple[Sensitivity, ...]:
    """The sensitivity of base and rule together, on the stretch of the known points with the most incidents.

    `measured` may go on beyond them; its own scores are not looked at.
    """
    where = _eventful(measured.labels[: len(known)])
    part = replace(measured, base=measured.base[where], labels=measured.labels[where])

    def worth(scores: Floats) -> float:
        return part.objective(part.labels, fuse(part.base, [Member("rule", part.direction, scores)]).flags)

    return sensitivity(source, params, Input(known.values[where], known.seconds[where]), run, worth)


def _eventful(labels: Bools) -> slice:
    """The stretch of `POINTS` points in which the most incidents begin, the last such one."""
    if len(labels) <= POINTS:
        return slice(0, len(labels))
    begun = np.zeros(len(labels) + 1)
    begun[runs(labels)[:, 0] + 1] = 1.0
    before = np.cumsum(begun)
    held = before[POINTS:] - before[:-POINTS]
    start = len(held) - 1 - int(np.argmax(held[::-1]))
    return slice(start, start + POINTS)


def sensitivity(
    source: str, params: Mapping[str, Number], series_input: Input, run: Run, worth: Worth
) -> tuple[Sensitivity, ...]:
    """Moves each parameter by ±10 % and ±25 %, the others as they are, in one job.

    Whole numbers move by at least one; a range is not kept to, for a rule may not break beside it.
    """
    questions = Questions(source, params)
    as_it_is = questions.ask("as it is", series_input)
    asked: dict[str, dict[str, int]] = {}
    for param in read_rule(source).params:
        asked[param.name] = {}
        for factor in FACTORS:
            moved = {**params, param.name: _moved(param, params[param.name], factor)}
            asked[param.name][f"{factor:g}"] = questions.ask("another number", series_input, params=moved)
    answers = questions.answered(run)
    base = _worth(answers, as_it_is, worth)
    return tuple(_finding(name, params[name], tickets, answers, worth, base) for name, tickets in asked.items())


def _moved(param: Param, value: Number, factor: float) -> Number:
    moved = value * factor
    if not param.whole:
        return float(f"{moved:.9g}")
    return round(moved) if round(moved) != value else int(value) + (1 if factor > 1 else -1)


def _finding(
    name: str, value: Number, tickets: Mapping[str, int], answers: RuleAnswers, worth: Worth, base: float | None
) -> Sensitivity:
    found = {factor: _worth(answers, ticket, worth) for factor, ticket in tickets.items()}
    known = [each for each in found.values() if each is not None]
    steepest = round(max(0.0, base - min(known)), 6) if known and base is not None else None
    return Sensitivity(param=name, value=float(value), objective=found, steepest=steepest)


def _worth(answers: RuleAnswers, ticket: int, worth: Worth) -> float | None:
    """None where the rule failed, or nothing is labelled."""
    scores = answers.scores_or_none(ticket)
    value = math.nan if scores is None else worth(scores)
    return finite_or_none(value, 6)
