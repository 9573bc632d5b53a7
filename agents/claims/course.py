"""Whether the course of values was as prose says: how fast, how long, with what trend before, how far of all."""

import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from argosy.agents.claims import aftermath, words
from argosy.agents.claims.reading import ParsedSentence
from argosy.agents.claims.scene import Scene
from argosy.agents.claims.words import Way

_PATH_POINTS = 10
"""How far before the alert a change may have begun."""
_SUDDEN, _GRADUAL = 0.5, 1 / 3
"""The share of a change that its largest step makes up, at least or at most."""
_TREND_POINTS, _TREND_SPREADS = 10, 2.0

Found = Iterator[tuple[int, str, str]]
"""The number of a clause, what is stated as it is written there, and what is wrong with it, if anything."""


def courses(parsed: ParsedSentence, scene: Scene) -> Found:
    """Every statement on the course of values. Denials are followed of a recovery alone."""
    for number, clause in enumerate(parsed.clauses):
        for pattern, wrong in _TABLE.items():
            for match in pattern.finditer(clause):
                yield number, match.group(), wrong(match.group(), clause, scene) or negation_fault(clause)
        if found := words.RECOVERIES.search(clause) or words.NO_RECOVERY.search(clause):
            yield number, found.group(), aftermath.recovery_fault(clause, scene)


def negation_fault(clause: str) -> str:
    """What is wrong with a clause that is turned round; empty where it is not."""
    found = words.NEGATIONS.search(clause)
    return f"it is turned round by {found.group()!r}, which is not followed" if found else ""


def trend_before(scene: Scene) -> set[Way]:
    """The way of the straight line through the values before, where it rises or falls clearly beyond their scatter."""
    values = scene.known_before
    if len(values) < _TREND_POINTS:
        return set()
    places = np.arange(len(values))
    slope, level = np.polyfit(places, values, 1)
    change, scatter = slope * (len(values) - 1), float(np.std(values - slope * places - level))
    if abs(change) <= max(_TREND_SPREADS * scatter, 1e-9 * abs(scene.usual)):
        return set()
    return {Way.UP} if change > 0 else {Way.DOWN}


def _sudden(_: str, clause: str, scene: Scene) -> str:
    return _pace(clause, scene) or ("" if _largest_step(scene) >= _SUDDEN else "it came in several steps")


def _gradual(_: str, clause: str, scene: Scene) -> str:
    return _pace(clause, scene) or ("" if _largest_step(scene) <= _GRADUAL else "most of it came in one step")


def _pace(clause: str, scene: Scene) -> str:
    """Why the pace that a clause tells of cannot be looked up."""
    if aftermath.is_after([clause], 0) or words.TRENDS.search(clause):
        return "how fast it went is known of the alert alone"
    return "" if _largest_step(scene) > 0 else "nothing changed"


def _largest_step(scene: Scene) -> float:
    """Which share of the change from the usual its largest step makes up; NaN where there is no change."""
    change = scene.figures.get("change", 0.0)
    path = scene.series.values[max(scene.first, scene.start - _PATH_POINTS) : scene.extreme + 1]
    known = path[np.isfinite(path)]
    return float((np.diff(known) / change).max()) if change and len(known) > 1 else float("nan")


def _vanished(_: str, __: str, scene: Scene) -> str:
    known = scene.within[np.isfinite(scene.within)]
    gone = not len(known) or (scene.usual != 0 and bool((known == 0).any()))
    return "" if gone else "values are not zero"


def _of_all(text: str, _: str, scene: Scene) -> str:
    """Superlatives: only the lowest and the highest value of the series can be looked up."""
    values = scene.series.values
    if scene.figures.get("lowest") is not None:
        if words.LOWEST_OF_SERIES.match(text):
            return "" if scene.figures["lowest"] == np.nanmin(values) else "the series has lower values"
        if words.HIGHEST_OF_SERIES.match(text):
            return "" if scene.figures["highest"] == np.nanmax(values) else "the series has higher values"
    return "all that ever was is not known"


def _length(text: str, clause: str, scene: Scene) -> str:
    """'For hours', 'within minutes': more than one of the unit, and fewer than make up the next; within is no more."""
    found = words.VAGUE_LENGTH.match(text)
    if found is None or not scene.times_known:
        return "the points are counted, not timed"
    unit = found[2].lower()
    count = scene.points * scene.series.step_s / words.SECONDS_IN[unit]
    if found[1] and words.RECOVERIES.search(clause):
        return "" if count < words.MOST_OF_UNIT[unit] else "the alert is longer"
    return "" if 2 <= count < words.MOST_OF_UNIT[unit] else "the alert is not so long"


def _trend(_: str, clause: str, scene: Scene) -> str:
    if not words.BEFOREHAND.search(clause):
        return "a trend is looked up before the alert alone"
    ways = {way for way, pattern in words.HEADINGS.items() if pattern.search(clause)}
    return "" if ways and ways == trend_before(scene) else "there was no such trend before"


def _nothing_before(_: str, __: str, scene: Scene) -> str:
    return "values before are known" if len(scene.known_before) else ""


def _at_usual(_: str, __: str, scene: Scene) -> str:
    return "" if scene.at(scene.extreme) == scene.usual else "it is not the usual value"


_TABLE: Mapping[re.Pattern[str], Callable[[str, str, Scene], str]] = {
    words.SUDDEN: _sudden,
    words.GRADUAL: _gradual,
    words.VANISHED: _vanished,
    words.SUPERLATIVES: _of_all,
    words.VAGUE_LENGTH: _length,
    words.TRENDS: _trend,
    words.NOTHING_BEFORE: _nothing_before,
    words.AT_USUAL: _at_usual,
}
