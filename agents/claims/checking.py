"""Each claim of a sentence, and whether it holds for an alert."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from argosy.agents.claims import words
from argosy.agents.claims.course import courses, negation_fault
from argosy.agents.claims.directions import directions
from argosy.agents.claims.moments import candidate_indices, moment_fault
from argosy.agents.claims.numbers import number_fault
from argosy.agents.claims.reading import Moment, Number, ParsedSentence, read
from argosy.agents.claims.scene import Scene
from argosy.agents.claims.unread import states_only_firing, unchecked_clauses, unknown_code


class ClaimKind(StrEnum):
    """What a claim is about."""

    NUMBER = "number"
    TIME = "time"
    DIRECTION = "direction"
    CAUSE = "cause"
    """What lies behind the alert: a series cannot show it, so it never holds."""
    COURSE = "course"
    """How it went: how fast, how long, with what trend before, and whether values were usual again."""
    DETECTOR = "detector"
    """What fired, by name or by its clause."""
    UNREAD = "unread"
    """What cannot be followed: it never holds."""


@dataclass(frozen=True)
class Claim:
    """Something that a sentence states, as it is written there; `why` says of one that does not hold what is wrong."""

    kind: ClaimKind
    text: str
    holds: bool
    why: str = ""


Found = Iterator[tuple[int, Claim]]
"""Claims, each with the number of its clause."""


def check(sentence: str, scene: Scene) -> tuple[Claim, ...]:
    """All claims of a sentence about the alert of a scene, each checked."""
    parsed = read(sentence, (*scene.clauses, *scene.detectors, *scene.settings))
    bound = {number: _bound(number, parsed) for number in parsed.numbers}
    found = [
        *_numbers(parsed, scene, bound),
        *_times(parsed, scene, bound),
        *_directions(parsed, scene),
        *_courses(parsed, scene),
        *_causes(parsed),
    ]
    claims = [claim for _, claim in found]
    return (
        *claims,
        *_of_the_detector(parsed, scene, bool(claims)),
        *_unread(parsed, scene, {clause for clause, _ in found}),
    )


def _bound(number: Number, parsed: ParsedSentence) -> Moment | None:
    """The moment at which a number is said to have been: the nearest of its clause, or that of a clause before it
    which holds nothing else."""
    own = [each for each in parsed.moments if each.clause == number.clause]
    if own:
        return min(own, key=lambda each: abs(each.at - number.at))
    before = [each for each in parsed.moments if each.clause == number.clause - 1]
    alone = not any(each.clause == number.clause - 1 for each in parsed.numbers)
    return before[-1] if before and alone else None


def _numbers(parsed: ParsedSentence, scene: Scene, bound: dict[Number, Moment | None]) -> Found:
    for number in parsed.numbers:
        moment = bound[number]
        where = None if moment is None or moment.until else candidate_indices(moment, scene)
        why = number_fault(number, parsed, scene, where) or _negated(parsed, number.clause)
        yield number.clause, Claim(ClaimKind.NUMBER, number.text, not why, why)


def _times(parsed: ParsedSentence, scene: Scene, bound: dict[Number, Moment | None]) -> Found:
    for moment in parsed.moments:
        values = [number for number, at in bound.items() if at is moment]
        why = moment_fault(moment, values, scene) or _negated(parsed, moment.clause)
        yield moment.clause, Claim(ClaimKind.TIME, moment.text, not why, why)
    for number, clause in enumerate(parsed.clauses):
        for match in words.NO_SUCH_TIME.finditer(clause):
            yield number, Claim(ClaimKind.TIME, match.group(), False, "it cannot be told which time is meant")


def _directions(parsed: ParsedSentence, scene: Scene) -> Found:
    for clause, text, why in directions(parsed, scene):
        why = why or _negated(parsed, clause)
        yield clause, Claim(ClaimKind.DIRECTION, text, not why, why)


def _causes(parsed: ParsedSentence) -> Found:
    if words.OF_THE_DETECTOR.search(" ".join(parsed.clauses)):
        return
    for number, clause in enumerate(parsed.clauses):
        for match in words.CAUSES.finditer(clause):
            yield number, Claim(ClaimKind.CAUSE, match.group(), False, "a series does not show causes")


def _courses(parsed: ParsedSentence, scene: Scene) -> Found:
    for clause, text, why in courses(parsed, scene):
        yield clause, Claim(ClaimKind.COURSE, text, not why, why)


def _of_the_detector(parsed: ParsedSentence, scene: Scene, states_more: bool) -> Iterator[Claim]:
    """That it fired counts as a claim where a sentence states nothing else."""
    for code in unknown_code(parsed, scene):
        yield Claim(ClaimKind.DETECTOR, code, False, "the detector has no such clause or setting")
    if not states_more and states_only_firing(parsed, scene):
        yield Claim(ClaimKind.DETECTOR, parsed.text, True)


def _unread(parsed: ParsedSentence, scene: Scene, read: Collection[int]) -> Iterator[Claim]:
    left = list(unchecked_clauses(parsed, read))
    if not left and not read and not states_only_firing(parsed, scene):
        left = [parsed.text]
    for text in left:
        yield Claim(ClaimKind.UNREAD, text, False, "it cannot be followed")


def _negated(parsed: ParsedSentence, clause: int) -> str:
    return negation_fault(parsed.clauses[clause])
