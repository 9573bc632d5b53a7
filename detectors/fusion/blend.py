"""Several detectors' scores of one signal as one: ways to agree, all with a threshold of 1."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import assert_never

import numpy as np

from argosy.signals.arrays import Floats
from argosy.signals.scores import Scores

LOUDEST = 2.0
"""Where scores are averaged, none counts for more, nor for less than 0: one detector with large scores, or one that
looks the other way, must not decide alone."""


class Blend(StrEnum):
    """When several detectors together flag."""

    ANY = "any"
    """One of them flags: the highest score."""
    ALL = "all"
    """All that have an opinion flag: the lowest score."""
    VOTE = "vote"
    """More than half of those with an opinion flag."""
    MEAN = "mean"
    """The mean score, each taken for 0 to 2, is at least 1."""
    WEIGHTED = "weighted"
    """As the mean, with a weight for each."""


def blend(how: Blend, by_detector: Mapping[str, Scores], weights: Mapping[str, float] | None = None) -> Scores:
    """One score a point, shape (n,), of detectors by name; those that have no opinion on a point are left out there.

    `weights` count for WEIGHTED alone, 1 where none is given. `fired` says which of the detectors flagged what is
    flagged now, and `reasons` are theirs. Raises ValueError for no detectors, or weights that add up to nothing.

    >>> said = {"a": Scores(np.array([0.5, 2.0])), "b": Scores(np.array([np.nan, 0.5]))}
    >>> blend(Blend.ANY, said).values.tolist(), blend(Blend.ALL, said).values.tolist()
    ([0.5, 2.0], [0.5, 0.5])
    """
    if not by_detector:
        raise ValueError("there is nothing to blend")
    table = np.stack([scores.values for scores in by_detector.values()])
    each = np.array([(weights or {}).get(name, 1.0) if how is Blend.WEIGHTED else 1.0 for name in by_detector])
    if (each < 0).any() or not each.any():
        raise ValueError(f"no blend has the weights {each.tolist()}")
    values = _blended(how, table, each)
    flags = values >= 1.0
    fired = {name: scores.flags & flags for name, scores in by_detector.items()}
    return Scores(values, fired, _reasons(by_detector))


def _blended(how: Blend, table: Floats, weights: Floats) -> Floats:
    known = ~np.isnan(table)
    match how:
        case Blend.ANY:
            return np.asarray(np.fmax.reduce(table, axis=0), dtype=np.float64)
        case Blend.ALL:
            return np.asarray(np.fmin.reduce(table, axis=0), dtype=np.float64)
        case Blend.VOTE:
            opinions = known.sum(axis=0)
            shares = (table >= 1.0).sum(axis=0) / (opinions // 2 + 1)
            return np.where(opinions > 0, shares, np.nan)
        case Blend.MEAN | Blend.WEIGHTED:
            share = known * weights[:, None]
            sums, total = (np.where(known, np.clip(table, 0.0, LOUDEST), 0.0) * share).sum(axis=0), share.sum(axis=0)
            mean = np.divide(sums, total, out=np.full(table.shape[1], np.nan), where=total > 0)
            return np.asarray(mean, dtype=np.float64)
    assert_never(how)


def _reasons(by_detector: Mapping[str, Scores]) -> Mapping[int, str]:
    """Each point's reasons, with whose they are where there are several detectors."""
    found: dict[int, list[str]] = {}
    for name, scores in by_detector.items():
        for at, reason in scores.reasons.items():
            found.setdefault(at, []).append(f"{name}: {reason}" if len(by_detector) > 1 else reason)
    return {at: _joined(found[at]) for at in sorted(found)}


def _joined(reasons: Sequence[str]) -> str:
    return " | ".join(reasons)
