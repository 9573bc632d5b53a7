"""The last nodes: each concludes the refresh, once, with every change of status it brings."""

from langgraph.types import interrupt

from argosy.graphs.refresh.context import RefreshNodeContext
from argosy.graphs.refresh.outcomes import RefreshState
from argosy.graphs.refresh.state import State


def keep(state: State, node: RefreshNodeContext) -> State:
    """The champion stays as it is."""
    return _concluded(RefreshState.KEPT, state, node)


def wait(state: State, node: RefreshNodeContext) -> State:
    """The challenger scores on in shadow; the next refresh looks at it again."""
    return _concluded(RefreshState.SHADOW, state, node)


def ask(state: State, node: RefreshNodeContext) -> State:
    """Puts the question to a person, with all the facts; until it is answered nothing changes."""
    return _concluded(RefreshState.WAITING_FOR_APPROVAL, state, node)


def approve(state: State) -> State:
    """Waits for the answer, in this process or another."""
    answer = interrupt({"challenger": state.get("challenger"), "why": state.get("why")})
    return {"answer": dict(answer)}


def promote(state: State, node: RefreshNodeContext) -> State:
    """The challenger takes the champion's place."""
    return _concluded(RefreshState.PROMOTED, _answered(state, node), node)


def reject(state: State, node: RefreshNodeContext) -> State:
    """The challenger is retired, or none was found."""
    return _concluded(RefreshState.REJECTED, _answered(state, node), node)


def roll_back(state: State, node: RefreshNodeContext) -> State:
    """The detector before takes its place again."""
    return _concluded(RefreshState.ROLLED_BACK, state, node)


def _answered(state: State, node: RefreshNodeContext) -> State:
    answer = state.get("answer")
    if not answer:
        return state
    said = "approved" if answer["approved"] else "rejected"
    told = f"{answer['author']} {said} it" + (f": {answer['why']}" if answer["why"] else "")
    node.decide(str(state.get("challenger")), said, told)
    return {**state, "why": f"{state['why']}; {told}"}


def _concluded(standing: RefreshState, state: State, node: RefreshNodeContext) -> State:
    node.context.register.conclude(standing, state)
    node.decide("refresh", standing, state["why"])
    return {"standing": standing.value, "why": state["why"]}
