"""Detector cards: what each detector is good and bad at, as words that a profile can be matched with.

A card is one reviewed YAML file. No detector is run here, no model asked, and no label looked at.
"""

from argosy.detectors.cards.card import Card, CardKind, Provision, card_text, read_card
from argosy.detectors.cards.card_files import packaged_cards, read_cards
from argosy.detectors.cards.match import Match, PastResult, rank_cards
from argosy.detectors.cards.past_files import packaged_past
from argosy.detectors.cards.selector import CardSelector
from argosy.detectors.cards.tags import Goal, series_tags, table_tags

__all__ = [
    "Card",
    "CardKind",
    "CardSelector",
    "Goal",
    "Match",
    "PastResult",
    "Provision",
    "card_text",
    "packaged_cards",
    "packaged_past",
    "rank_cards",
    "read_card",
    "read_cards",
    "series_tags",
    "table_tags",
]
