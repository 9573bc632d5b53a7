"""Concluding a refresh in the store: what is told of it, and the changes of status that come with it, together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from argosy.graphs.recording.node_context import Fact
from argosy.graphs.refresh.outcomes import Cost, Decision, RefreshState
from argosy.graphs.refresh.state import State
from argosy.service.challengers import AUTHOR
from argosy.service.refresh_request import RefreshResult, Statistic
from argosy.store.refreshes import ApprovalAnswer, Ending
from argosy.store.status_rows import RefreshRow, Status, StatusChange
from argosy.store.store import Store

CHALLENGED = (RefreshState.PROMOTED, RefreshState.REJECTED, RefreshState.SHADOW, RefreshState.WAITING_FOR_APPROVAL)


@dataclass(eq=False)
class RefreshRegister:
    """The register of one refresh. `told` is what came of it, once it is concluded.

    `expires`: the second until which a champion that was confirmed may stay; None where it never expires. `worked_s`
    is what the refresh took before `began`, Unix seconds; a person's time to answer lies between and is no cost.
    """

    store: Store
    refresh: RefreshRow
    session: str
    champion: str
    predecessor: str | None
    shadowed: str | None
    clock: Callable[[], float]
    seen_until: int | None = None
    added: str | None = None
    expires: int | None = None
    expired: bool = False
    notes: tuple[str, ...] = ()
    answer: ApprovalAnswer | None = None
    worked_s: float = 0.0
    began: float | None = None
    told: RefreshResult | None = None

    def conclude(self, standing: RefreshState, state: State) -> None:
        """Concludes it, with all changes of status, in one transaction. Raises Overtaken."""
        challenger = state.get("challenger") if standing in CHALLENGED else None
        told = self._told(standing, state, challenger)
        waits = standing is RefreshState.WAITING_FOR_APPROVAL
        ending = Ending(
            state=standing,
            decision=told.decision.value,
            told=told.as_json(),
            moves=self._moves(standing, challenger, told.why),
            challenger=challenger,
            seen_until=self.seen_until,
            data=self.added,
            question=self._question(told) if waits else None,
        )
        self.store.refreshes.conclude(self.refresh.id, ending, self._author(), self.answer)
        self.told = told

    def _author(self) -> str:
        return self.answer.author if self.answer else AUTHOR

    def _moves(self, standing: RefreshState, challenger: str | None, why: str) -> tuple[StatusChange, ...]:
        status = self.store.service.status(challenger) if challenger else None
        moves: list[StatusChange] = []
        match standing:
            case RefreshState.SHADOW | RefreshState.WAITING_FOR_APPROVAL if challenger and status is Status.CANDIDATE:
                moves.append(StatusChange(challenger, status, Status.SHADOW, why))
            case RefreshState.PROMOTED if challenger and status:
                moves.append(StatusChange(self.champion, Status.LIVE, Status.RETIRED, why))
                moves.append(StatusChange(challenger, status, Status.LIVE, why, self.expires))
            case RefreshState.REJECTED:
                if challenger and status:
                    moves.append(StatusChange(challenger, status, Status.RETIRED, why))
                if self.expired:
                    confirmed = "nothing newer did better, so it stays"
                    moves.append(StatusChange(self.champion, Status.LIVE, Status.LIVE, confirmed, self.expires))
            case RefreshState.ROLLED_BACK if self.predecessor:
                moves.append(StatusChange(self.champion, Status.LIVE, Status.RETIRED, why))
                moves.append(StatusChange(self.predecessor, Status.RETIRED, Status.LIVE, why, self.expires))
                if self.shadowed:
                    left = "its champion gave its place back"
                    moves.append(StatusChange(self.shadowed, Status.SHADOW, Status.RETIRED, left))
        return tuple(moves)

    def _told(self, standing: RefreshState, state: State, challenger: str | None) -> RefreshResult:
        live = {RefreshState.PROMOTED: challenger, RefreshState.ROLLED_BACK: self.predecessor}.get(standing)
        facts: dict[str, Fact] = dict(state.get("facts") or {})
        question = "a" + self.refresh.id[1:] if standing is RefreshState.WAITING_FOR_APPROVAL or self.answer else None
        return RefreshResult(
            id=self.refresh.id,
            key=self.refresh.key,
            detector=self.refresh.detector,
            champion=self.champion,
            live=live or self.champion,
            decision=Decision(state["decision"]),
            why=state["why"],
            statistics=tuple(Statistic(**each) for each in state.get("findings") or ()),
            challenger=challenger,
            state=standing,
            cost=Cost(**_amounts(state.get("cost"), self._seconds())),
            estimate=Cost(**_amounts(state.get("estimate"))),
            session=self.session,
            at=self.clock(),
            seen_until=self.seen_until,
            approval=question,
            expires=self.expires,
            facts=facts,
            notes=(*self.notes, *(state.get("notes") or ())),
        )

    def _seconds(self) -> float:
        began = self.refresh.started if self.began is None else self.began
        return self.worked_s + max(0.0, self.clock() - began)

    def _question(self, told: RefreshResult) -> dict[str, Any]:
        row = self.store.detectors.find(told.champion)
        return {
            "series": row.series,
            "champion": told.champion,
            "challenger": told.challenger,
            "decision": told.decision.value,
            "why": told.why,
            "session": told.session,
            **told.facts,
        }


def _amounts(spent: Mapping[str, float | None] | None, seconds: float | None = None) -> dict[str, Any]:
    amounts = dict(spent or {})
    return amounts | {"seconds": round(seconds, 3)} if seconds is not None else amounts
