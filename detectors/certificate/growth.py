"""How time and memory grow with the number of points; more than in proportion is refused where it matters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.form import CheckKind, Growth, Refusal
from argosy.detectors.certificate.questions import Failed, Questions, RuleAnswers, Run
from argosy.detectors.certificate.subject import Subject

SIZES = (4_096, 8_192, 16_384, 32_768)
STEEPEST = 1.35
SUSPICIOUS = 1.2
MATTERS_S = 0.05
MATTERS_BYTES = 64 << 20
REPEATS = 3
MEMORY_SIZES = (4_096, 16_384)

_MEASURED = """

import tracemalloc as tracemalloc_of_the_probe
import numpy as numpy_of_the_probe

detect_of_the_rule = detect


def detect(values, seconds, **params):
    tracemalloc_of_the_probe.start()
    detect_of_the_rule(values, seconds, **params)
    peak = tracemalloc_of_the_probe.get_traced_memory()[1]
    tracemalloc_of_the_probe.stop()
    return numpy_of_the_probe.full(len(values), float(peak))
"""


@dataclass(frozen=True)
class Timing:
    """Points and seconds of evaluations, the fewest points first."""

    points: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def slope(self) -> float | None:
        """Of log seconds over log points, fitted; None where there is nothing to fit."""
        if len(self.points) < 2 or min(self.seconds) <= 0 or len(set(self.points)) < 2:
            return None
        return float(np.polyfit(np.log(self.points), np.log(self.seconds), 1)[0])

    @property
    def suspicious(self) -> bool:
        """Steep enough, at the end at least, to be measured again."""
        if self.slope is None or self.seconds[-1] < MATTERS_S:
            return False
        return max(self.slope, Timing(self.points[-2:], self.seconds[-2:]).slope or 0.0) > SUSPICIOUS


def ask_sizes(questions: Questions, subject: Subject) -> list[tuple[int, int]]:
    """(points, ticket) of growing series; of a short one, repeated."""
    return [(points, questions.ask(f"{points:,} points", subject.long(points))) for points in SIZES]


def timed(asked: Sequence[tuple[int, int]], answers: RuleAnswers) -> Timing:
    """The timings, the least of several of the same size."""
    best: dict[int, float] = {}
    for points, ticket in asked:
        best[points] = min(best.get(points, np.inf), answers.seconds(ticket))
    return Timing(tuple(sorted(best)), tuple(best[points] for points in sorted(best)))


def confirm(timing: Timing, subject: Subject, run: Run) -> Timing | Failed:
    """Measures again, each size several times, and takes the least: noise only ever adds."""
    questions = Questions(subject.source, subject.params)
    inputs = [(points, subject.long(points)) for points in timing.points]
    asked = [(points, questions.ask("growing series", given)) for _ in range(REPEATS) for points, given in inputs]
    answers = questions.answered(run)
    return answers.failure or timed(asked, answers)


def memory_of(subject: Subject, run: Run) -> tuple[int, ...] | Failed:
    """Peak bytes that Python and numpy take on top of the input, at each of `MEMORY_SIZES`."""
    questions = Questions(subject.source + _MEASURED, subject.params)
    tickets = [questions.ask("measuring memory", subject.long(points)) for points in MEMORY_SIZES]
    answers = questions.answered(run)
    if answers.failure:
        return answers.failure
    return tuple(int(answers.scores(ticket)[0]) for ticket in tickets)


def finding_of(timing: Timing, confirmed: bool, memory: tuple[int, ...], points_per_s: float) -> Growth:
    """The finding."""
    small, large = (max(1, each) for each in memory)
    slope = float(np.log(large / small) / np.log(MEMORY_SIZES[1] / MEMORY_SIZES[0]))
    return Growth(
        points=timing.points,
        seconds=tuple(round(each, 6) for each in timing.seconds),
        time_slope=None if timing.slope is None else round(timing.slope, 3),
        memory_points=MEMORY_SIZES,
        memory_bytes=memory,
        memory_slope=round(slope, 3),
        points_per_s=round(points_per_s, 1),
        confirmed=confirmed,
    )


def refusal(found: Growth) -> Refusal | None:
    """Growth that would make a long series a problem."""
    timing = Timing(found.points, found.seconds)
    last = Timing(found.points[-2:], found.seconds[-2:]).slope
    if found.confirmed and timing.suspicious and max(found.time_slope or 0.0, (last or 0.0) - 0.15) > STEEPEST:
        why = f"its time grows with the power {found.time_slope:.2f} of the number of points"
        return Refusal(check=CheckKind.GROWTH, why=f"{why}: {found.seconds[-1]:.2g} s for {found.points[-1]:,}")
    if (found.memory_slope or 0.0) > STEEPEST and found.memory_bytes[-1] > MATTERS_BYTES:
        why = f"its memory grows with the power {found.memory_slope:.2f} of the number of points"
        mebibytes = found.memory_bytes[-1] / (1 << 20)
        return Refusal(check=CheckKind.GROWTH, why=f"{why}: {mebibytes:.0f} MiB for {found.memory_points[-1]:,}")
    return None
