"""Where cards are: those that come along, and those of a team."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from argosy.detectors.cards.card import Card, CardKind, read_card, read_card_file
from argosy.signals.errors import BadInput

MOST_CARDS = 1_000


@cache
def packaged_cards(kind: CardKind) -> tuple[Card, ...]:
    """The cards that come along, by name. Raises BadInput where one of them is damaged."""
    folder = files("argosy.detectors.cards").joinpath(kind.value)
    sheets = sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)
    return tuple(read_card(each.read_text(encoding="utf-8"), each.name) for each in sheets)


def read_cards(path: Path, kind: CardKind, *, unreviewed: bool = False) -> tuple[tuple[Card, ...], tuple[str, ...]]:
    """A team's cards of a kind, from a file or a folder of YAML files; and notes about those that were left out.

    A card that nobody has reviewed is left out unless `unreviewed`. Raises BadInput.
    """
    cards = [read_card_file(each) for each in _sheets(path)]
    wanted = [card for card in cards if card.kind is kind]
    kept = [card for card in wanted if card.reviewed or unreviewed]
    notes = [
        f"the card of {card.name} is left out: nobody has reviewed it; --unreviewed takes it all the same"
        for card in wanted
        if card not in kept
    ]
    return tuple(kept), tuple(notes)


def all_cards(own: Sequence[Card], kind: CardKind) -> tuple[Card, ...]:
    """All cards of a kind; a team's own counts instead of the one of its name that comes along.

    Raises BadInput when two of the team's have one name.
    """
    names = [card.name for card in own]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"card {name}", "there is more than one of this name", "keep one of them")
    return (*(card for card in packaged_cards(kind) if card.name not in names), *own)


def _sheets(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(each for each in path.iterdir() if each.suffix in (".yaml", ".yml"))
        if not found or len(found) > MOST_CARDS:
            raise BadInput(str(path), f"holds {len(found)} YAML files", f"name a folder with 1 to {MOST_CARDS} cards")
        return found
    if not path.is_file():
        raise BadInput(str(path), "no such file or folder", "name a card, or a folder of cards")
    return [path]
