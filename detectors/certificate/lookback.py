"""How much history a rule needs: started later, from which point on does it say the same?

One evaluation that starts at an offset tells it directly: the last point at which it differs from the whole still
lacked history. What that gives is tried again from other starts, near events. A late start seldom meets a flag, so
single points are tried as well (`histories.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.form import Lookback
from argosy.detectors.certificate.histories import Histories, differ
from argosy.detectors.certificate.questions import Questions, RuleAnswers
from argosy.detectors.certificate.subject import Subject, flagged
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs

WINDOWS = 4
_SETTLED = 0.9
_JITTER = (13, 29, 7)
"""Added to the offsets, so that they are no multiple of a period that a rule may count by."""


@dataclass(frozen=True)
class Offsets:
    """Evaluations that start late, the longest first: (first point, ticket)."""

    asked: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class NeededHistory:
    """What the offsets say: points of history for flags and scores, None where no bound was found."""

    flags: int | None
    scores: int | None
    tried: int
    differences: Floats

    @property
    def warmup(self) -> int | None:
        return self.scores if self.scores is not None else self.flags


def ask_offsets(questions: Questions, subject: Subject) -> Offsets:
    """Evaluations of about the last half, quarter and eighth."""
    asked = []
    for halvings, jitter in enumerate(_JITTER, start=1):
        size = len(subject) >> halvings
        start = len(subject) - size + min(jitter, size // 8)
        if size >= 8:
            asked.append((start, questions.ask("a later part of the series", subject.input_of(start))))
    return Offsets(tuple(asked))


def needed_history(whole: Floats, answers: RuleAnswers, offsets: Offsets) -> NeededHistory:
    """The history that explains what the later starts say, compared with the scores of the whole, shape (n,)."""
    pairs = [(whole[start:], answers.scores(ticket)) for start, ticket in offsets.asked]
    if not pairs:
        return NeededHistory(None, None, 0, np.empty(0))
    with np.errstate(invalid="ignore"):
        differences = np.abs(pairs[0][0] - pairs[0][1])
    return NeededHistory(
        flags=_bound([flagged(one) != flagged(other) for one, other in pairs]),
        scores=_bound([differ(one, other) for one, other in pairs]),
        tried=len(pairs[0][0]),
        differences=differences,
    )


def _longer(one: int | None, other: int | None) -> int | None:
    """The longer of two bounds; None where there is none."""
    return None if one is None or other is None else max(one, other)


def _bound(differing: Sequence[Bools]) -> int | None:
    """The longest history that was too short, plus one; None when a late start never settles."""
    bound = 1
    for differs in differing:
        if not differs.any():
            continue
        last, size = int(np.flatnonzero(differs)[-1]), len(differs)
        if last < _SETTLED * size or last + 2 <= bound:
            bound = max(bound, last + 2)
        elif size > bound or differs is differing[0]:
            return None
    return bound


@dataclass(frozen=True)
class Window:
    """A stretch three times as long as the scores seem to need: where it starts, and its ticket."""

    start: int
    ticket: int


def ask_windows(
    questions: Questions, subject: Subject, whole: Floats, need: NeededHistory, seed: int = 0
) -> tuple[Window, ...]:
    """Stretches that start before flagged runs and anywhere; none where no bound was found."""
    if need.scores is None:
        return ()
    points = min(3 * need.scores + 64, len(subject))
    count = min(WINDOWS, 2 * len(subject) // points)
    rng = np.random.default_rng(seed)
    begins = rng.permutation(runs(flagged(whole))[:, 0])[: count // 2] - need.scores // 2
    starts = {int(start) for start in np.clip(begins, 0, len(subject) - points)}
    starts |= {int(start) for start in rng.integers(0, len(subject) - points + 1, count - count // 2)}
    return tuple(
        Window(start, questions.ask("a stretch of the series", subject.input_of(start, start + points)))
        for start in sorted(starts)
    )


@dataclass(frozen=True, eq=False)
class StretchHistories:
    """What stretches of the series were found to need, the late starts included; None where no bound was found."""

    flags: int | None
    scores: int | None
    places: int


def history_of_stretches(
    whole: Floats, need: NeededHistory, windows: Sequence[Window], answers: RuleAnswers
) -> StretchHistories:
    """What the offsets say, corrected by the windows."""
    flags, scores = need.flags, need.scores
    for each in windows:
        before, again = whole[each.start :], answers.scores(each.ticket)
        scores = _longer(scores, _bound([differ(before[: len(again)], again)]))
        flags = _longer(flags, _bound([flagged(before[: len(again)]) != flagged(again)]))
    return StretchHistories(flags, scores, len(windows))


def finding_of(need: NeededHistory, stretches: StretchHistories, histories: Histories) -> Lookback:
    """The finding: the longer of what stretches and single points need; where nothing bounds scores, points alone say
    what flags need."""
    scores = _longer(stretches.scores, histories.scores)
    flags = histories.flags if stretches.flags is None else _longer(stretches.flags, histories.flags)
    if flags is not None and scores is not None:
        flags = min(flags, scores)  # the same scores are the same flags
    beyond = need.differences[flags - 1 :] if flags is not None else need.differences
    finite = beyond[np.isfinite(beyond)]
    return Lookback(
        flags_points=flags,
        scores_points=scores,
        tried_points=need.tried,
        anchors=stretches.places + histories.places,
        largest_difference=float(finite.max()) if len(finite) else None,
    )
