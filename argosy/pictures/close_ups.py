"""Where two detectors differ: the events that one sees and the other does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, zip_longest

from argosy.signals.arrays import Bools
from argosy.signals.incidents import runs


class Contrast(StrEnum):
    """What became of an event or alarm on the way from the base to the fusion, in words for a reader."""

    FOUND = "incident found by rules"
    CLEARED = "false alarm taken back"
    LOST = "incident lost by rules"
    ADDED = "false alarm added"


@dataclass(frozen=True)
class CloseUp:
    """A stretch of points [start, stop) worth a closer look."""

    contrast: Contrast
    start: int
    stop: int


def scenes(labels: Bools, base: Bools, fused: Bools, most: int) -> tuple[CloseUp, ...]:
    """Up to `most` differences, each kind in turn, the latest first; all arguments have shape (n,).

    Later ones come first because rules were made on the early part. Scenes come in the order of time.
    """
    kinds = [sorted(found, key=lambda scene: -scene.start) for found in _by_kind(labels, base, fused)]
    in_turn = [scene for scene in chain.from_iterable(zip_longest(*kinds)) if scene is not None]
    return tuple(sorted(in_turn[:most], key=lambda scene: scene.start))


def _by_kind(labels: Bools, base: Bools, fused: Bools) -> Iterator[list[CloseUp]]:
    for contrast, events, seen, unseen in (
        (Contrast.FOUND, labels, fused, base),
        (Contrast.CLEARED, base, base, fused | labels),
        (Contrast.LOST, labels, base, fused),
        (Contrast.ADDED, fused, fused, base | labels),
    ):
        yield [
            CloseUp(contrast, int(start), int(stop))
            for start, stop in runs(events)
            if seen[start:stop].any() and not unseen[start:stop].any()
        ]
