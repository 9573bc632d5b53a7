"""Tags: what a profile says, as words that cards are written in. No other words may stand in a card."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from argosy.signals.profile import Profile
from argosy.signals.table_profile import TableProfile

P = TypeVar("P", contravariant=True)


class Goal(StrEnum):
    """What the scores are for: alarms at a threshold, or a ranking in which anomalies stand high."""

    FLAG = "to_flag"
    RANK = "to_rank"


GOALS: Mapping[str, str] = MappingProxyType(
    {Goal.FLAG: "the scores are to raise alarms at a threshold", Goal.RANK: "the scores are to rank, without alarms"}
)


@dataclass(frozen=True)
class Tag(Generic[P]):
    """A word, when it holds, and what it means as half a sentence."""

    name: str
    meaning: str
    holds: Callable[[P], bool]


_SERIES: tuple[Tag[Profile], ...] = (
    Tag("seasonal", "a season explains at least 60 % of the variance", lambda p: p.seasonality >= 0.6),
    Tag("strongly_seasonal", "a season explains at least 90 % of the variance", lambda p: p.seasonality >= 0.9),
    Tag("no_season", "no season explains a fifth of the variance", lambda p: p.seasonality < 0.2),
    Tag("trending", "a straight line explains at least 40 % of the level", lambda p: p.trend >= 0.4),
    Tag("level_moves", "the level moves and stays at least twice", lambda p: p.level_moves >= 2),
    Tag("noisy", "neighbours differ by half a spread and more", lambda p: p.noise / p.scale >= 0.5),
    Tag("smooth", "neighbours differ by 15 % of a spread or less", lambda p: 0 < p.noise / p.scale <= 0.15),
    Tag("intermittent", "most neighbours are equal", lambda p: p.noise == 0),
    Tag("spiky", "the extremes are at least 20 spreads apart", lambda p: _reach(p) >= 20),
    Tag("counts", "values are whole numbers from 0 on", lambda p: p.whole and p.quantiles["min"] >= 0),
    Tag("gappy", "at least 1 % of the points are missing", lambda p: p.missing_share >= 0.01),
    Tag("short", "fewer than 1,000 points", lambda p: p.points < 1_000),
    Tag("long", "at least 20,000 points", lambda p: p.points >= 20_000),
)

_TABLE: tuple[Tag[TableProfile], ...] = (
    Tag("few_rows", "fewer than 500 rows", lambda p: p.rows < 500),
    Tag("many_rows", "at least 5,000 rows", lambda p: p.rows >= 5_000),
    Tag("few_columns", "at most 10 columns", lambda p: p.columns <= 10),
    Tag("wide", "at least 100 columns", lambda p: p.columns >= 100),
    Tag("few_rows_per_column", "fewer than 10 rows a column", lambda p: p.rows < 10 * p.columns),
    Tag("many_rows_per_column", "at least 50 rows a column", lambda p: p.rows >= 50 * p.columns),
    Tag("skewed", "half the columns lean by 1 or more", lambda p: p.skew >= 1),
    Tag("heavy_tails", "half the columns have an excess kurtosis of 3 or more", lambda p: p.kurtosis >= 3),
    Tag("near_normal", "most columns neither lean nor have heavy tails", lambda p: p.skew < 1 and p.kurtosis < 3),
    Tag("correlated", "columns correlate at .35 or more", lambda p: p.correlation >= 0.35),
    Tag("independent", "columns correlate at less than .2", lambda p: p.columns > 1 and p.correlation < 0.2),
    Tag("redundant", "under 30 % of the directions carry the variance", lambda p: p.directions < 0.3),
    Tag("coded", "most columns have at most 10 values", lambda p: p.coded >= 0.5),
    Tag("duplicates", "at least 1 % of the rows occur before", lambda p: p.duplicates >= 0.01),
    Tag("incomplete", "at least 1 % of the cells are missing", lambda p: p.missing_share >= 0.01),
)

SERIES_TAGS: Mapping[str, str] = MappingProxyType({**{tag.name: tag.meaning for tag in _SERIES}, **GOALS})
TABLE_TAGS: Mapping[str, str] = MappingProxyType({tag.name: tag.meaning for tag in _TABLE})
"""The words for series and for tables, with what they mean."""


def series_tags(profile: Profile, goal: Goal) -> tuple[str, ...]:
    """The words that hold for a series, in the order of the table, and the goal."""
    return (*(tag.name for tag in _SERIES if tag.holds(profile)), goal.value)


def table_tags(profile: TableProfile) -> tuple[str, ...]:
    """The words that hold for a table, in the order of the table of tags."""
    return tuple(tag.name for tag in _TABLE if tag.holds(profile))


def _reach(profile: Profile) -> float:
    return (profile.quantiles["max"] - profile.quantiles["min"]) / profile.scale
