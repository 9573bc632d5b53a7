"""Questions to a person about a line: the open one, and its withdrawal when the champion gives its place back."""

from dataclasses import dataclass, replace

from argosy.graphs.refresh.outcomes import RefreshState
from argosy.graphs.refresh.state import State
from argosy.service.challengers import AUTHOR
from argosy.service.refresh_request import RefreshResult
from argosy.service.register import RefreshRegister
from argosy.store.refreshes import ApprovalAnswer, Ending
from argosy.store.status_rows import ApprovalRow
from argosy.store.store import Store


def open_question(store: Store, line: str) -> ApprovalRow | None:
    """The question about a line that nobody has answered yet."""
    mine = {row.id for row in store.refreshes.of_line(line)}
    return next((each for each in store.refreshes.approvals() if each.refresh in mine), None)


@dataclass(frozen=True, eq=False)
class WithdrawingRegister:
    """The register of a refresh whose line may have an open question: a rollback leaves nothing to be asked.

    The question is withdrawn first. Where the process dies between both, the next refresh rolls back.
    """

    register: RefreshRegister
    question: ApprovalRow | None

    def conclude(self, standing: RefreshState, state: State) -> None:
        """Raises Overtaken."""
        if standing is RefreshState.ROLLED_BACK and self.question is not None:
            withdraw(self.question, state["why"], self.register.store)
        self.register.conclude(standing, state)


def withdraw(question: ApprovalRow, why: str, store: Store) -> None:
    """Rejects what was asked in nobody's name; its challenger's status is another's to change. Raises Overtaken."""
    row = store.refreshes.find(question.refresh)
    asked = RefreshResult.of(row.json or {})
    said = f"withdrawn: {why}"
    told = replace(asked, state=RefreshState.REJECTED, why=f"{asked.why}; {said}")
    ending = Ending(told.state, told.decision.value, told.as_json(), challenger=told.challenger)
    store.refreshes.conclude(row.id, ending, AUTHOR, ApprovalAnswer(told.state.value, AUTHOR, said))
    store.sessions.finish(told.session, told.state.value, told.as_json())
