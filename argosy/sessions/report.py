"""The report of a session: what it found, as values and as JSON."""

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from argosy.eval.objective_names import DEFAULT_NAME, metric_of
from argosy.sessions.report_events import EventsSection

PartName = Literal["train", "validation", "lockbox"]
PARTS: tuple[PartName, ...] = ("train", "validation", "lockbox")


def _known(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Figure = Annotated[float | None, BeforeValidator(_known)]
"""A measured number; NaN, which says that there was nothing to measure by, becomes None."""


class _Section(BaseModel):
    """Frozen; fields that are not named here are kept and written as they came."""

    model_config = ConfigDict(frozen=True, extra="allow")


class SeriesSection(_Section):
    """What was looked at. `step_s` in seconds; `incidents` counts the labelled ones."""

    id: str
    points: int
    step_s: int
    incidents: int


class BaseSection(_Section):
    """The detector that the rules are fused with."""

    name: str


class SplitSection(_Section):
    """One part of the data, the points from `start` up to `stop`."""

    start: int | None = None
    stop: int | None = None
    points: int | None = None
    incidents: int | None = None


class Metrics(_Section):
    """Figures on one part of the data; the F1s, areas and `objective` are None where it holds no incident."""

    event_f1_pa: Figure = None
    point_f1: Figure = None
    event_f1_k10: Figure = None
    auc_pr: Figure = None
    vus_pr: Figure = None
    objective: Figure = None
    incidents: int | None = None
    detected: int | None = None
    false_points: int | None = None


class RuleSection(_Section):
    """A rule of the fusion; `scores` are those of the base with this rule alone, `events` what it did in the fusion."""

    id: str
    direction: Literal["flag", "clear"]
    summary: str
    params: dict[str, int | float]
    scores: dict[PartName, Metrics] = Field(default_factory=dict)
    events: dict[PartName, EventsSection] = Field(default_factory=dict)


class ScoresSection(_Section):
    """Figures of the base alone and of the fusion, by part."""

    base: dict[PartName, Metrics] = Field(default_factory=dict)
    fused: dict[PartName, Metrics] = Field(default_factory=dict)


class UsageSection(_Section):
    """What the model calls cost; `estimated` when tokens were not counted by a server."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    estimated: bool = False


class Report(_Section):
    """All that a finished session says of itself. Times in wall-clock seconds.

    `detector` is the one to score with, `held_back` the fusion where that waits for a person to put it in service.
    """

    session: str
    series: SeriesSection
    model: str
    base: BaseSection
    outcome: str
    times_known: bool = False
    splits: dict[PartName, SplitSection]
    rules: tuple[RuleSection, ...] = ()
    scores: ScoresSection
    usage: UsageSection
    wall_s: float
    objective: str = DEFAULT_NAME
    ending: str | None = None
    hold_points: float = 0.0
    rings_once: bool = False
    base_level: float = 1.0
    detector: str | None = None
    held_back: str | None = None
    in_service: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def gain(self) -> float | None:
        """By how much the fusion exceeds the base on the lockbox in what the session was to make large.

        None where it cannot be measured.
        """
        fused, base = (self._aimed_at(each.get("lockbox")) for each in (self.scores.fused, self.scores.base))
        return None if fused is None or base is None else fused - base

    def _aimed_at(self, metrics: Metrics | None) -> float | None:
        figures = {} if metrics is None else metrics.model_dump()
        found: float | None = figures.get(metric_of(self.objective))
        return found

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON values, NaN as None."""
        plain: dict[str, Any] = json.loads(self.model_dump_json())
        return plain
