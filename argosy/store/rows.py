"""What the store takes and gives: frozen values, one kind a table. Times are Unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from argosy.detectors.fusion.delivery import AlertOnce
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.rules.rule import Direction, Number

if TYPE_CHECKING:
    from argosy.graphs.recording.events import Event

Json = Mapping[str, Any]


@dataclass(frozen=True)
class SessionRow:
    """One run of a graph on one series. `ended`, `outcome` and `report` are None while it runs or if it was killed."""

    id: str
    started: float
    series: str
    points: int
    model: str
    base: str
    seed: int
    settings: Json = field(default_factory=dict)
    ended: float | None = None
    outcome: str | None = None
    report: Json | None = None


@dataclass(frozen=True)
class EventRow:
    """The `seq`-th event of a session, from 1."""

    session: str
    seq: int
    event: "Event"


@dataclass(frozen=True)
class RuleRow:
    """A rule with the numbers it runs with.

    `language_model` says whether a language model wrote it or any of its ancestors: such a rule runs sealed or not
    at all.
    """

    id: str
    source: str
    summary: str
    params: Mapping[str, Number]
    direction: Direction
    author: str
    language_model: bool
    created: float


class RuleRole(StrEnum):
    """What a rule was to a session."""

    FUSED = "fused"
    ACCEPTED = "accepted"
    PARENT = "parent"


@dataclass(frozen=True)
class RuleUse:
    """What a rule was to a session, and what was measured of it there."""

    session: str
    rule: str
    role: RuleRole
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True)
class ListedRule:
    """A rule with the series it was used on and the sessions that used it."""

    rule: RuleRow
    series: tuple[str, ...]
    sessions: tuple[str, ...]


@dataclass(frozen=True)
class RuleStory:
    """All that is known of a rule: where it comes from, what came of it, and where it was used."""

    rule: RuleRow
    parents: tuple[RuleRow, ...]
    children: tuple[RuleRow, ...]
    uses: tuple[RuleUse, ...]


@dataclass(frozen=True)
class MemberRow:
    """A rule's place in a detector, and how often it may act there."""

    rule: str
    direction: Direction
    rate_limit: RateLimit | None = None


@dataclass(frozen=True)
class DetectorRow:
    """A fusion that can be put in service: its base, and its rules in order. `step_s` is the series' step.

    `hold_points` is how long its scores are held (`argosy.detectors.fusion.hold`); `rings_once` and `base_level` say
    how its alarms ring (`argosy.detectors.fusion.alert_once`).
    """

    id: str
    session: str
    series: str
    base: Json
    members: tuple[MemberRow, ...]
    step_s: int
    created: float
    hold_points: float = 0.0
    rings_once: bool = False
    base_level: float = 1.0

    @property
    def ringing(self) -> AlertOnce:
        return AlertOnce(self.rings_once, self.base_level)
