"""Keeping what a session found as detectors: one that is in service, and beside it what a person may put there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from argosy.detectors.fusion.delivery import EVERY_POINT, AlertOnce
from argosy.graphs.refine.publication import FinalScores
from argosy.graphs.refresh.outcomes import Decision
from argosy.sessions.in_service import InService, ServiceChoice
from argosy.signals.series import Series
from argosy.store.rows import DetectorRow, Json, MemberRow
from argosy.store.status_rows import Status, StatusChange, SuccessionRow
from argosy.store.store import Store

AUTHOR = "session"

Within = Callable[[sa.Connection, DetectorRow], None]


@dataclass(frozen=True)
class KeptDetectors:
    """The detector with all rules, and the one that is in service: the same, its base alone, or none."""

    found: DetectorRow
    live: DetectorRow | None

    @property
    def shown(self) -> DetectorRow:
        """The one to score with."""
        return self.live or self.found


@dataclass(frozen=True, eq=False)
class DetectorKeeper:
    """Keeps the detectors of one session. `promised_from` is the first point that its base was not fitted on.

    What was kept just before the session was killed is found again.
    """

    store: Store
    session: str
    series: Series
    recipe: Json
    members: Sequence[MemberRow]
    final: FinalScores
    promised_from: int

    def keep(self, choice: ServiceChoice) -> KeptDetectors:
        """Keeps the fusion, after its base where that goes into service alone. Raises StoreUnavailable."""
        if choice.what is InService.NOTHING:
            return KeptDetectors(self._fusion(self._waiting(choice.held_back)), None)
        if choice.what is InService.BASE and self.members:
            base = self._put((), 0.0, EVERY_POINT, _live)
            return KeptDetectors(self._fusion(self._following(base, choice.held_back)), base)
        found = self._fusion(_live)
        return KeptDetectors(found, found)

    def _fusion(self, within: Within) -> DetectorRow:
        return self._put(self.members, self.final.hold_points, self.final.delivery, within)

    def _put(
        self, members: Sequence[MemberRow], hold_points: float, delivery: AlertOnce, within: Within
    ) -> DetectorRow:
        before = self.store.detectors.of_session(self.session)
        kept = next((each for each in before if each.members == tuple(members)), None)
        return kept or self.store.detectors.put(
            self.session,
            self.series.id,
            self.recipe,
            members,
            self.series.step_s,
            hold_points,
            delivery,
            within,
        )

    def _waiting(self, why: str) -> Within:
        def waiting(connection: sa.Connection, row: DetectorRow) -> None:
            change = StatusChange(row.id, Status.LIVE, Status.CANDIDATE, why)
            self.store.service.move_within(connection, [change], AUTHOR)

        return waiting

    def _following(self, base: DetectorRow, why: str) -> Within:
        seconds = self.series.seconds
        promise = {"from": int(seconds[min(self.promised_from, len(seconds) - 1)])}
        how, until = Decision.SEARCH_AGAIN.value, int(seconds[-1])

        def following(connection: sa.Connection, row: DetectorRow) -> None:
            succession = SuccessionRow(row.id, base.id, base.id, how, until, promise)
            self.store.service.enter_within(connection, succession, AUTHOR, why)

        return following


def _live(_connection: sa.Connection, _row: DetectorRow) -> None:
    """A detector of which nothing is said is live."""
