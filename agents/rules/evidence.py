"""The evidence block: what every model, the embedded author included, is shown as numbers.

Each prompt holds exactly one fenced JSON block, an `Evidence` with `v` = 1. It carries numbers and opaque ids only:
no names, no free text from the telemetry. Values are scaled, (value − center) / scale, and rounded.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exhibit(_Block):
    """A stretch of the series: an event, or a normal look-alike beside it.

    `before` and `values` are evenly thinned samples of the scaled values before and within the stretch. `measures`
    says how unusual the stretch is by each standard statistic: −log10 of the share of normal training points that are
    at least as extreme, signed by direction where the statistic has one.
    """

    id: str
    points: int
    hour: float | None = Field(None, description="time of day of its first point, 0–24; absent when times are unknown")
    weekday: int | None = None
    before: tuple[float, ...]
    values: tuple[float, ...]
    measures: dict[str, float]


class Pair(_Block):
    """An event the rule should act on, beside the nearest stretch on which it must not."""

    event: Exhibit
    like: Exhibit | None


class ParentRule(_Block):
    """An earlier rule worth changing."""

    id: str
    summary: str
    source: str
    params: dict[str, float]
    train: float
    validation: float


class BaseSummary(_Block):
    """How the base does on training data. The name is one of ours, or 'given'."""

    name: str
    detected: int
    missed: int
    false_alerts: int
    false_points: int


class SeriesSummary(_Block):
    """What the series is like, in scaled values."""

    points: int
    step_s: int
    center: float
    scale: float
    periods: tuple[int, ...] = Field(description="seasonal periods in points, strongest first")
    seasonality: float = Field(description="share of variance that the strongest period explains")
    missing: float
    quantiles: dict[str, float]
    noise: float = Field(description="robust spread of the first differences")


class DetectionEvidence(_Block):
    """For Detection: write a rule of this direction that acts on the events and not on their look-alikes."""

    v: Literal[1] = 1
    role: Literal["detection"] = "detection"
    direction: Literal["flag", "clear"]
    round: int
    candidate: int
    candidates: int
    series: SeriesSummary
    base: BaseSummary
    pairs: tuple[Pair, ...]
    parents: tuple[ParentRule, ...] = ()
    tried: tuple[str, ...] = Field((), description="summaries of rules already tried in this session")


class RepairEvidence(_Block):
    """For Repair: what went wrong when the rule ran. The source stands in the prompt's Python fence."""

    v: Literal[1] = 1
    role: Literal["repair"] = "repair"
    direction: Literal["flag", "clear"]
    failure: Literal["unreadable", "refused", "broke", "timed_out", "too_big", "looked_ahead", "review"]
    error: str
    traceback: str = ""
    line: int | None = None
    first_index: int | None = Field(None, description="first point whose score changed when later points did")


class ReviewEvidence(_Block):
    """For Review: what the rule did, beside its parent and beside doing nothing."""

    v: Literal[1] = 1
    role: Literal["review"] = "review"
    direction: Literal["flag", "clear"]
    train: dict[str, float]
    train_before: dict[str, float]
    validation: dict[str, float]
    validation_before: dict[str, float]
    events_gained: int
    events_lost: int
    false_points_added: int
    false_points_removed: int
    complexity: int
    worst: tuple[Exhibit, ...] = Field((), description="stretches the base got right and the rule gets wrong")


Evidence = Annotated[DetectionEvidence | RepairEvidence | ReviewEvidence, Field(discriminator="role")]
