"""Each claim of a sentence, and whether it holds for an alert."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from detectors.claims import words
from detectors.claims.directions import directions
from detectors.claims.moments import held, looked_up
from detectors.claims.numbers import number_holds
from detectors.claims.reading import Moment, Number, Words, read
from detectors.claims.scene import Scene


class ClaimKind(StrEnum):
    """What a claim is about."""

    NUMBER = "number"
    TIME = "time"
    DIRECTION = "direction"
    CAUSE = "cause"
    """What lies behind the alert: a series cannot show it, so it never holds."""


@dataclass(frozen=True)
class Claim:
    """Something that a sentence states, as it is written there; `why` says of one that does not hold what is wrong."""

    kind: ClaimKind
    text: str
    holds: bool
    why: str = ""


def check(sentence: str, scene: Scene) -> tuple[Claim, ...]:
    """All claims of a sentence about the alert of a scene, each checked."""
    said = read(sentence, (*scene.clauses, *scene.detectors, *scene.settings))
    bound = {number: _bound(number, said) for number in said.numbers}
    claims = [*_numbers(said, scene, bound), *_times(said, scene, bound), *_directions(said, scene), *_causes(said)]
    return tuple(claims)


def _bound(number: Number, said: Words) -> Moment | None:
    """The moment at which a number is said to have been: the nearest of its clause, or that of a clause before it
    which holds nothing else."""
    own = [each for each in said.moments if each.clause == number.clause]
    if own:
        return min(own, key=lambda each: abs(each.at - number.at))
    before = [each for each in said.moments if each.clause == number.clause - 1]
    alone = not any(each.clause == number.clause - 1 for each in said.numbers)
    return before[-1] if before and alone else None


def _numbers(said: Words, scene: Scene, bound: dict[Number, Moment | None]) -> Iterator[Claim]:
    for number in said.numbers:
        moment = bound[number]
        where = None if moment is None or moment.until else looked_up(moment, scene)
        why = number_holds(number, said, scene, where) or _negated(said, number.clause)
        yield Claim(ClaimKind.NUMBER, number.text, not why, why)


def _times(said: Words, scene: Scene, bound: dict[Number, Moment | None]) -> Iterator[Claim]:
    for moment in said.moments:
        values = [number for number, at in bound.items() if at is moment]
        why = held(moment, values, scene) or _negated(said, moment.clause)
        yield Claim(ClaimKind.TIME, moment.text, not why, why)
    for clause in said.clauses:
        for match in words.NO_SUCH_TIME.finditer(clause):
            yield Claim(ClaimKind.TIME, match.group(), False, "it cannot be told which time is meant")


def _directions(said: Words, scene: Scene) -> Iterator[Claim]:
    for clause, text, why in directions(said, scene):
        why = why or _negated(said, clause)
        yield Claim(ClaimKind.DIRECTION, text, not why, why)


def _causes(said: Words) -> Iterator[Claim]:
    if words.OF_THE_DETECTOR.search(" ".join(said.clauses)):
        return
    for clause in said.clauses:
        for match in words.CAUSES.finditer(clause):
            yield Claim(ClaimKind.CAUSE, match.group(), False, "a series does not show causes")


def _negated(said: Words, clause: int) -> str:
    found = words.NEGATIONS.search(said.clauses[clause])
    return f"it is turned round by {found.group()!r}, which is not followed" if found else ""
