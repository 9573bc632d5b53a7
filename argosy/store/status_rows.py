"""What the store keeps of detectors in service: frozen values, one kind a table. Times are Unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from argosy.store.rows import Json


class Status(StrEnum):
    """A detector's place in service. One that a session left is live until something else is said of it."""

    CANDIDATE = "candidate"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True)
class StandingRow:
    """A detector's `seq`-th change of status, from 1. `expires`: the time of data at which it is due."""

    detector: str
    seq: int
    at: float
    status: Status
    author: str
    why: str
    refresh: str | None = None
    expires: int | None = None


@dataclass(frozen=True)
class SuccessionRow:
    """Whom a detector was made to succeed. `line` is the first of them all.

    `made_until`: second of the last point that it was made on; `promise`: what it did there.
    """

    detector: str
    predecessor: str
    line: str
    how: str
    made_until: int
    promise: Json = field(default_factory=dict)
    refresh: str | None = None


@dataclass(frozen=True)
class RefreshRow:
    """One refresh. `state` is None until it is concluded; `search` is the session that it started, `data` the artefact
    of the points that it was the first to see. `json` is all that was told of it."""

    id: str
    key: str
    line: str
    detector: str
    started: float
    session: str | None = None
    search: str | None = None
    state: str | None = None
    decision: str | None = None
    challenger: str | None = None
    ended: float | None = None
    seen_until: int | None = None
    data: str | None = None
    json: Json | None = None


@dataclass(frozen=True)
class ApprovalRow:
    """A question to a person: may the challenger of this refresh be promoted? `verdict` is None while it is open."""

    id: str
    refresh: str
    asked: float
    facts: Mapping[str, object]
    verdict: str | None = None
    decided: float | None = None
    author: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class StatusChange:
    """A change of status: `before` is what it must be when the change is made."""

    detector: str
    before: Status
    after: Status
    why: str
    expires: int | None = None


class ConcurrentUpdate(Exception):
    """Somebody else concluded the refresh, or changed a detector's status, in the meantime; nothing was changed."""
