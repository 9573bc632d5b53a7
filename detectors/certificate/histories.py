"""How much history flagged points need: the rule is started ever later, until it no longer flags what it flags.

One start tells of every point after it, each with one point of history more. Starts at doubled distances before the end
of flagged runs find the runs that need most; starts between the last that was too late and the one before it tell how
much that is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.questions import Failed, Questions, RuleAnswers, Run
from argosy.detectors.certificate.subject import Subject, flagged
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs

SAME = 1e-9
RUNS, OTHERS, WORST = 6, 2, 2
LONGEST_TRIED = 16_384
_POINTS = 6_000_000  # that all first stretches may hold together
_BETWEEN = 5
_REFINEMENTS = 2


@dataclass(frozen=True)
class Histories:
    """Lengths of history, the point itself included, from which on flags and scores were those of the whole.

    None: not even the longest that was tried was enough. `places` were tried, `seconds` spent in the rule.
    """

    flags: int | None
    scores: int | None
    places: int
    seconds: float


def differ(one: Floats, other: Floats) -> Bools:
    """Where two arrays of scores, shape (n,), are not the same to 1e-9."""
    return np.asarray(~np.isclose(one, other, rtol=SAME, atol=SAME, equal_nan=True))


def find_histories(
    subject: Subject, whole: Floats, proposed: int | None, run: Run, seed: int = 0
) -> Histories | Failed:
    """Tries up to twice the `proposed` number of points; up to `LONGEST_TRIED` where that is not enough or not known.

    `whole` are the scores of the whole series, shape (n,). Raises what `run` raises.
    """
    most = min(LONGEST_TRIED, max(1, len(subject) // 4))
    if proposed is not None and 2 * proposed < most:
        found = _searched(_Search(subject, whole, 2 * proposed), run, seed)
        if isinstance(found, Failed) or found.scores is not None:
            return found
    return _searched(_Search(subject, whole, most), run, seed)


def _searched(search: "_Search", run: Run, seed: int) -> Histories | Failed:
    ends = search.ends(np.random.default_rng(seed))
    asked: dict[int, list[int]] = {end: _doubled(search.longest) for end in ends}
    for _ in range(1 + _REFINEMENTS):
        failed = search.ask(asked, run)
        if failed is not None:
            return failed
        asked = search.narrower()
        if not asked:
            break
    return search.found()


def _doubled(longest: int) -> list[int]:
    return sorted({*(1 << k for k in range(longest.bit_length())), longest})


class _Search:
    """What is known so far: by the end of a run, then by the distance of a start before it, what was too short."""

    def __init__(self, subject: Subject, whole: Floats, longest: int) -> None:
        self.longest = longest
        self._subject, self._whole = subject, whole
        self._flags: dict[int, dict[int, int]] = {}
        self._scores, self._seconds = 1, 0.0

    def ends(self, rng: np.random.Generator) -> list[int]:
        """Just past flagged runs, spread evenly, and past points drawn by chance; all with enough before them."""
        stops = [int(stop) for _, stop in runs(flagged(self._whole)) if stop > self.longest]
        most = max(1, min(RUNS, _POINTS // (4 * len(_doubled(self.longest)) * self.longest)))
        shown = [stops[i] for i in np.unique(np.linspace(0, len(stops) - 1, most).astype(int))] if stops else []
        return sorted({*shown, *map(int, rng.integers(self.longest, len(self._whole) + 1, OTHERS))})

    def ask(self, asked: Mapping[int, Iterable[int]], run: Run) -> Failed | None:
        """Starts the rule so many points before each end, in one job, and notes what was too short."""
        questions = Questions(self._subject.source, self._subject.params)
        tickets = []
        for end, distances in asked.items():
            stop = min(end + self.longest, len(self._whole))
            for distance in distances:
                ticket = questions.ask("a later start", self._subject.input_of(end - distance, stop))
                tickets.append((end, distance, ticket))
        answers = questions.answered(run)
        self._seconds += answers.all_seconds
        if answers.failure:
            return answers.failure
        for end, distance, ticket in tickets:
            self._note(end, distance, answers, ticket)
        return None

    def _note(self, end: int, distance: int, answers: RuleAnswers, ticket: int) -> None:
        said = answers.scores(ticket)
        whole = self._whole[end - distance :][: len(said)]
        self._flags.setdefault(end, {})[distance] = _enough(flagged(said) != flagged(whole))
        self._scores = max(self._scores, _enough(differ(said, whole)))

    def narrower(self) -> dict[int, list[int]]:
        """Starts still to be tried, where most is needed: between the one that needed it and the next before it."""
        worst = sorted(self._flags, key=lambda end: max(self._flags[end].values()), reverse=True)[:WORST]
        asked = {}
        for end in worst:
            known = self._flags[end]
            at = max(known, key=lambda distance: known[distance])
            before = min((distance for distance in known if distance > at), default=at)
            between = {int(each) for each in np.linspace(at, before, _BETWEEN + 2)[1:-1]} - {at, before}
            if known[at] > 1 and between:
                asked[end] = sorted(between)
        return asked

    def found(self) -> Histories:
        """All of it together."""
        flags = max((max(each.values()) for each in self._flags.values()), default=1)
        return Histories(
            flags if flags <= self.longest else None,
            self._scores if self._scores <= self.longest else None,
            sum(map(len, self._flags.values())),
            self._seconds,
        )


def _enough(differs: Bools) -> int:
    """The history from which on nothing differs: one point more than the last that differs has."""
    last = np.flatnonzero(differs)
    return int(last[-1]) + 2 if len(last) else 1
