"""Recipes: what a composed rule is made of, and the comment line that carries it in the rule's source."""

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The quantity a clause watches."""

    LEVEL = "level"
    CHANGE = "change"
    DEVIATION = "deviation"
    EWMA = "ewma"
    SEASON = "season"
    SHAPE = "shape"
    SPREAD = "spread"
    FLAT = "flat"


class Side(StrEnum):
    """Which direction of it counts."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


class Over(StrEnum):
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
    """One detector clause. `size` is the typical size of what it watches, in the series' own unit, and gives ranges."""

    kind: Kind
    side: Side
    over: Over = Over.VALUE
    window: int = 60
    period: int = 0
    size: float = 1.0
    reference: float = 0.0
    smooth: int = 1


@dataclass(frozen=True)
class Recipe:
    """One or two clauses, how they are joined, and when they alarm. `clears` turns the rule round."""

    clauses: tuple[Clause, ...]
    join: Join = Join.BOTH
    timing: Timing = Timing.AT_ONCE
    clears: bool = False

    def but(self, **changes: object) -> "Recipe":
        return replace(self, **changes)  # type: ignore[arg-type]


MARK = "# recipe: "


def written(recipe: Recipe) -> str:
    """The comment line that holds a recipe."""
    return MARK + json.dumps(asdict(recipe), separators=(",", ":"))


def read(source: str) -> Recipe | None:
    """The recipe a source carries, or None when it carries none that can be read."""
    line = next((line for line in source.splitlines() if line.startswith(MARK)), None)
    if line is None:
        return None
    try:
        table = json.loads(line.removeprefix(MARK))
        clauses = tuple(_clause(entry) for entry in table["clauses"])
        return Recipe(clauses, Join(table["join"]), Timing(table["timing"]), bool(table["clears"]))
    except (ValueError, KeyError, TypeError):
        return None


def _clause(entry: dict[str, Any]) -> Clause:
    return Clause(
        Kind(entry["kind"]),
        Side(entry["side"]),
        Over(entry["over"]),
        int(entry["window"]),
        int(entry["period"]),
        float(entry["size"]),
        float(entry["reference"]),
        int(entry["smooth"]),
    )
