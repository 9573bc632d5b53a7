"""What a session needs to shortlist baselines before one is fitted, as values."""

from dataclasses import dataclass

from argosy.detectors.cards import Card, PastResult


@dataclass(frozen=True)
class ShortlistSettings:
    """The cards of what may become the base, results of earlier sessions, and a team's own practices.

    `most` is how many of the baselines are left to be fitted and tried on validation.
    """

    cards: tuple[Card, ...]
    past: tuple[PastResult, ...] = ()
    practices: str = ""
    most: int = 3
