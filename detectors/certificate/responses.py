"""What changes of the input do to a rule's flags, on a stretch of the series where it flags most."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.form import CheckKind, Refusal, Response
from argosy.detectors.certificate.questions import Questions, RuleAnswers
from argosy.detectors.certificate.subject import Subject, flagged, lost_runs
from argosy.detectors.rules.rule import Direction
from argosy.sandbox.protocol import Input
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs

SAME = 1e-6
LEAST_POINTS = 3_072
COPIED = 200
"""The length of the stretch that comes twice."""

Align = Callable[[Floats], Floats]
"""Brings scores of changed input back to the points of the input as it was."""

ROLLED = ("values moved to another time", "values moved to yet another time")


@dataclass(frozen=True, eq=False)
class InputChange:
    """A change of the input: its ticket, how its scores are compared, and on which points (None: all)."""

    name: str
    ticket: int
    align: Align
    where: Bools | None = None


@dataclass(frozen=True, eq=False)
class ChangeTickets:
    """The tickets of one stretch: as it is, first and last in the job, and changed."""

    first: int
    last: int
    changes: tuple[InputChange, ...]


def stretch_of(subject: Subject, scores: Floats, need: int | None) -> Subject:
    """The stretch with the most flagged runs, long enough for the rule to warm up."""
    warmup = need or 1_024
    points = min(len(subject), max(LEAST_POINTS, warmup + 2_048))
    begins = np.zeros(len(subject) + 1)
    begins[runs(flagged(scores))[:, 0] + 1] = 1.0
    before = np.cumsum(begins)
    starts = np.arange(0, len(subject) - points + 1, max(1, points // 16))
    if not len(starts):
        starts = np.array([0])
    held = before[starts + points] - before[np.minimum(starts + warmup, starts + points)]
    start = int(starts[int(np.argmax(held))])
    return subject.part(start, start + points)


def ask_changes(questions: Questions, stretch: Subject, seed: int = 0) -> ChangeTickets:
    """Asks about the stretch as it is, about every change of it, and about itself again."""
    series_input = stretch.input_of()
    first = questions.ask("a stretch of the series", series_input)
    changes = (*_of_values(questions, stretch, seed), *_repeated(questions, stretch), *_of_clock(questions, stretch))
    return ChangeTickets(first, questions.ask("the same stretch again", series_input), changes)


def _of_values(questions: Questions, stretch: Subject, seed: int) -> list[InputChange]:
    values, size = stretch.values, len(stretch)
    holes = np.random.default_rng(seed).random(size) < 0.05
    spread = float(np.nanquantile(values, 0.95) - np.nanquantile(values, 0.05)) if np.isfinite(values).any() else 0.0
    middle = size // 2
    spike = values.copy()
    spike[middle] = 1e12
    altered: list[tuple[str, Floats, Bools | None]] = [
        ("one point in twenty missing", np.where(holes, np.nan, values), ~holes),
        ("one huge value in the middle", spike, np.arange(size) != middle),
        ("values shifted up by ten times their range", values + 10 * (spread or 1.0), None),
        ("values ten times as large", values * 10.0, None),
        (ROLLED[0], np.roll(values, middle + 37), None),
        (ROLLED[1], np.roll(values, size // 3 + 11), None),
    ]
    return [
        InputChange(name, questions.ask_alone(name, Input(changed, stretch.seconds)), _as_is, where)
        for name, changed, where in altered
    ]


def _repeated(questions: Questions, stretch: Subject) -> list[InputChange]:
    values, size = stretch.values, len(stretch)
    middle, copied = size // 2, min(COPIED, size // 4)
    twice = questions.ask("every point twice", _even(np.repeat(values, 2), stretch))
    longer = np.concatenate((values[:middle], values[middle - copied :]))
    again = questions.ask("a stretch that comes twice", _even(longer, stretch))
    return [
        InputChange("every point twice", twice, lambda scores: np.fmax(scores[::2], scores[1::2])),
        InputChange(
            "a stretch that comes twice",
            again,
            lambda scores: np.concatenate((scores[:middle], scores[middle + copied :])),
        ),
    ]


def _even(values: Floats, stretch: Subject) -> Input:
    return Input(values, stretch.seconds[0] + stretch.step_s * np.arange(len(values), dtype=np.int64))


def _of_clock(questions: Questions, stretch: Subject) -> list[InputChange]:
    seconds, half = stretch.seconds, np.arange(len(stretch)) >= len(stretch) // 2
    clocks = (
        ("another time zone: five hours earlier", seconds - 5 * 3_600),
        ("summer time begins in the middle", seconds + np.where(half, 3_600, 0)),
    )
    return [
        InputChange(name, questions.ask(name, Input(stretch.values, moved.astype(np.int64))), _as_is)
        for name, moved in clocks
    ]


def _as_is(scores: Floats) -> Floats:
    return scores


def respond(name: str, before: Floats, after: Floats, where: Bools | None = None, least: float = 1.0) -> Response:
    """The finding for one change; both arrays have shape (n,). A run without a score of `least` is lost."""
    where = np.ones(len(before), dtype=np.bool_) if where is None else where
    had, has = flagged(before) & where, flagged(after) & where
    lost, total = lost_runs(np.where(where, before, np.nan), after, least)
    return Response(
        change=name,
        same_scores=bool(np.isclose(before, after, rtol=SAME, atol=SAME, equal_nan=True)[where].all()),
        kept=round(float((had & has).sum() / had.sum()), 6) if had.any() else None,
        added_share=round(float((has & ~had).mean()), 6) if len(had) else 0.0,
        runs=total,
        lost_runs=lost,
    )


def findings_of(asked: ChangeTickets, answers: RuleAnswers) -> tuple[Response, ...]:
    """One finding for each change."""
    plain = answers.scores(asked.first)
    return tuple(
        respond(each.name, plain, each.align(answers.scores(each.ticket)), each.where) for each in asked.changes
    )


def refusal(responses: tuple[Response, ...], direction: Direction, flagged_share: float) -> Refusal | None:
    """A flag rule that goes on flagging the same places when the values there are others does not look at values."""
    if direction is not Direction.FLAG or flagged_share > 0.1:
        return None
    stayed = [each for each in responses if each.change in ROLLED and each.runs and each.lost_runs <= each.runs / 2]
    if len(stayed) < len(ROLLED):
        return None
    return Refusal(check=CheckKind.VALUES, why="it flags the same places when the values there are replaced by others")
