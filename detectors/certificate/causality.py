"""Does a score depend on points after it? Later points are taken away, and changed, at many places near events.

What was taken away is not in the process that is asked: a rule can look through all the memory of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.form import Causality, CheckKind, Refusal
from argosy.detectors.certificate.questions import Questions, RuleAnswers
from argosy.detectors.certificate.subject import Subject, flagged
from argosy.sandbox.protocol import Input
from argosy.signals.arrays import Floats
from argosy.signals.incidents import runs

SAME = 1e-6
CENTRES = 6
CUTS = 4
LEAST_REACH = 512
CHANGED = 3
AFTER = 256
"""Points that a stretch goes on beyond its cuts: what there is to look ahead into."""


@dataclass(frozen=True)
class CutStretch:
    """Points of the series from `start` on: tickets of the whole, of its cuts (index within), and of changed futures.

    A `whole` below 0 means the series itself.
    """

    start: int
    whole: int
    cuts: tuple[tuple[int, int], ...]
    changed: tuple[tuple[int, int], ...]
    at_incident: bool


def ask_cuts(
    questions: Questions, subject: Subject, scores: Floats, need: int | None, whole: Input, seed: int = 0
) -> tuple[CutStretch, ...]:
    """Stretches round flagged runs, incidents and places drawn by chance, and two late cuts of the whole series.

    `scores` are those of the series, shape (n,); a stretch reaches back as far as the rule `need`s.
    """
    rng = np.random.default_rng(seed)
    reach = max(LEAST_REACH, (need or 2_048) + 256)
    asked = [
        _stretch(questions, subject, span, reach, rng, changed=number % 2 == 0 and number // 2 < CHANGED)
        for number, span in enumerate(_centres(subject, scores, rng))
    ]
    late = sorted({stop for stop in (len(subject) // 3 + 1, len(subject) - 1) if stop > 1})
    cuts = tuple((stop, questions.ask("a beginning of the series", whole, stop)) for stop in late)
    return (*asked, CutStretch(0, -1, cuts, (), False))


def _centres(subject: Subject, scores: Floats, rng: np.random.Generator) -> list[tuple[int, int, bool]]:
    """(start, stop, whether an incident) of what is cut at: a third each of flagged runs, incidents, and anything."""
    share = CENTRES // 3
    chosen = [(*span, False) for span in _some(runs(flagged(scores)), share, rng)]
    chosen += [(*span, True) for span in _some(runs(subject.labels), share, rng)]
    while len(chosen) < CENTRES:
        at = int(rng.integers(len(subject) // 4, max(len(subject) - 2, 1)))
        chosen.append((at, at + 2, False))
    return chosen


def _some(spans: np.ndarray, count: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    picked = sorted(rng.permutation(len(spans))[:count])
    return [(int(spans[i][0]), int(spans[i][1])) for i in picked]


def _stretch(
    questions: Questions,
    subject: Subject,
    span: tuple[int, int, bool],
    reach: int,
    rng: np.random.Generator,
    changed: bool,
) -> CutStretch:
    start, stop, incident = span
    stop = min(stop, start + AFTER)
    first, last = max(0, start - reach), min(len(subject), stop + AFTER)
    series_input = subject.input_of(first, last)
    places = [start, start + 1, (start + stop) // 2 + 1, stop + 1]
    inside = {place - first for place in places if 2 <= place - first < last - first}
    while len(inside) < min(CUTS, last - first - 3):
        inside.add(int(rng.integers(2, last - first)))
    name = "a stretch of the series that ends early"
    cuts = tuple((place, questions.ask(name, series_input, place)) for place in sorted(inside))
    futures = tuple((place, _changed(questions, series_input, place)) for place, _ in cuts[:1] if changed)
    return CutStretch(first, questions.ask("a stretch of the series", series_input), cuts, futures, incident)


def _changed(questions: Questions, series_input: Input, place: int) -> int:
    """The same past with another future: turned round, stretched and moved."""
    values = series_input.values.copy()
    scale = float(np.nanmax(np.abs(values), initial=1.0)) if np.isfinite(values).any() else 1.0
    values[place:] = 3 * scale - 5 * values[place:][::-1]
    return questions.ask_alone("a stretch of the series with another end", Input(values, series_input.seconds))


def finding_of(whole: Floats, stretches: Sequence[CutStretch], answers: RuleAnswers) -> Causality:
    """What the cuts show; `first_index` counts in the series."""
    compared, first, cut, changed = 0, None, 0, 0
    for stretch in stretches:
        plain = whole if stretch.whole < 0 else answers.scores(stretch.whole)
        for place, ticket in (*stretch.cuts, *stretch.changed):
            before, after = plain[:place], answers.scores(ticket)[:place]
            same = np.isclose(before, after, rtol=SAME, atol=SAME, equal_nan=True)
            compared += int(np.isfinite(before).sum())
            if not same.all():
                index = stretch.start + int(np.flatnonzero(~same)[0])
                first = index if first is None else min(first, index)
        cut += len(stretch.cuts)
        changed += len(stretch.changed)
    near = sum(len(stretch.cuts) for stretch in stretches if stretch.at_incident)
    return Causality(cut=cut, changed=changed, near_incidents=near, compared=compared, first_index=first)


def refusal(found: Causality) -> Refusal | None:
    """Looking ahead is refused."""
    if found.first_index is None:
        return None
    why = (
        f"the score at index {found.first_index} of the examined series changes when points after it are taken away or "
        "changed: it used later points"
    )
    return Refusal(check=CheckKind.CAUSALITY, why=why, first_index=found.first_index)
