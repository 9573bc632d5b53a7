"""Whether it went the way that prose says."""

import re
from collections.abc import Iterator

import numpy as np

from argosy.agents.claims import aftermath, words
from argosy.agents.claims.course import trend_before
from argosy.agents.claims.moments import candidate_indices
from argosy.agents.claims.reading import ParsedSentence
from argosy.agents.claims.scene import Scene
from argosy.agents.claims.words import Way

_NAMED = (
    (re.compile(r"\b(?:lowest|minimum)\b", re.I), "lowest"),
    (re.compile(r"\b(?:highest|maximum)\b", re.I), "highest"),
)
_BEFOREHAND = re.compile(
    r"\s*(?:(?:up|down|upwards?|downwards?|steadily|slowly|already)\s+)*(?:before(?:hand)?|earlier|previously)\s*\W*$",
    re.I,
)
"""Behind a motion at the end of its clause: it was before the alert."""
_FIRST_BEFORE = re.compile(r"\s*(?:(?:just|right|shortly) )?(?:before|previously|earlier|prior|until then)\b", re.I)
_STILL = 0.2
_CLEARLY = 1.5


def directions(parsed: ParsedSentence, scene: Scene) -> Iterator[tuple[int, str, str]]:
    """Every word of direction: the number of its clause, how it is written, and what is wrong with it, if anything."""
    for number, clause in enumerate(parsed.clauses):
        for table, ways in (
            ({} if words.TRENDS.search(clause) else words.MOTIONS, _moved(number, parsed, scene)),
            ({} if words.TRENDS.search(clause) else words.POSITIONS, _stood(number, clause, parsed, scene)),
        ):
            for way, pattern in table.items():
                for match in pattern.finditer(clause):
                    told = _other_ways(number, match, parsed, scene)
                    told = ways if told is None else told
                    yield number, match.group(), "" if way in told else "it went or stood the other way"
        for way, pattern in words.CONDITIONS.items():
            for match in pattern.finditer(clause):
                yield (
                    number,
                    match.group(),
                    "" if _is(way, scene) and not _elsewhere(number, parsed) else "the alert is not like that",
                )
    yield from _ratios(parsed, scene)


def _other_ways(clause: int, match: re.Match[str], parsed: ParsedSentence, scene: Scene) -> set[Way] | None:
    """The ways in which it went elsewhere, where a word is of another time than its clause; None where it is not."""
    for found in words.AFTERWARDS.finditer(match.string):
        if found.start() <= match.start() < found.end():
            return _sign(scene.at(scene.extreme) - scene.usual)
    if _BEFOREHAND.match(match.string[match.end() :]) or _of_history(clause, parsed):
        is_motion = any(pattern.search(match.group()) for pattern in words.MOTIONS.values())
        return trend_before(scene) if is_motion else set()
    return None


def _elsewhere(clause: int, parsed: ParsedSentence) -> bool:
    return aftermath.is_after(parsed.clauses, clause) or _of_history(clause, parsed)


def _of_history(clause: int, parsed: ParsedSentence) -> bool:
    """Whether a clause begins with 'before', or follows on one that does, and is about no number or moment."""
    if clause in {*(each.clause for each in parsed.numbers), *(each.clause for each in parsed.moments)}:
        return False
    return any(_FIRST_BEFORE.match(parsed.clauses[each]) for each in {clause, max(0, clause - 1)})


def _moved(clause: int, parsed: ParsedSentence, scene: Scene) -> set[Way]:
    """The ways in which values went there: from one said number to another, else into the alert."""
    if pair := _from_to(clause, parsed):
        return _sign(pair[1] - pair[0])
    if aftermath.is_after(parsed.clauses, clause):
        return aftermath.direction_after(scene)
    where = _where(clause, parsed, scene)
    if where is not None:
        steps = [scene.at(i) - scene.previous(i) for i in where] + [scene.at(i) - scene.usual for i in where]
    else:
        steps = [scene.at(scene.extreme) - scene.usual, scene.at(scene.start) - scene.previous(scene.start)]
        return _beyond(scene).union(*map(_sign, steps))
    return set().union(*map(_sign, steps))


def _beyond(scene: Scene) -> set[Way]:
    """The ways in which the alert passes all that was before it, which may be both."""
    known = scene.figures
    up = known.get("highest", np.nan) > known.get("highest_before", np.nan)
    down = known.get("lowest", np.nan) < known.get("lowest_before", np.nan)
    return ({Way.UP} if up else set()) | ({Way.DOWN} if down else set())


def _stood(clause: int, text: str, parsed: ParsedSentence, scene: Scene) -> set[Way]:
    """Where values, or the score, stood: above or below what is usual, or the threshold."""
    if words.OF_THE_DETECTOR.search(text) and any(word in text.lower() for word in ("score", "threshold")):
        return {Way.UP} if scene.score >= 1 else {Way.DOWN}
    if aftermath.is_after(parsed.clauses, clause):
        return aftermath.level_after(scene)
    where = _where(clause, parsed, scene)
    for pattern, name in _NAMED:
        if where is None and pattern.search(text) and name in scene.figures:
            return _sign(scene.figures[name] - scene.usual)
    if where is None:
        return _sign(scene.at(scene.extreme) - scene.usual)
    return set().union(*(_sign(scene.at(index) - scene.usual) for index in where))


def _from_to(clause: int, parsed: ParsedSentence) -> tuple[float, float] | None:
    own = [number for number in parsed.numbers if number.clause == clause and not number.unit]
    first = [each.value for each in own if each.left.rstrip().lower().endswith("from")]
    second = [each.value for each in own if each.left.rstrip().lower().endswith("to")]
    return (first[0], second[0]) if first and second else None


def _where(clause: int, parsed: ParsedSentence, scene: Scene) -> frozenset[int] | None:
    """The one moment that a clause is about; None where it has none, or a range."""
    own = [each for each in parsed.moments if each.clause == clause and each.until is None]
    found = frozenset[int]().union(*(candidate_indices(each, scene) for each in own))
    return found & frozenset(range(scene.start, scene.stop)) or None


def _sign(change: float) -> set[Way]:
    return {Way.UP} if change > 0 else {Way.DOWN} if change < 0 else set()


def _is(way: Way, scene: Scene) -> bool:
    inside = scene.within[np.isfinite(scene.within)]
    if way is Way.MISSING:
        return len(inside) < scene.points
    if len(inside) < 2:
        return False
    if way is Way.FLAT:
        return float(np.ptp(inside)) <= _STILL * (scene.spread if scene.spread == scene.spread else 0.0)
    return _restless(way, inside, scene)


def _restless(way: Way, inside: np.ndarray, scene: Scene) -> bool:
    before = scene.known_before
    if len(before) < 3:
        return False
    now, then = float(np.abs(np.diff(inside)).mean()), float(np.abs(np.diff(before)).mean())
    return now > _CLEARLY * then if way is Way.NOISIER else now * _CLEARLY < then


def _ratios(parsed: ParsedSentence, scene: Scene) -> Iterator[tuple[int, str, str]]:
    """'Doubled' and its like, taken to a tenth."""
    times = scene.figures.get("times_usual", float("nan"))
    for number, clause in enumerate(parsed.clauses):
        for word in re.findall(r"[a-z]+", clause.lower()):
            if word in words.RATIO_WORDS and not abs(times / words.RATIO_WORDS[word] - 1) <= 0.1:
                yield number, word, "it is another multiple of the usual"
