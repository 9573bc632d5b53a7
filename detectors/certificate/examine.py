"""The examination: two jobs that ask nearly everything, some for the history of single points, one for memory, and one
more where time looks suspicious."""

from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate import causality, clocks, growth, lookback, responses
from argosy.detectors.certificate.edges import Edge, edge_cases, edge_finding
from argosy.detectors.certificate.fingerprint import verdicts_of
from argosy.detectors.certificate.form import CheckKind, Determinism, EdgeFinding, Examination, Growth, Refusal
from argosy.detectors.certificate.histories import find_histories
from argosy.detectors.certificate.questions import Failed, Questions, RuleAnswers, Run
from argosy.detectors.certificate.subject import Subject, flagged
from argosy.sandbox.vetting import vet
from argosy.signals.arrays import Floats


@dataclass(frozen=True, eq=False)
class _First:
    """What the first job said: on edge cases, on the series, on later parts of it, and on growing series."""

    edges: tuple[EdgeFinding, ...]
    scores: Floats
    points_per_s: float
    need: lookback.NeededHistory
    tail: tuple[int, Floats]
    timing: growth.Timing
    seconds: float


def examine(subject: Subject, run: Run, rests_on: Floats | None = None) -> Examination:
    """Runs the rule on its series, on awkward ones, cut, changed and moved, and says what was found.

    `rests_on` are the scores of the same points, shape (n,), that the rule's evidence rests on: a rule that answers
    otherwise when it is examined is refused.

    Nothing here depends on how fast it runs, save the timings and a refusal for growth. Raises what `run` raises.
    """
    refused = [Refusal(check=CheckKind.VETTING, why=str(fault)) for fault in vet(subject.source)[:1]]
    first = _first_look(subject, run)
    if isinstance(first, Failed):
        return _broken(subject, refused, first)
    refused += _otherwise(first.scores, rests_on)
    second = _closer_look(subject, first, run)
    if isinstance(second, Failed):
        return _broken(subject, refused, second)
    closer, stretches = second
    histories = find_histories(subject, first.scores, stretches.scores, run)
    if isinstance(histories, Failed):
        return _broken(subject, refused, histories)
    grown, spent_s = _growth(subject, first, run)
    if isinstance(grown, Failed):
        return _broken(subject, refused, grown)
    last = growth.refusal(grown)
    return closer.model_copy(
        update={
            "edges": first.edges,
            "lookback": lookback.finding_of(first.need, stretches, histories),
            "growth": grown,
            "seconds": round(closer.seconds + first.seconds + histories.seconds + spent_s, 4),
            "refusals": (*refused, *closer.refusals, *([last] if last else [])),
        }
    )


def learned_by_heart(subject: Subject, run: Run) -> tuple[Refusal, ...]:
    """The refusals of what was learned by heart alone: for points that were not there when a rule was examined."""
    questions = Questions(subject.source, subject.params)
    whole = questions.ask("the whole series", subject.input_of())
    end = subject.part(max(0, len(subject) - responses.LEAST_POINTS), len(subject))
    moved = clocks.ask_clocks(questions, subject, end)
    short = questions.ask("the end of the series", end.input_of())
    answers = questions.answered(run)
    if answers.failure:
        return (Refusal(check=CheckKind.CONTRACT, why=str(answers.failure)),)
    scores = answers.scores(whole)
    plain = scores if moved.clocked is subject else answers.scores(short)
    return tuple(clocks.refusals(moved.clocked, plain, clocks.findings_of(scores, plain, moved, answers)))


def _broken(subject: Subject, refused: list[Refusal], failed: Failed) -> Examination:
    refusals = (*refused, Refusal(check=CheckKind.CONTRACT, why=str(failed)))
    return Examination(examined_points=len(subject), refusals=refusals)


