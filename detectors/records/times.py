"""A field of times as numbers: how far from the usual times, how rare the hour of day and the weekday are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Floats
from argosy.signals.records import Field, Moment

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RARE_SHARE = 0.05
"""Of training records: hours and weekdays of more of them are all as usual as another."""

_DAY_S = 86_400.0
_YEAR_S = 366 * _DAY_S
_MOST_OF_TIMES = (5, 95)
"""Percentiles between which usual times lie; beyond them as many more seconds are usual as lie between them."""


@dataclass(frozen=True)
class TimeField:
    """What is usual in a field of times: Unix seconds from `first` to `last`, and how rare hours and weekdays are.

    `known` are the first and last training record. `hours`, shape (24,), and `weekdays`, shape (7,), are 0 where a
    share of `RARE_SHARE` has them, and grow by 1 for each tenth of it. They are None where they would only say how the
    records lie in time: hours in less than two days or where all times are midnight, weekdays in less than two weeks.
    """

    first: float
    last: float
    known: tuple[float, float]
    hours: Floats | None
    weekdays: Floats | None

    @classmethod
    def learned(cls, values: Sequence[Field]) -> "TimeField":
        """From the values of training records, of which most are times."""
        moments = [value for value in values if isinstance(value, Moment)]
        seconds = np.array([moment.seconds for moment in moments])
        low, high = np.percentile(seconds, _MOST_OF_TIMES).tolist()
        at_midnight = all(not (moment.at.hour or moment.at.minute or moment.at.second) for moment in moments)
        hours = _rarities([hour(moment) for moment in moments], 24, beside=1)
        weekdays = _rarities([moment.at.weekday() for moment in moments], 7, beside=0)
        return cls(
            low - (high - low),
            high + (high - low),
            (float(seconds.min()), float(seconds.max())),
            hours if high - low >= 2 * _DAY_S and not at_midnight else None,
            weekdays if high - low >= 14 * _DAY_S else None,
        )

    def columns(self, values: Sequence[Field]) -> list[Floats]:
        """How far from the usual times, whether there is no time, and how rare hour and weekday are; each (n,)."""
        missing = np.array([not isinstance(value, Moment) for value in values], dtype=np.float64)
        parts = [self.distance, *(part for part in (self.hour_rarity, self.weekday_rarity) if part(None) is not None)]
        return [missing, *(_each(values, part) for part in parts)]

    def distance(self, moment: Moment | None) -> float:
        """The logarithm of how many times as far from the usual times as these are long; before them below 0.

        Times after the last training record count as the last, up to as long after it as training spans, or a year:
        later records are not unusual for being so. So do those before the first, but for no year.
        """
        if moment is None:
            return 0.0
        begins, ends = self.known
        span = ends - begins
        seconds = moment.seconds
        if seconds > ends:
            seconds = max(ends, seconds - max(span, _YEAR_S))
        elif seconds < begins:
            seconds = min(begins, seconds + span)
        beyond = seconds - min(max(seconds, self.first), self.last)
        return float(np.sign(beyond) * np.log1p(abs(beyond) / max(self.last - self.first, _DAY_S)))

    def hour_rarity(self, moment: Moment | None) -> float | None:
        """How rare the hour of day is, by the clock of where the time was written; None where hours do not count."""
        return None if self.hours is None else 0.0 if moment is None else float(self.hours[hour(moment)])

    def weekday_rarity(self, moment: Moment | None) -> float | None:
        """How rare the weekday is; None where weekdays do not count."""
        return None if self.weekdays is None else 0.0 if moment is None else float(self.weekdays[moment.at.weekday()])


def hour(moment: Moment) -> int:
    return moment.at.hour


def weekday(moment: Moment) -> str:
    return WEEKDAYS[moment.at.weekday()]


def _each(values: Sequence[Field], part: Callable[[Moment], float | None]) -> Floats:
    return np.array([part(value) if isinstance(value, Moment) else 0.0 for value in values], dtype=np.float64)


def _rarities(places: Sequence[int], size: int, beside: int) -> Floats:
    """For each place on a circle how rare it is, with as many places `beside` it on both sides; shape (size,)."""
    counts = np.bincount(places, minlength=size).astype(np.float64)
    near = sum((np.roll(counts, shift) for shift in range(-beside, beside + 1)), np.zeros(size))
    rarity: Floats = np.maximum(np.log10(RARE_SHARE * len(places) / np.maximum(near, 0.5)), 0.0)
    return rarity
