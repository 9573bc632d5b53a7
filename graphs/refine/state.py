"""What moves through the refinement graph: ids and small frozen values, never arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, TypedDict

from argosy.detectors.rules.rule import Direction, Number

FailureKind = Literal["unreadable", "refused", "broke", "timed_out", "too_big", "looked_ahead", "review"]


class Stage(StrEnum):
    """How far a candidate has come."""

    WANTED = "wanted"
    DRAFTED = "drafted"
    VETTED = "vetted"
    CLEAN = "clean"
    TUNED = "tuned"
    ASSESSED = "assessed"
    REVISED = "revised"
    ACCEPTED = "accepted"
    DROPPED = "dropped"
    UNASKED = "unasked"
    """The budget did not reach it."""


class Outcome(StrEnum):
    """What a session came to."""

    FUSED = "fused"
    BASE_ONLY = "base_only"
    NO_INCIDENTS = "no_incidents"


class Ending(StrEnum):
    """Why a session stopped looking for rules."""

    ROUNDS_SPENT = "rounds_spent"
    STALLED = "stalled"
    NOTHING_LEFT = "nothing_left"
    LIBRARY_ENOUGH = "library_enough"
    NO_INCIDENTS = "no_incidents"
    BUDGET_SPENT = "budget_spent"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Failure:
    """Why a candidate must be repaired."""

    kind: FailureKind
    error: str
    traceback: str = ""
    line: int | None = None
    first_index: int | None = None


@dataclass(frozen=True)
class Assessment:
    """A tuned rule in a fusion, against the fusion without it ("before"): objective and events by part.

    An objective is NaN where the part holds no incident; `known` is that of training and validation as one part.
    `falling` names the single F1s that fall by more than a slack, with their part, however the objective does.
    """

    train: float
    train_before: float
    validation: float
    validation_before: float
    known: float
    known_before: float
    events_gained: int
    events_lost: int
    false_points_added: int
    false_points_removed: int
    complexity: int
    falling: tuple[str, ...]

    @property
    def gain(self) -> float:
        """Of the objective on validation; on both parts together where validation holds nothing to find."""
        gain = self.validation - self.validation_before
        return gain if gain == gain else self.known - self.known_before


@dataclass(frozen=True)
class Candidate:
    """A rule before it is accepted. `language_model` says whether one had a hand in it, parents included.

    `reviewed` once Review was asked about it as it stands; what is sent back starts again as a candidate of its own
    where the gates would let the original pass.
    """

    id: str
    round: int
    number: int
    direction: Direction
    stage: Stage = Stage.WANTED
    source: str = ""
    params: Mapping[str, Number] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    language_model: bool = False
    failure: Failure | None = None
    repairs: int = 0
    revisions: int = 0
    feedback: str = ""
    assessment: Assessment | None = None
    reviewed: bool = False
    ancestor: str | None = None
    """The stored rule that the library offered, by its id there; its round is 0."""

    def to(self, stage: Stage, **changes: object) -> "Candidate":
        """This candidate at another stage."""
        return replace(self, stage=stage, **changes)  # type: ignore[arg-type]


class State(TypedDict, total=False):
    """The state of one run. `ending` is set once, by the node that decides to stop looking; `shortlist` are the
    baselines to try, all of them where it is absent."""

    shortlist: tuple[str, ...]
    round: int
    direction: Direction
    candidates: tuple[Candidate, ...]
    archive: tuple[Candidate, ...]
    accepted: tuple[Candidate, ...]
    tried: tuple[str, ...]
    stalled: int
    offered: tuple[Direction, ...]
    promised: float
    ending: Ending | None
    fused: tuple[str, ...]
    outcome: Outcome
