"""What a refresh is asked to do, and what it came to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from argosy.agents.models.budget import Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.graphs.refine import Settings
from argosy.graphs.refresh.defaults import EXPIRES_DAYS, PROBATION_DAYS, SHADOW_DAYS
from argosy.graphs.refresh.outcomes import Cost, Decision, RefreshState
from argosy.sandboxes import SandboxChoice
from argosy.store.rows import Json


@dataclass(frozen=True)
class ShadowPeriod:
    """How long a challenger scores beside its champion before it can be promoted, in data time: both, where both are
    given. `ShadowPeriod(0)` judges it on the data that it was made on, and says so."""

    points: int | None = None
    days: float | None = None

    @staticmethod
    def of(points: int | None, days: float | None) -> "ShadowPeriod":
        """As it was asked for; `SHADOW_DAYS` where neither is said.

        >>> ShadowPeriod.of(100, None), ShadowPeriod.of(None, None)
        (ShadowPeriod(points=100, days=None), ShadowPeriod(points=None, days=3.0))
        """
        return ShadowPeriod(points, SHADOW_DAYS if points is None and days is None else days)


@dataclass(frozen=True)
class RefreshRequest:
    """What one refresh is asked to do.

    `detector`: an id, its beginning, a session's, or latest; any detector of a lineage stands for the one in service.
    `key`: one refresh for each, however often it is asked for; None makes a new one. `settings`, `model` and `caps` are
    for a search again. `approve`: a person must agree before a challenger is promoted. `force` overrides the decision.
    Without `search` no session is started: numbers are searched anew instead.
    `expires_days`: a champion made on data older than this, in data time, is due whatever the statistics say. Within
    `probation_days` of its promotion, a champion that alerts more than it promised gives its place back.
    """

    detector: str
    key: str | None = None
    model: str = EMBEDDED
    settings: Settings = field(default_factory=Settings)
    caps: Caps = field(default_factory=Caps)
    sandbox: SandboxChoice = SandboxChoice.AUTO
    accept_risk: bool = False
    approve: bool = False
    shadow: ShadowPeriod = field(default_factory=lambda: ShadowPeriod(days=SHADOW_DAYS))
    force: Decision | None = None
    search: bool = True
    expires_days: float | None = EXPIRES_DAYS
    probation_days: float = PROBATION_DAYS


@dataclass(frozen=True)
class Statistic:
    """One named statistic of drift: it fires where `value` is beyond `threshold`. None: nothing could be measured."""

    name: str
    value: float | None
    threshold: float
    fired: bool
    why: str


@dataclass(frozen=True)
class RefreshResult:
    """What a refresh came to. `champion` was in service when it began, `live` is when it had ended.

    `seen_until`: Unix second of the last point that was looked at. `approval` is what a person is asked to decide.
    `expires`: the second of data from which on what is promoted or confirmed now is due.
    """

    id: str
    key: str
    detector: str
    champion: str
    live: str
    decision: Decision
    why: str
    statistics: tuple[Statistic, ...]
    challenger: str | None
    state: RefreshState
    cost: Cost
    estimate: Cost
    session: str
    at: float
    seen_until: int | None = None
    approval: str | None = None
    expires: int | None = None
    facts: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @staticmethod
    def of(told: Json) -> "RefreshResult":
        """A result as it was kept."""
        return RefreshResult(
            **{
                **told,
                "decision": Decision(told["decision"]),
                "state": RefreshState(told["state"]),
                "statistics": tuple(Statistic(**each) for each in told["statistics"]),
                "cost": Cost(**told["cost"]),
                "estimate": Cost(**told["estimate"]),
                "notes": tuple(told["notes"]),
            }
        )
