"""Recipes: what a composed rule is made of, and the comment line that carries it in the rule's source."""

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Quantity(StrEnum):
    """The quantity a clause watches."""

    LEVEL = "level"
    CHANGE = "change"
    DEVIATION = "deviation"
    EWMA = "ewma"
    SEASON = "season"
    SHAPE = "shape"
    SPREAD = "spread"
    FLAT = "flat"


class ClauseSide(StrEnum):
    """Which direction of it counts."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


class ClauseUnit(StrEnum):
    """What it is measured in."""

    VALUE = "value"
    SPREAD = "spread"
    LEVEL = "level"


class Join(StrEnum):
    """How two clauses work together."""

    BOTH = "both"
    EITHER = "either"


class Timing(StrEnum):
    """How a clause's excursion becomes an alarm over time."""

    AT_ONCE = "at_once"
    HELD = "held"
    LINGERING = "lingering"
    ONSET = "onset"


@dataclass(frozen=True)
class Clause:
    """One detector clause. `size` is the noise of the series, in its own unit, and gives ranges.

    `window` and `period` are in points; `reference` is the level that a level clause measures from; `smooth` > 1
    watches the running mean of the values.
    """

    kind: Quantity
    side: ClauseSide
    over: ClauseUnit = ClauseUnit.VALUE
    window: int = 60
    period: int = 0
    size: float = 1.0
    reference: float = 0.0
    smooth: int = 1


@dataclass(frozen=True)
class Recipe:
    """One or two clauses, how they are joined, and when they alarm. `clears` turns the rule round.

    `hours` restricts it to a time of day: from the first hour on, for so many hours.
    """

    clauses: tuple[Clause, ...]
    join: Join = Join.BOTH
    timing: Timing = Timing.AT_ONCE
    clears: bool = False
    hours: tuple[float, float] | None = None


MARK = "# recipe: "
_CLAUSE_DEFAULTS = {each.name: each.default for each in fields(Clause)}


def recipe_comment(recipe: Recipe) -> str:
    """The comment line that holds a recipe; what is as by default is left out."""
    table: dict[str, Any] = {"clauses": [_short(clause) for clause in recipe.clauses]}
    if len(recipe.clauses) > 1:
        table["join"] = recipe.join
    if recipe.timing is not Timing.AT_ONCE:
        table["timing"] = recipe.timing
    if recipe.clears:
        table["clears"] = True
    if recipe.hours:
        table["hours"] = recipe.hours
    return MARK + json.dumps(table, separators=(",", ":"))


def read_recipe(source: str) -> Recipe | None:
    """The recipe a source carries, or None when it carries none that can be read."""
    line = next((line for line in source.splitlines() if line.startswith(MARK)), None)
    if line is None:
        return None
    try:
        table = json.loads(line.removeprefix(MARK))
        clauses = tuple(_clause(entry) for entry in table["clauses"])
        join, timing = Join(table.get("join", Join.BOTH)), Timing(table.get("timing", Timing.AT_ONCE))
        hours = (float(table["hours"][0]), float(table["hours"][1])) if "hours" in table else None
        return Recipe(clauses, join, timing, bool(table.get("clears", False)), hours) if clauses else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _short(clause: Clause) -> dict[str, Any]:
    return {name: value for name, value in asdict(clause).items() if value != _CLAUSE_DEFAULTS[name]}


def _clause(entry: dict[str, Any]) -> Clause:
    return Clause(
        Quantity(entry["kind"]),
        ClauseSide(entry["side"]),
        ClauseUnit(entry.get("over", ClauseUnit.VALUE)),
        int(entry.get("window", 60)),
        int(entry.get("period", 0)),
        float(entry.get("size", 1.0)),
        float(entry.get("reference", 0.0)),
        int(entry.get("smooth", 1)),
    )
