"""Selection by cards alone: no model, no label, the same answer every time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from argosy.detectors.cards.card import Card, CardKind
from argosy.detectors.cards.card_files import packaged_cards
from argosy.detectors.cards.match import Match, PastResult, rank_cards
from argosy.detectors.cards.tags import Goal, series_tags
from argosy.signals.profile import Profile


@dataclass(eq=False)
class CardSelector:
    """Ranks series detectors by how well their cards match a profile; a `Selector`.

    What is offered and has no card comes last, in the order it was offered.
    """

    cards: Sequence[Card] = field(default_factory=lambda: packaged_cards(CardKind.SERIES))
    past: Sequence[PastResult] = ()
    goal: Goal = Goal.FLAG
    name: str = "cards"

    def select(self, profile: Profile, offered: Sequence[str]) -> Sequence[str]:
        """The names that are offered, the best match first."""
        matches = [match.name for match in self.matches(profile, offered)]
        return (*matches, *(name for name in offered if name not in matches))

    def matches(self, profile: Profile, offered: Sequence[str]) -> tuple[Match, ...]:
        """The matches of what is offered and has a card, with their reasons."""
        cards = {card.name: card for card in self.cards}
        listed = [cards[name] for name in offered if name in cards]
        return rank_cards(listed, series_tags(profile, self.goal), self.past)