def _first_look(subject: Subject, run: Run) -> _First | Failed:
    questions = Questions(subject.source, subject.params)
    whole = questions.ask("the series", subject.input_of())
    edges: list[tuple[Edge, int]] = [
        (edge, questions.ask(edge.name, edge.input))
        for edge in edge_cases(subject.values, subject.seconds, subject.step_s)
    ]
    offsets = lookback.ask_offsets(questions, subject)
    sizes = growth.ask_sizes(questions, subject)
    answers = questions.answered(run)
    if answers.failure:
        return answers.failure
    scores = answers.scores(whole)
    start, ticket = offsets.asked[-1] if offsets.asked else (0, whole)
    return _First(
        edges=tuple(edge_finding(edge, answers.scores(place)) for edge, place in edges),
        scores=scores,
        points_per_s=len(subject) / max(answers.seconds(whole), 1e-9),
        need=lookback.needed_history(scores, answers, offsets),
        tail=(start, answers.scores(ticket)),
        timing=growth.timed(sizes, answers),
        seconds=answers.all_seconds,
    )


def _closer_look(subject: Subject, first: _First, run: Run) -> tuple[Examination, lookback.StretchHistories] | Failed:
    """Causality, history of stretches, determinism, changed input and clocks, in one job."""
    questions = Questions(subject.source, subject.params)
    scores, warmup = first.scores, first.need.warmup
    start, tail = first.tail
    again = questions.ask("a later part of the series", subject.input_of(start))
    stretch = responses.stretch_of(subject, scores, warmup)
    changed = responses.ask_changes(questions, stretch)
    cuts = causality.ask_cuts(questions, subject, scores, warmup, subject.input_of())
    windows = lookback.ask_windows(questions, subject, scores, first.need)
    moved = clocks.ask_clocks(questions, subject, stretch)
    answers = questions.answered(run)
    if answers.failure:
        return answers.failure
    ahead = causality.finding_of(scores, cuts, answers)
    steady = _steady(tail, answers, again, changed)
    plain = answers.scores(changed.first)
    timed = scores if moved.clocked is subject else plain
    changes, clocked = responses.findings_of(changed, answers), clocks.findings_of(scores, timed, moved, answers)
    refused = [
        causality.refusal(ahead),
        _unsteady(steady),
        responses.refusal(changes, subject.direction, float(flagged(plain).mean())),
        *clocks.refusals(moved.clocked, timed, clocked),
    ]
    examination = Examination(
        examined_points=len(subject),
        verdicts=verdicts_of(scores),
        causality=ahead,
        determinism=steady,
        responses=(*changes, *clocked),
        seconds=answers.all_seconds,
        refusals=tuple(each for each in refused if each),
    )
    return examination, lookback.history_of_stretches(scores, first.need, windows, answers)


def _steady(tail: Floats, answers: RuleAnswers, again: int, changed: responses.ChangeTickets) -> Determinism:
    def same(one: Floats, other: Floats) -> bool:
        return bool(np.array_equal(one, other, equal_nan=True))

    return Determinism(
        another_process=same(tail, answers.scores(again)),
        after_other_calls=same(answers.scores(changed.first), answers.scores(changed.last)),
    )


def _otherwise(scores: Floats, rests_on: Floats | None) -> list[Refusal]:
    """The refusal of scores that are not those that the evidence rests on."""
    if rests_on is None or len(rests_on) != len(scores):
        return []
    same = np.isclose(scores, rests_on, rtol=causality.SAME, atol=causality.SAME, equal_nan=True)
    if same.all():
        return []
    index = int(np.flatnonzero(~same)[0])
    why = (
        f"the score at index {index} of the examined series is not the one that its evidence rests on: it answers "
        "otherwise when it is examined, or used later points"
    )
    return [Refusal(check=CheckKind.DETERMINISM, why=why, first_index=index)]


def _unsteady(steady: Determinism) -> Refusal | None:
    if steady.another_process and steady.after_other_calls:
        return None
    return Refusal(
        check=CheckKind.DETERMINISM,
        why="the same data got different scores; a rule uses no randomness, clock or memory of other calls",
    )


def _growth(subject: Subject, first: _First, run: Run) -> tuple[Growth | Failed, float]:
    timing: growth.Timing | Failed = first.timing
    confirmed = first.timing.suspicious
    if confirmed:
        timing = growth.confirm(first.timing, subject, run)
    if isinstance(timing, Failed):
        return timing, 0.0
    memory = growth.memory_of(subject, run)
    if isinstance(memory, Failed):
        return memory, 0.0
    return growth.finding_of(timing, confirmed, memory, first.points_per_s), sum(timing.seconds) if confirmed else 0.0
