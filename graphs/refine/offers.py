"""What a library of rules offers to a session, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from argosy.detectors.rules.rule import Direction, Number
from argosy.detectors.rules.transfer import Unit


@dataclass(frozen=True)
class Offer:
    """A stored rule as the library offers it: `gain` is the mean it brought, on so many `series`.

    `unit` is that of the series it was tuned on, where that is known.
    """

    rule: str
    source: str
    params: Mapping[str, Number]
    direction: Direction
    language_model: bool
    unit: Unit | None = None
    gain: float = 0.0
    series: int = 1


@dataclass(frozen=True)
class Library:
    """Offers, the best record first, and how many of them a session may try. None, and nothing is offered."""

    offers: tuple[Offer, ...] = ()
    most: int = 8
