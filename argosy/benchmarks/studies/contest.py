"""A contest of selectors: what each would have reached by its choices, beside fixed choices and the oracle.

Nothing of a subject's own figures is used for its choice. Whatever is fitted on figures, the best fixed choice and past
results alike, is fitted on the other groups: of tables each is a group, of series a whole data set is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from argosy.detectors.cards import Card, PastResult, rank_cards
from argosy.eval.bench.intervals import Interval, bootstrap


@dataclass(frozen=True, eq=False)
class Contest:
    """`figures`: one row a subject, one column a detector, higher is better. `tags` and `groups` are by subject.

    `others` are figures of whatever else chooses, by its name and by subject.
    """

    figures: pd.DataFrame
    tags: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, str]
    cards: Sequence[Card]
    refused: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Standing:
    """What one way of choosing reached: by subject, and in words how honest it is. `picks` are by subject."""

    way: str
    honesty: str
    reached: pd.Series
    picks: Mapping[str, str] = field(default_factory=dict)

    def mean(self) -> float:
        """Over subjects."""
        return float(self.reached.mean())


CARDS, WITH_PAST, FIXED = "cards", "cards and past results", "best fixed choice"


def standings(contest: Contest) -> list[Standing]:
    """All ways of choosing, the selectors first."""
    figures = contest.figures
    found = [
        _picked(CARDS, "nothing is fitted", {each: _choice(contest, each) for each in figures.index}, figures),
        _picked(
            WITH_PAST,
            "past: the other groups",
            {s: _choice(contest, s, past_of(contest, s)) for s in figures.index},
            figures,
        ),
        _picked(FIXED, "found on the other groups", {each: _fixed(contest, each) for each in figures.index}, figures),
    ]
    best = _mean_of_groups(figures, contest.groups).idxmax()
    found.append(_picked(f"{FIXED}: {best}", "in hindsight", dict.fromkeys(figures.index, str(best)), figures))
    found.append(Standing("mean of the candidates", "a choice by chance", figures.mean(axis=1)))
    found.append(Standing("oracle", "the best of each subject", figures.max(axis=1)))
    found += [
        Standing(name, "its own", pd.Series(dict(values)).reindex(figures.index))
        for name, values in contest.others.items()
    ]
    return found


def past_of(contest: Contest, subject: str) -> list[PastResult]:
    """What detectors reached in the other groups."""
    return [each for each in records_of(contest) if contest.groups[each.subject] != contest.groups[subject]]


def records_of(contest: Contest) -> list[PastResult]:
    """What detectors reached on every subject."""
    names = [str(name) for name in contest.figures.columns]
    rows = contest.figures.to_numpy(dtype=np.float64)
    return [
        PastResult(subject, contest.tags[subject], {k: float(v) for k, v in zip(names, row, strict=True) if v == v})
        for subject, row in zip(map(str, contest.figures.index), rows, strict=True)
    ]


def gain(one: Standing, other: Standing) -> Interval:
    """By how much one way is better than another, subject by subject, with its 95 % interval."""
    return bootstrap((one.reached - other.reached).to_numpy(dtype="float64"))


def by_group(standing: Standing, groups: Mapping[str, str]) -> pd.Series:
    """The mean of each group."""
    return standing.reached.groupby([groups[str(each)] for each in standing.reached.index]).mean()


def _picked(way: str, honesty: str, picks: dict[str, str], figures: pd.DataFrame) -> Standing:
    rows, columns = figures.index.get_indexer(pd.Index(picks)), figures.columns.get_indexer(pd.Index(picks.values()))
    reached = pd.Series(figures.to_numpy(dtype=np.float64)[rows, columns], index=list(picks))
    return Standing(way, honesty, reached, picks)


def _choice(contest: Contest, subject: str, past: Sequence[PastResult] = ()) -> str:
    refused = contest.refused.get(subject, ())
    cards = [card for card in contest.cards if card.name not in refused]
    return rank_cards(cards, contest.tags[subject], past)[0].name


def _fixed(contest: Contest, subject: str) -> str:
    """The detector with the best mean over the other groups."""
    others = [each for each in contest.figures.index if contest.groups[each] != contest.groups[subject]]
    return str(_mean_of_groups(contest.figures.loc[others], contest.groups).idxmax())


def _mean_of_groups(figures: pd.DataFrame, groups: Mapping[str, str]) -> pd.Series:
    return figures.groupby([groups[str(each)] for each in figures.index]).mean().mean()
