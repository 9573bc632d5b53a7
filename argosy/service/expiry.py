"""How old a detector is, and when it is due to be looked at again; what that makes of the rules that it holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from argosy.graphs.refresh.defaults import EXPIRES_DAYS
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable
from argosy.store.rows import DetectorRow, RuleRow
from argosy.store.status_rows import StandingRow, Status
from argosy.store.store import Store

DAY_S = 86_400
_BEST_FIRST = (Status.LIVE, Status.SHADOW, Status.CANDIDATE, Status.RETIRED)


@dataclass(frozen=True)
class RuleHolder:
    """A detector that holds a rule."""

    detector: str
    status: Status


@dataclass(frozen=True)
class RuleStanding:
    """How old a rule is, and which detectors hold it."""

    age_days: float
    holders: tuple[RuleHolder, ...]

    @property
    def status(self) -> Status:
        """That of the best placed detector; a rule that none holds is a candidate still."""
        return min((each.status for each in self.holders), key=_BEST_FIRST.index, default=Status.CANDIDATE)


def age_days(created: float, now: float) -> float:
    """Days since then, none for what a clock that was set back puts into the future."""
    return round(max(0.0, now - created) / DAY_S, 3)


def due_at(store: Store, row: DetectorRow, standings: Iterable[StandingRow]) -> int | None:
    """The second of data after which a detector is due to be looked at again; None where it never is.

    What the last refresh that put or left it in service said; before any, so many days after the end of the data that
    it was made on as a refresh would give it. Where these are gone, from when it was kept; without times, never.
    """
    said = [each for each in standings if each.status is Status.LIVE and (each.refresh or each.expires is not None)]
    if said:
        return said[-1].expires
    made_s = _made_until(store, row)
    return None if made_s is None else made_s + int(EXPIRES_DAYS * DAY_S)


def rule_standings(store: Store, rules: Iterable[RuleRow], now: float) -> Mapping[str, RuleStanding]:
    """How rules stand, by their ids, with the detectors that hold them, the newest first."""
    found: dict[str, list[RuleHolder]] = {}
    for row in store.detectors.newest():
        holder = RuleHolder(row.id, store.service.status(row.id))
        for member in row.members:
            found.setdefault(member.rule, []).append(holder)
    return {rule.id: RuleStanding(age_days(rule.created, now), tuple(found.get(rule.id, ()))) for rule in rules}


def expires_at(store: Store, standing: RuleStanding) -> int | None:
    """When the first of the live detectors that hold a rule is due; None where none is live, or none expires."""
    live = [each.detector for each in standing.holders if each.status is Status.LIVE]
    rows = (store.detectors.find(each) for each in live)
    due = (due_at(store, row, store.service.standings(row.id)) for row in rows)
    return min((at for at in due if at is not None), default=None)


def _made_until(store: Store, row: DetectorRow) -> int | None:
    """The second of the last point that a detector was made on; None where its series has no times."""
    succession = store.service.succession(row.id)
    first = store.detectors.find(succession.line) if succession else row
    kept = str(store.sessions.find(first.session).settings.get("data", ""))
    try:
        data = store.artefacts.get_arrays(kept)
    except (BadInput, StoreUnavailable):  # a list of detectors must not fail with the data of one
        return succession.made_until if succession else int(row.created)
    if not bool(data["times_known"]):
        return None
    return succession.made_until if succession else int(data["seconds"][-1])
