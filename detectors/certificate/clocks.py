"""Does a rule know dates, places or a timetable by heart instead of looking at values?

* **Date.** Moved by whole weeks, a rule that goes by hour or weekday says the same; one that knows dates loses its
  flags. A rule that goes by the day of the month is refused as well: months of data cannot prove it.
* **Position.** With some more history before the first point, every run that was flagged well inside the series still
  is, also where a statistic expands over all points; one that counts points from the start loses its flags.
* **Timetable.** Moved by half an hour either way, a rule that keeps to some hours loses what happens at their edges;
  one that knows moments of the week by heart loses most, at many hours of the day.

Each is asked alone, so that no rule finds the series as it was. A rule that never reads `seconds` has its clock moved
on a short stretch only.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.form import CheckKind, Refusal, Response
from argosy.detectors.certificate.questions import Questions, RuleAnswers
from argosy.detectors.certificate.responses import respond
from argosy.detectors.certificate.subject import Subject, flagged
from argosy.sandbox.parsing import parse
from argosy.sandbox.protocol import Input
from argosy.signals.arrays import Floats
from argosy.signals.incidents import runs

WEEKS = 521
"""Almost ten years, and no whole number of them."""

LENGTHS = (997, 307, 101, 31)
"""Points put before the first one; primes, so that nothing periodic hides behind them."""

LEAST_POSITION = 0.5
"""A run counts as lost only when its best score falls below this: an expanding statistic moves scores a little."""

LOST_RUNS = 0.1
HOURS = 3
MOVE_S = 1_800

WEEKS_LATER = f"the clock moved by {WEEKS} weeks"
MORE_HISTORY = "more history before the first point"
LATER, EARLIER = "the clock half an hour ahead", "the clock half an hour behind"


@dataclass(frozen=True, eq=False)
class ClockTickets:
    """Tickets of the clock moved on `clocked` points, and of the history put before all of them."""

    clocked: Subject
    weeks: int
    later: int
    earlier: int
    history: int
    added: int


def reads_clock(source: str) -> bool:
    """Whether the source mentions `seconds` anywhere but in a signature. Raises SyntaxError."""
    return any(isinstance(node, ast.Name) and node.id == "seconds" for node in ast.walk(parse(source)))


def ask_clocks(questions: Questions, subject: Subject, stretch: Subject) -> ClockTickets:
    """Asks about the whole series: what is known by heart may stand anywhere in it."""
    clocked = subject if reads_clock(subject.source) else stretch
    moved = subject.step_s * -(-MOVE_S // subject.step_s)

    def at(name: str, by_s: int) -> int:
        return questions.ask_alone(name, Input(clocked.values, clocked.seconds + by_s))

    added = next((length for length in LENGTHS if length * 16 <= len(subject)), min(7, len(subject)))
    values, seconds = subject.values, subject.seconds
    first = seconds[0] - subject.step_s * np.arange(added, 0, -1, dtype=np.int64)
    longer = Input(np.concatenate((values[:added][::-1], values)), np.concatenate((first, seconds)))
    return ClockTickets(
        clocked,
        at(WEEKS_LATER, WEEKS * 7 * 86_400),
        at(LATER, moved),
        at(EARLIER, -moved),
        questions.ask_alone(MORE_HISTORY, longer),
        added,
    )


def findings_of(whole: Floats, plain: Floats, asked: ClockTickets, answers: RuleAnswers) -> tuple[Response, ...]:
    """One finding for each; of the flags with more history only those in the last three quarters count.

    `whole` and `plain` are the scores of the series, and of the points on which the clock was moved.
    """
    settled = np.arange(len(whole)) >= len(whole) // 4
    history = answers.scores(asked.history)[asked.added :]
    return (
        respond(WEEKS_LATER, plain, answers.scores(asked.weeks)),
        respond(LATER, plain, answers.scores(asked.later)),
        respond(EARLIER, plain, answers.scores(asked.earlier)),
        respond(MORE_HISTORY, whole, history, settled, LEAST_POSITION),
    )


def refusals(clocked: Subject, plain: Floats, responses: Sequence[Response]) -> list[Refusal]:
    """What was learned by heart is refused."""
    by_change = {each.change: each for each in responses}
    found = []
    weeks, history = by_change[WEEKS_LATER], by_change[MORE_HISTORY]
    if _date(weeks, plain):
        why = (
            f"{weeks.lost_runs} of {weeks.runs} flagged runs vanish when the clock moves by whole weeks: it knows dates"
        )
        found.append(Refusal(check=CheckKind.DATE, why=why))
    if history.lost_runs > LOST_RUNS * history.runs:
        why = (
            f"{history.lost_runs} of {history.runs} flagged runs vanish when the series begins earlier: "
            "it counts points from the start"
        )
        found.append(Refusal(check=CheckKind.POSITION, why=why))
    moved = [by_change[LATER], by_change[EARLIER]]
    if _hours(clocked, plain) >= HOURS and all(each.lost_runs > each.runs / 2 for each in moved):
        why = "most flagged runs, at many hours of the day, vanish when the clock moves by half an hour: a timetable"
        found.append(Refusal(check=CheckKind.TIMETABLE, why=why))
    return found


def _date(weeks: Response, plain: Floats) -> bool:
    """A run lost, or more points changed than rounding at the edge of an hour explains."""
    had = int(flagged(plain).sum())
    changed = (1 - weeks.kept) * had if weeks.kept is not None else 0.0
    return weeks.lost_runs > 0 or changed + weeks.added_share * len(plain) > max(1.5, 0.01 * had)


def _hours(clocked: Subject, plain: Floats) -> int:
    """At how many hours of the day flagged runs begin."""
    starts = runs(flagged(plain))[:, 0]
    return len(np.unique(clocked.seconds[starts] // 3_600 % 24))
