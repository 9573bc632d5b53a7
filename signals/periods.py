"""Seasonal periods of a series, found and then proved.

A period p is proved by what a season means: with the slower movement taken out (a moving mean over p), the series
resembles itself one p later. For a season plus noise that correlation is the season's share of the variance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from argosy.signals.arrays import Floats

HOUR_S, DAY_S, WEEK_S = 3_600, 86_400, 604_800

FINE_POINTS = 1 << 16
"""Longer series are looked at twice: their last points as they are, and the whole averaged down to this many."""

FEWEST_CYCLES = 3
SMALLEST_SHARE, SMALLEST_SMOOTHED_SHARE = 0.02, 0.08
PEAKS = 6
TWIN = 0.125
"""Two periods closer than this are one, seen twice: the known one, unless the other is stronger by `CLEARLY`."""

CLEARLY = 0.03
CLIP_SPREADS = 10.0
FUNDAMENTAL = 0.9
"""A harmonic of a longer period repeats worse after itself than after that period; a true period about as well."""

ADDED_STRENGTH = 0.05
"""What a multiple of a proved period (a week of days) must add to be a period of its own."""


@dataclass(frozen=True)
class Season:
    """A proved period. `strength` is its share of the variance once slower movement is out; `share` that of all."""

    points: int
    strength: float
    share: float


@dataclass(frozen=True)
class _Bar:
    """How strong a period must be: chance alone makes slow series resemble themselves when they hold few cycles."""

    always: float
    by_cycles: float

    def at(self, cycles: float) -> float:
        return self.always + self.by_cycles / cycles


KNOWN_BAR, FOUND_BAR = _Bar(0.1, 1.0), _Bar(0.15, 1.5)


def seasons(values: Floats, step_s: int) -> tuple[Season, ...]:
    """The seasons of a series on an even grid, strongest first.

    `values`: float64, shape (n,), NaN = missing. Looks at an hour, a day, a week and at the peaks of the spectrum, as
    far as three cycles fit. In a series longer than `FINE_POINTS`, long periods are measured on averages.
    """
    known = [unit / step_s for unit in (HOUR_S, DAY_S, WEEK_S)]
    clean = _steadied(values[-FINE_POINTS:])
    fine = _proved(clean, known) if clean is not None else []
    factor = -(-len(values) // FINE_POINTS)
    if factor <= 1:
        return _ranked(fine)
    coarse_values = _steadied(_averaged(values, factor))
    coarse = _proved(coarse_values, [p / factor for p in known]) if coarse_values is not None else []
    beyond = FINE_POINTS // FEWEST_CYCLES // 4
    longer = [season for each in coarse if (season := _scaled(each, factor, known)).points > beyond]
    return _ranked(_without_twins([*fine, *longer], [round(p) for p in known]))


def _ranked(found: Sequence[Season]) -> tuple[Season, ...]:
    return tuple(sorted(found, key=lambda season: -season.share))


def _scaled(season: Season, factor: int, known: Sequence[float]) -> Season:
    points = season.points * factor
    exact = next((round(p) for p in known if _close(p, points, 0.02)), points)
    return Season(exact, season.strength, season.share)


def _close(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance * max(one, other)


def _averaged(values: Floats, factor: int) -> Floats:
    """Means of blocks of `factor` points; a block without values is NaN."""
    whole = values[len(values) % factor :].reshape(-1, factor)
    there = ~np.isnan(whole)
    counts = there.sum(axis=1)
    sums = np.where(there, whole, 0.0).sum(axis=1)
    means: Floats = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return means


def _steadied(values: Floats) -> Floats | None:
    """The values in spreads from their median, extremes clipped, holes bridged; None when they do not vary."""
    present = values[~np.isnan(values)]
    if len(present) < 2 * FEWEST_CYCLES:
        return None
    low, middle, high = np.quantile(present, [0.25, 0.5, 0.75])
    spread = (high - low) / 1.349 or float(np.std(present))
    if not spread > 0:
        return None
    scaled = np.clip((values - middle) / spread, -CLIP_SPREADS, CLIP_SPREADS)
    return pd.Series(scaled).interpolate(limit_direction="both").to_numpy(dtype=np.float64, copy=True)


def _proved(x: Floats, known: Sequence[float]) -> list[Season]:
    """The periods of steadied values that pass, shortest first.

    A strong short season looks like noise to a longer one that is no multiple of it, so that longer ones are tried
    once more with the strongest smoothed away.
    """
    longest = len(x) // FEWEST_CYCLES
    total = float(np.var(x))
    if longest < 2 or total <= 1e-12:
        return []
    calendar = [round(p) for p in known if p >= 2 and round(p) <= longest]
    proved = _passing(x, _candidates(x, calendar, longest), calendar, total)
    if not proved:
        return []
    strongest = max(proved, key=lambda season: season.share).points
    smooth = _moving_mean(x, strongest)
    left = [
        period
        for period in _candidates(smooth, calendar, longest)
        if period > 2 * strongest
        and not _divides(strongest, period)
        and not any(_close(period, season.points, TWIN) for season in proved)
    ]
    slower = _passing(smooth, left, calendar, total)
    return proved + [season for season in slower if season.share >= SMALLEST_SMOOTHED_SHARE]


def _passing(x: Floats, candidates: Sequence[int], calendar: Sequence[int], total: float) -> list[Season]:
    measured = [_measured(x, period, total, KNOWN_BAR if period in calendar else FOUND_BAR) for period in candidates]
    single = _without_twins([season for season in measured if season], calendar)
    proved: list[Season] = []
    for season in single:
        if _is_own(x, season, [each.points for each in single], [each.points for each in proved]):
            proved.append(season)
    return proved


def _measured(x: Floats, period: int, total: float, bar: _Bar) -> Season | None:
    detrended = _without_slow(x, period)
    strength = _repeats(detrended, period)
    share = strength * float(np.var(detrended)) / total
    if strength < bar.at(len(x) / period) or share < SMALLEST_SHARE:
        return None
    return Season(period, min(1.0, strength), min(1.0, share))


def _without_twins(found: Sequence[Season], calendar: Sequence[int]) -> list[Season]:
    """Of seasons that lie close together the best, shortest first."""
    kept: list[Season] = []
    for season in sorted(found, key=lambda each: -each.strength - (CLEARLY if each.points in calendar else 0.0)):
        if not any(_close(season.points, other.points, TWIN) for other in kept):
            kept.append(season)
    return sorted(kept, key=lambda each: each.points)


def _is_own(x: Floats, season: Season, candidates: Sequence[int], proved: Sequence[int]) -> bool:
    """Whether the period is neither a harmonic of a longer candidate nor just a multiple of a shorter proved one."""
    detrended = _without_slow(x, season.points)
    longer = [other for other in candidates if other > season.points]
    if any(season.strength < FUNDAMENTAL * _repeats(detrended, other) for other in longer):
        return False
    parts = [shorter for shorter in proved if _divides(shorter, season.points)]
    return all(season.strength >= _repeats(detrended, shorter) + ADDED_STRENGTH for shorter in parts)


def _divides(shorter: int, longer: int) -> bool:
    times = longer / shorter
    return round(times) >= 2 and abs(times - round(times)) <= 0.03 * round(times)


def _without_slow(x: Floats, period: int) -> Floats:
    """The values without their moving mean over one period, which is centred; half a period is lost at either end."""
    means = _moving_mean(x, period)
    start = period // 2
    rest: Floats = x[start : start + len(means)] - means
    return rest


def _moving_mean(x: Floats, period: int) -> Floats:
    """Means over every `period` neighbours, shape (n - period + 1,)."""
    sums = np.concatenate(([0.0], np.cumsum(x)))
    means: Floats = (sums[period:] - sums[:-period]) / period
    return means


def _repeats(detrended: Floats, lag: int) -> float:
    """The correlation of a series with itself `lag` points later, 0 where too little overlaps."""
    if len(detrended) < 2 * lag:
        return 0.0
    early, late = detrended[:-lag], detrended[lag:]
    size = float(np.sqrt(_product(early, early) * _product(late, late)))
    return _product(early, late) / size if size > 1e-12 else 0.0


def _product(one: Floats, other: Floats) -> float:
    """The dot product without BLAS, whose threads cost more than they bring here."""
    return float(np.einsum("i,i->", one, other))


def _candidates(x: Floats, known: Sequence[int], longest: int) -> list[int]:
    """Periods worth proving: the known ones, and peaks of the autocorrelation near those of the spectrum."""
    size = 1 << (2 * len(x) - 1).bit_length()
    slow = pd.Series(x).ewm(span=longest).mean().to_numpy()
    centred = x - slow
    centred -= centred.mean()
    spectrum = np.abs(np.fft.rfft(centred, size)) ** 2
    similar = np.fft.irfft(spectrum, size)[: longest + longest // 4 + 2]
    near = [_peak_near(similar, period) for period in _spectral_periods(spectrum, size, len(x), longest)]
    peaks = [peak for peak in [*near, _first_return(similar[:longest])] if peak is not None and peak <= longest]
    return list(dict.fromkeys([*known, *peaks]))


def _first_return(similar: Floats) -> int | None:
    """The first peak of the autocorrelation, after its first descent below 0, that is about as high as any after."""
    below = np.flatnonzero(similar < 0)
    if not len(below):
        return None
    rest = similar[below[0] :]
    high = np.flatnonzero(rest >= FUNDAMENTAL * rest.max())
    if rest.max() <= 0 or not len(high):
        return None
    first = int(high[0])
    end = first + int(np.argmax(np.append(rest[first:] < FUNDAMENTAL * rest.max(), True)))
    return int(below[0]) + first + int(np.argmax(rest[first:end]))


def _spectral_periods(spectrum: Floats, size: int, points: int, longest: int) -> list[float]:
    """The periods of the strongest separate peaks of a spectrum that was padded to `size` points."""
    lowest = max(1, size // longest)
    power = spectrum[: size // 2].copy()
    power[:lowest] = 0.0
    width = max(1, size // points)
    periods = []
    for _ in range(PEAKS):
        top = int(np.argmax(power))
        if power[top] <= 0:
            break
        periods.append(size / top)
        power[max(0, top - 2 * width) : top + 2 * width + 1] = 0.0
    return periods


def _peak_near(similar: Floats, period: float) -> int | None:
    """The local maximum of the autocorrelation within an eighth of `period`; None when there is none inside."""
    low, high = max(2, int(period * 0.875)), min(len(similar) - 1, int(np.ceil(period * 1.125)))
    if high <= low:
        return None
    peak = low + int(np.argmax(similar[low : high + 1]))
    inside = similar[peak] >= similar[peak - 1] and peak + 1 < len(similar) and similar[peak] >= similar[peak + 1]
    return peak if inside else None
