"""Options that take one of a few words."""

from collections.abc import Mapping
from typing import TypeVar

from argosy.detectors.rules.rule import Direction
from argosy.signals.errors import BadInput

T = TypeVar("T")

DIRECTIONS: Mapping[str, tuple[Direction, ...]] = {
    "flag": (Direction.FLAG,),
    "clear": (Direction.CLEAR,),
    "both": (Direction.FLAG, Direction.CLEAR),
}


def one_of(option: str, word: str, choices: Mapping[str, T]) -> T:
    """What the word stands for. Raises BadInput that lists the words there are."""
    if word in choices:
        return choices[word]
    raise BadInput(f"{option} {word}", "is not known", f"give one of {', '.join(choices)}")
