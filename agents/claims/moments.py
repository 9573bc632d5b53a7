"""Whether moments that prose names are those of the alert."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from argosy.agents.claims import words
from argosy.agents.claims.numbers import agrees
from argosy.agents.claims.reading import Moment, MomentKind, Number
from argosy.agents.claims.scene import Scene

_BEGINS = re.compile(r"\b(?:beg[iau]n\w*|start\w*|onset|first|since|from|sets? in|open\w*)\b", re.IGNORECASE)
_ENDS = re.compile(
    r"\b(?:end\w*|until|till|through|last\w*|stop\w*|recover\w*|return\w*|back|subsid\w+|normal again|over by)\b",
    re.IGNORECASE,
)
_PEAKS = re.compile(
    r"\b(?:peak\w*|lowest|highest|bottom\w*|minimum|maximum|extreme\w*|farthest|furthest|trough|most)\b", re.IGNORECASE
)
_STRETCHES = (MomentKind.DATE, MomentKind.WEEKDAY, MomentKind.MONTH, MomentKind.DAY_PART)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\D*?(?:([ap])\.?m)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def candidate_indices(moment: Moment, scene: Scene) -> frozenset[int]:
    """The indices in the neighbourhood that a moment may mean; of a range those of its beginning."""
    return _indices(moment.kind, moment.value, scene)


def moment_fault(moment: Moment, values: Sequence[Number], scene: Scene) -> str:
    """What is wrong with a moment; empty where nothing is. `values` are the numbers that the sentence gives for it."""
    where = candidate_indices(moment, scene)
    if not where:
        return "no point of the alert or beside it is there"
    if moment.until is not None:
        return _range(moment, where, scene)
    if moment.kind in _STRETCHES:
        return "" if where & _spoken_of(f"{moment.left} {moment.right}", scene) else "the alert lies elsewhere"
    if any(agrees(number, scene.at(index), scene) for number in values for index in where):
        return ""
    named = _named(f"{moment.left} {moment.right}", scene)
    return "" if where & named else "that is not when it was"


def _range(moment: Moment, where: frozenset[int], scene: Scene) -> str:
    until = _indices(moment.kind, moment.until or "", scene)
    alert = scene.start in where and until & {scene.stop - 1, scene.stop}
    before = scene.first in where and until & {scene.start - 1, scene.start}
    return "" if alert or before else "that is not when it began and ended"


def _named(around: str, scene: Scene) -> set[int]:
    """The points that the words beside a moment may speak of."""
    if _BEGINS.search(around):
        return {scene.start}
    if _ENDS.search(around):
        return {scene.stop - 1, scene.stop}
    if _PEAKS.search(around):
        within = scene.within
        if not np.isfinite(within).any():
            return set()
        return {scene.extreme, scene.start + int(np.nanargmin(within)), scene.start + int(np.nanargmax(within))}
    return {scene.start, scene.extreme}


def _spoken_of(around: str, scene: Scene) -> set[int]:
    """The points of which one at least must lie in a day, month or part of a day that is named."""
    bounded = _BEGINS.search(around) or _ENDS.search(around)
    return _named(around, scene) if bounded else set(range(scene.start, scene.stop))


def _indices(kind: MomentKind, text: str, scene: Scene) -> frozenset[int]:
    near, text = range(scene.first, scene.end), words.CLOCK_WORDS.get(text.lower(), text)
    if kind is MomentKind.INDEX:
        number = int(re.findall(r"\d+", text)[-1])
        return frozenset({number} & set(near))
    if not scene.times_known or kind is MomentKind.UNKNOWN:
        return frozenset()
    fits = _fitting(kind, text.lower())
    return frozenset(index for index in near if fits(scene.time(index)))


def _fitting(kind: MomentKind, word: str) -> Callable[[datetime], bool]:
    """Whether a time is what a moment names."""
    match kind:
        case MomentKind.WEEKDAY if word.startswith("week"):
            return lambda time: (time.weekday() >= 5) == word.startswith("weekend")
        case MomentKind.WEEKDAY:
            day = words.WEEKDAYS.index(word if word in words.WEEKDAYS else word.rstrip("s"))
            return lambda time: time.weekday() == day
        case MomentKind.MONTH:
            month, year = [each[:3] for each in words.MONTHS].index(word[:3]) + 1, re.search(r"\d{4}", word)
            return lambda time: time.month == month and (year is None or int(year.group()) == time.year)
        case MomentKind.DAY_PART:
            low, high = words.DAY_PARTS[word]
            return lambda time: low <= time.hour < high or low <= time.hour + 24 < high
    date = _DATE.match(word)
    clock = _CLOCK.search(word[date.end() :] if date else word)
    return lambda time: (date is None or date.group() == f"{time:%Y-%m-%d}") and _same_clock(clock, time)


def _same_clock(clock: re.Match[str] | None, time: datetime) -> bool:
    if clock is None:
        return True
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4] == "p" else 0)
    return (hour, int(clock[2])) == (time.hour, time.minute) and (clock[3] is None or int(clock[3]) == time.second)
