"""Drain: lines with the same words at the same places are one template (He et al., ICWS 2017).

A tree of fixed depth leads a line to its neighbours: by how many words it has, by what keeps it apart from others, and
by its first word. Of these it joins the one most like it; what differs becomes a wildcard. Memory and time are bounded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from argosy.detectors.logs.masking import WILDCARD

_MOST_CHILDREN = 1_000
_MOST_COMPARED = 200


@dataclass(eq=False)
class Cluster:
    """Lines that are one template; its words become more general as lines come, its id stays."""

    id: int
    words: tuple[str, ...]


@dataclass(eq=False)
class _Node:
    """Lines of one length and kind, by their first word: those beyond the most have the wildcard's place in common."""

    leaves: dict[str, list[Cluster]] = field(default_factory=dict)

    def find(self, first: str) -> Sequence[Cluster]:
        return self.leaves.get(first) or self.leaves.get(WILDCARD) or ()

    def add(self, first: str, cluster: Cluster) -> None:
        room = _MOST_CHILDREN - (WILDCARD not in self.leaves)
        place = first if first in self.leaves or len(self.leaves) < room else WILDCARD
        self.leaves.setdefault(place, []).append(cluster)


class Drain:
    """At most `most` clusters. A line joins one of which at least the share `similar` of its words agrees.

    A line is compared with the newest of its neighbours only, so that a log without structure stays cheap.

    >>> drain = Drain(most=100, similar=0.6)
    >>> [drain.place("", text.split()).id for text in ("ann logged in", "bob logged in", "all well")]
    [1, 2, 3]
    >>> [drain.place("", text.split()).words for text in ("job a done well", "job b done well")][-1]
    ('job', '<*>', 'done', 'well')
    """

    def __init__(self, most: int, similar: float) -> None:
        self._most, self._similar = most, similar
        self._nodes: dict[tuple[int, str], _Node] = {}
        self._count = 0

    def place(self, apart: str, words: Sequence[str]) -> Cluster | None:
        """The cluster of a line, a new one where it is like none; lines that differ in `apart` are never in one.

        When there are as many as there may be, only one that the line fits as it stands; None without.
        """
        first = words[0] if len(words) > 1 else ""
        node = self._nodes.get((len(words), apart))
        near = node.find(first)[-_MOST_COMPARED:] if node else ()
        if self._count >= self._most:
            return _most_alike(near, words, 1.0, fits=True)
        found = _most_alike(near, words, self._similar)
        if found is None:
            return self._added(apart, first, words)
        found.words = tuple(a if a == b else WILDCARD for a, b in zip(found.words, words, strict=True))
        return found

    def _added(self, apart: str, first: str, words: Sequence[str]) -> Cluster:
        self._count += 1
        cluster = Cluster(self._count, tuple(words))
        self._nodes.setdefault((len(words), apart), _Node()).add(first, cluster)
        return cluster


def _most_alike(among: Iterable[Cluster], words: Sequence[str], least: float, fits: bool = False) -> Cluster | None:
    """The cluster most like a line, of equal ones the most general, then the oldest; None where all are less alike."""
    best, most = None, (least, -1)
    for cluster in among:
        likeness = _likeness(cluster.words, words, fits)
        if likeness > most:
            best, most = cluster, likeness
    return best


def _likeness(template: Sequence[str], words: Sequence[str], fits: bool) -> tuple[float, int]:
    """The share of words that are the same, and how many of the template's places vary.

    Places that vary in both say nothing of whether it is the same message. For `fits` a wildcard stands for any word.
    """
    counted = same = varying = 0
    for a, b in zip(template, words, strict=True):
        if a == WILDCARD:
            varying += 1
            counted += b != WILDCARD and not fits
        else:
            counted += 1
            same += a == b
    return (same / counted if counted else 1.0), varying
