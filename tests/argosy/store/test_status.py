"""Detectors in service: whoever is second changes nothing, whatever is entered stays, and any process can go on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict

import pytest
import sqlalchemy as sa
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from argosy.graphs.refresh.outcomes import RefreshState
from argosy.store import schema
from argosy.store.checkpoints import Checkpoints
from argosy.store.errors import StoreUnavailable
from argosy.store.refreshes import Ending
from argosy.store.rows import DetectorRow
from argosy.store.status_rows import ConcurrentUpdate, Status, StatusChange, SuccessionRow
from argosy.store.store import Store


@pytest.fixture
def champion(store: Store, recorded: tuple[str, str]) -> DetectorRow:
    return store.detectors.find("latest")


def challenger_of(store: Store, champion: DetectorRow) -> str:
    row = store.detectors.put(champion.session, champion.series, champion.base, champion.members, champion.step_s)
    store.service.enter(SuccessionRow(row.id, champion.id, champion.id, "retune", 0, {"from": 0}), "test", "made")
    return row.id


def ending(challenger: str, champion: str) -> Ending:
    moves = (
        StatusChange(champion, Status.LIVE, Status.RETIRED, "better"),
        StatusChange(challenger, Status.CANDIDATE, Status.LIVE, "better"),
    )
    return Ending(RefreshState.PROMOTED, "retune", {"state": "promoted"}, moves, challenger)


def outcomes(work: list[Callable[[], object]]) -> list[str]:
    """What becomes of things that are done at once."""

    def one(each: Callable[[], object]) -> str:
        try:
            each()
        except ConcurrentUpdate:
            return "overtaken"
        return "done"

    with ThreadPoolExecutor(len(work)) as pool:
        return sorted(pool.map(one, work))


def test_what_a_session_left_is_live_and_a_challenger_is_not(store: Store, champion: DetectorRow) -> None:
    new = challenger_of(store, champion)
    assert store.service.status(champion.id) is Status.LIVE
    assert store.service.status(new) is Status.CANDIDATE
    assert store.detectors.find("latest").id == champion.id
    assert store.service.line(champion.id) == (champion.id, new)
    assert store.service.line_of(new) == champion.id
    assert store.service.lives() == {champion.id}


def test_one_refresh_is_concluded_once_however_many_try(store: Store, champion: DetectorRow) -> None:
    new = challenger_of(store, champion)
    row = store.refreshes.begin("monday", champion.id, champion.id)
    assert store.refreshes.begin("monday", champion.id, champion.id).id == row.id
    tries = [lambda: store.refreshes.conclude(row.id, ending(new, champion.id), "test")] * 6
    assert outcomes(tries) == ["done"] + ["overtaken"] * 5
    assert [each.status for each in store.service.standings(new)] == [Status.CANDIDATE, Status.LIVE]
    assert [each.status for each in store.service.standings(champion.id)] == [Status.RETIRED]


def test_one_champion_is_replaced_once_however_many_refreshes_promote(store: Store, champion: DetectorRow) -> None:
    tries: list[Callable[[], object]] = []
    for number in range(5):
        row = store.refreshes.begin(f"key {number}", champion.id, champion.id)
        told = ending(challenger_of(store, champion), champion.id)
        tries.append(lambda row=row, told=told: store.refreshes.conclude(row.id, told, "test"))  # type: ignore[misc]
    assert outcomes(tries) == ["done"] + ["overtaken"] * 4
    statuses = [store.service.status(each) for each in store.service.line(champion.id)]
    assert statuses.count(Status.LIVE) == 1
    assert len(store.refreshes.of_line(champion.id)) == 1
    assert len(store.refreshes.of_line(champion.id, concluded=False)) == 5


def test_nothing_of_a_change_is_kept_when_a_part_of_it_fails(store: Store, champion: DetectorRow) -> None:
    new = challenger_of(store, champion)
    row = store.refreshes.begin(None, champion.id, champion.id)
    store.service.move([StatusChange(new, Status.CANDIDATE, Status.RETIRED, "by hand")], "test")
    with pytest.raises(ConcurrentUpdate, match="no longer candidate"):
        store.refreshes.conclude(row.id, ending(new, champion.id), "test")
    assert store.service.status(champion.id) is Status.LIVE
    assert store.refreshes.find(row.id).state is None


def test_standings_can_be_added_to_but_not_changed(store: Store, champion: DetectorRow) -> None:
    store.service.move([StatusChange(champion.id, Status.LIVE, Status.RETIRED, "gone")], "test")
    for change in (schema.standings.delete(), schema.standings.update().values(why="otherwise")):
        with pytest.raises((StoreUnavailable, sa.exc.IntegrityError)), store.database.writing() as connection:
            connection.execute(change)
    assert store.service.standings(champion.id)[0].why == "gone"


def test_what_a_killed_search_left_is_not_in_service(store: Store, champion: DetectorRow) -> None:
    row = store.refreshes.begin(None, champion.id, champion.id)
    session = store.sessions.begin("kpi-1", 3, "embedded", "ewma")
    store.refreshes.note(row.id, search=session.id)
    orphan = store.detectors.put(session.id, "kpi-1", champion.base, champion.members, 60)
    assert store.service.status(orphan.id) is Status.CANDIDATE
    assert store.detectors.find("latest").id == champion.id


class Counted(TypedDict, total=False):
    steps: list[str]


def waiting_graph(store: Store) -> object:
    graph: StateGraph[Counted, None, Counted, Counted] = StateGraph(Counted)
    graph.add_node("ask", lambda state: {"steps": [*state["steps"], str(interrupt("well?"))]})
    graph.add_node("end", lambda state: {"steps": [*state["steps"], "end"]})
    graph.add_edge(START, "ask")
    graph.add_edge("ask", "end")
    graph.add_edge("end", END)
    return graph.compile(checkpointer=Checkpoints(store.database))


def test_a_graph_that_waits_goes_on_from_another_checkpointer(store: Store) -> None:
    config = {"configurable": {"thread_id": "f-1"}}
    first, second = waiting_graph(store), waiting_graph(store)
    first.invoke({"steps": ["begin"]}, config)  # type: ignore[attr-defined]
    assert [each.value for each in second.get_state(config).interrupts] == ["well?"]  # type: ignore[attr-defined]
    done = second.invoke(Command(resume="yes"), config)  # type: ignore[attr-defined]
    assert done["steps"] == ["begin", "yes", "end"]
    assert first.get_state(config).next == ()  # type: ignore[attr-defined]
    history = list(first.get_state_history(config))  # type: ignore[attr-defined]
    assert [each.next for each in history] == [(), ("end",), ("ask",), ("__start__",)]
    other = {"configurable": {"thread_id": "f-2"}}
    assert second.get_state(other).values == {}  # type: ignore[attr-defined]
