"""What is kept of schedules, runs and workers: frozen values. Times are Unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from argosy.scheduling.cron import Cron
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.store.rows import Json

Facts = Mapping[str, float | int | str | bool | None]


class ScheduleState(StrEnum):
    """Nothing is deleted: a removed schedule keeps its history."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


class RunState(StrEnum):
    """Where a run is. One whose worker died is running until another takes it."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"


class Cause(StrEnum):
    """Why a run was entered."""

    CRON = "cron"
    CAUGHT_UP = "caught_up"
    RUN_NOW = "run_now"
    CLOCK = "clock"


class Outcome(StrEnum):
    """How a run ended. Only the first can have changed what is in service."""

    REFRESHED = "refreshed"
    NOTHING_NEW = "nothing_new"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    CRASHED = "crashed"
    CLOCK_SET_BACK = "clock_set_back"


@dataclass(frozen=True)
class RunResult:
    """What came of a run: `why` is for people, `facts` for programs. `again`: worth another attempt, after a while."""

    outcome: Outcome
    why: str = ""
    facts: Facts = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True)
class ScheduleRow:
    """When a detector is refreshed, from what source, and how. `line` is the first detector of its line.

    Times up to `planned_until` have been dealt with; `next` is due next.
    """

    id: str
    detector: str
    line: str
    cron: Cron
    missed: MissedPolicy
    source: Json
    request: Json
    state: ScheduleState
    created: float
    planned_until: float
    next: float


@dataclass(frozen=True)
class RunRow:
    """One run of a schedule, or a time that was not run. `due`: for which moment it looks at data.

    `attempt` counts from 1, and up when something was not available; `starts` counts every time that a worker began.
    """

    id: str
    schedule: str
    due: float
    cause: Cause
    entered: float
    state: RunState
    attempt: int = 1
    not_before: float = 0.0
    queued_attempt: int = 0
    starts: int = 0
    worker: str | None = None
    claim: str | None = None
    started: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None
    why: str | None = None
    facts: Facts | None = None


@dataclass(frozen=True)
class WorkerRow:
    """A process that executes runs. `beats` goes up while it lives; `died` is when others took its runs."""

    id: str
    host: str
    pid: int
    started: float
    beats: int
    beat_at: float
    lease_s: float
    ended: float | None = None
    died: float | None = None
