"""The form of a certificate: frozen, versioned, JSON. A share is None where there was nothing to take a share of."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from argosy.detectors.rules.rule import Direction


class CheckKind(StrEnum):
    """The checks that can refuse a rule."""

    VETTING = "vetting"
    CONTRACT = "contract"
    CAUSALITY = "causality"
    DETERMINISM = "determinism"
    DATE = "date"
    POSITION = "position"
    TIMETABLE = "timetable"
    VALUES = "values"
    GROWTH = "growth"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Refusal(_Section):
    """Why a rule is refused; `first_index` is where it looked ahead, in the series that the words name."""

    check: CheckKind
    why: str
    first_index: int | None = None


class Causality(_Section):
    """Cuts at which later points were taken away (`cut`) or changed (`changed`), and what became of earlier scores."""

    cut: int
    changed: int
    near_incidents: int
    compared: int = Field(description="scores that were numbers and were compared")
    first_index: int | None = None


class Lookback(_Section):
    """The shortest history, in points, the point itself included, that gives the same verdicts and the same scores.

    None: no bounded one was found; then more than `tried_points` are needed. Scores are the same to 1e-9. Who scores
    point by point must keep as many as scores need.
    `largest_difference` is that between scores beyond the history that flags need. `anchors` are the places,
    stretches and single points, at which it was tried again.
    """

    flags_points: int | None
    scores_points: int | None
    tried_points: int
    anchors: int
    largest_difference: float | None


class Determinism(_Section):
    """Whether the same data got the same scores in another process, and after other calls in the same one."""

    another_process: bool
    after_other_calls: bool


class Response(_Section):
    """What a change of the input does to the flags.

    `same_scores`: all of them agree to 1e-6. `kept`: the share of flagged points that stay flagged. `added_share`: the
    points newly flagged, as a share of all. `runs` and `lost_runs` count flagged runs before, and those that vanish.
    """

    change: str
    same_scores: bool
    kept: float | None
    added_share: float
    runs: int
    lost_runs: int


class EdgeFinding(_Section):
    """An awkward input, and the share of its points that were flagged."""

    name: str
    points: int
    flagged_share: float | None


class Growth(_Section):
    """Time inside `detect` by number of points, and the slope of its logarithm over that of the points.

    `memory_slope` is that of the peak memory between the two sizes of `memory_points`.
    """

    points: tuple[int, ...]
    seconds: tuple[float, ...]
    time_slope: float | None
    memory_points: tuple[int, ...]
    memory_bytes: tuple[int, ...]
    memory_slope: float | None
    points_per_s: float
    confirmed: bool = Field(description="the slope was suspicious, and was measured again, the best of several")


class Verdicts(_Section):
    """The flags on the examined points, in brief."""

    points: int
    flagged: int
    alerts: int
    sha256: str = Field(description="of the flags, one byte a point")


class Examination(_Section):
    """What running the rule has shown. A section is None where the rule failed before it was reached."""

    examined_points: int
    edges: tuple[EdgeFinding, ...] = ()
    verdicts: Verdicts | None = None
    causality: Causality | None = None
    lookback: Lookback | None = None
    determinism: Determinism | None = None
    responses: tuple[Response, ...] = ()
    growth: Growth | None = None
    seconds: float = Field(0.0, description="spent inside the rule")
    refusals: tuple[Refusal, ...] = ()

    def refusal(self, check: CheckKind) -> Refusal | None:
        """The refusal by this check, if there is one."""
        return next((each for each in self.refusals if each.check is check), None)


class Share(_Section):
    """A share, count of total, with its Wilson interval at 95 %; None where the total is 0."""

    count: int
    total: int
    low: float | None
    high: float | None


class PartEvidence(_Section):
    """What the rule did on one part of the data.

    Alone: the incidents in which it is 1 or more, and of its alerts (runs) those that touch an incident. Beside the
    base: incidents gained and lost, points of false alarm added and removed, the objective before and after.
    """

    incidents: int
    found: Share
    precision: Share
    gained: int | None = None
    lost: int | None = None
    false_points_added: int | None = None
    false_points_removed: int | None = None
    objective_before: float | None = None
    objective_after: float | None = None


class Sensitivity(_Section):
    """The objective when one parameter is moved, by the factor it is moved by ('0.9'); None where the rule failed.

    `steepest` is the largest loss against the objective at the parameter's own value.
    """

    param: str
    value: float
    objective: dict[str, float | None]
    steepest: float | None


class Data(_Section):
    """The data behind a certificate. `sha256` is over seconds, values and labels; parts end at the `*_stop` indices."""

    series: str
    points: int
    step_s: int
    first_second: int
    incidents: int
    train_stop: int
    validation_stop: int
    sha256: str
    kept: str | None = Field(None, description="the artefact that holds it")


class Provenance(_Section):
    """Where the rule comes from. Prompts, calls, tokens and dollars are those of the rule and its ancestors.

    `session_usd` is that of the session. The transcript's hash is over its first `transcript_events` events.
    """

    session: str
    candidate: str
    author: str
    language_model: bool
    seed: int
    objective: str
    prompts: tuple[str, ...]
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float
    session_usd: float
    transcript_events: int
    transcript_sha256: str
    versions: dict[str, str]


class Certificate(_Section):
    """The evidence kept with an accepted rule.

    >>> Certificate.model_fields["version"].default
    1
    """

    version: Literal[1] = 1
    source_sha256: str
    direction: Direction
    params: dict[str, int | float]
    data: Data
    examination: Examination
    sensitivity: tuple[Sensitivity, ...] = ()
    evidence: dict[str, PartEvidence] = Field(default_factory=dict)
    lockbox_openings: int = 0
    provenance: Provenance | None = None
