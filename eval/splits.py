"""Parts of a series by time: training first, then validation, the lockbox last."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar, assert_never

from argosy.eval.shares import LOCKBOX, VALIDATION
from argosy.signals.errors import BadInput

T = TypeVar("T")


class Part(StrEnum):
    """The parts of the data, in the order of time."""

    TRAIN = "train"
    VALIDATION = "validation"
    LOCKBOX = "lockbox"


@dataclass(frozen=True)
class Splits:
    """Where the parts of `points` points begin and end."""

    train_stop: int
    validation_stop: int
    points: int

    @property
    def train(self) -> slice:
        return slice(0, self.train_stop)

    @property
    def validation(self) -> slice:
        return slice(self.train_stop, self.validation_stop)

    @property
    def lockbox(self) -> slice:
        return slice(self.validation_stop, self.points)

    def of(self, part: Part) -> slice:
        """The part of that name."""
        match part:
            case Part.TRAIN:
                return self.train
            case Part.VALIDATION:
                return self.validation
            case Part.LOCKBOX:
                return self.lockbox
        assert_never(part)


def split(points: int, validation: float = VALIDATION, lockbox: float = LOCKBOX) -> Splits:
    """Cuts `points` points by time: the lockbox from the end, validation before it, training the rest.

    The shares are rounded to whole points. Raises BadInput when a share is negative or training would be empty.

    >>> split(10)
    Splits(train_stop=5, validation_stop=7, points=10)
    """
    check_shares(validation, lockbox)
    validation_stop = points - round(points * lockbox)
    train_stop = validation_stop - round(points * validation)
    if train_stop < 1:
        raise BadInput(
            "--validation, --lockbox",
            f"{validation} and {lockbox} of {points} points leave none for training",
            "give smaller shares or more points",
        )
    return Splits(train_stop, validation_stop, points)


def check_shares(validation: float, lockbox: float) -> None:
    """Raises BadInput when no series, however long, could be cut by these shares.

    >>> check_shares(0.2, 0.3)
    """
    for name, share in (("--validation", validation), ("--lockbox", lockbox)):
        if not 0 <= share < 1:
            raise BadInput(name, f"{share} is no share of the data", "give a number from 0 up to, not including, 1")
    if validation + lockbox >= 1:
        problem = f"{validation} and {lockbox} of the points leave none for training"
        raise BadInput("--validation, --lockbox", problem, "give smaller shares")


class LockboxSpent(Exception):
    """Somebody asked for the lockbox a second time: what it says now would no longer be honest."""


class Lockbox(Generic[T]):
    """Holds what may be looked at once, at the end.

    >>> box = Lockbox("the last part")
    >>> box.open(), box.openings
    ('the last part', 1)
    """

    def __init__(self, content: T) -> None:
        self._content = content
        self.openings = 0

    def open(self) -> T:
        """The content, the first time; raises LockboxSpent ever after. Every try is counted in `openings`."""
        self.openings += 1
        if self.openings > 1:
            raise LockboxSpent("the lockbox has been opened before; its result cannot be had a second time")
        return self._content
