"""SIGKILL at any moment of a session, and `resume`: the same rules, and no reply on record asked for again."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argosy.graphs.recording.events import Decision, Event, ModelCall, SandboxJob, SpanBegin, SpanEnd
from argosy.graphs.refine.graph import NODES
from argosy.graphs.replay.past import RESUMED
from argosy.settings import Settings
from argosy.store.store import open_store
from tests.argosy.sessions import killed
from tests.argosy.sessions.killed import Moment

pytestmark = pytest.mark.slow

MOMENTS = 50
SAME = ("rules", "scores", "outcome", "ending", "base", "splits", "accepted", "lockbox_openings", "series")


@dataclass(frozen=True)
class Whole:
    """A session that nobody killed: its report and its events."""

    report: dict[str, Any]
    events: tuple[Event, ...]
    file: Path
    empty: Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    empty = folder / "empty"
    open_store(Settings(empty)).close()
    home, file = killed.fresh(empty, folder / "home"), killed.table(folder / "metric.csv")
    report = killed.run(home, file)
    assert report is not None
    assert report["rules"], "there should be something to lose"
    return Whole(report, events_of(home), file, empty)


def events_of(home: Path) -> tuple[Event, ...]:
    store = open_store(Settings(home))
    (row,) = store.sessions.newest()
    events = tuple(kept.event for kept in store.events.of(row.id))
    store.close()
    return events


def moments(events: tuple[Event, ...]) -> Iterator[Moment]:
    """The beginning of every node, then moments spread over all events, every third of them some time after one."""
    firsts = {
        event.node: number for number, event in reversed(list(enumerate(events, 1))) if isinstance(event, SpanBegin)
    }
    yield from (Moment(number) for number in sorted(firsts.values()))
    rest, last = MOMENTS - len(firsts), len(events) - 1
    for number in range(rest):
        at = 2 + number * (last - 2) // rest
        yield Moment(at, 0.004 * (number % 4) if number % 3 == 0 else None)


def open_node(events: tuple[Event, ...]) -> str | None:
    """The node that had begun and not ended when the record breaks off."""
    edges = [event for event in events if isinstance(event, SpanBegin | SpanEnd)]
    return edges[-1].node if edges and isinstance(edges[-1], SpanBegin) else None


def kill(whole: Whole, home: Path, moment: Moment) -> tuple[Event, ...]:
    """Kills a session within a node; one that was between two when its time came is killed again, at once."""
    for number, instead in enumerate((moment, Moment(moment.at))):
        at = killed.fresh(whole.empty, home / str(number))
        if killed.run(at, whole.file, instead) is None and open_node(events_of(at)):
            at.rename(home / "killed")
            return events_of(home / "killed")
    raise AssertionError(f"{moment} is never within a node")


def check(whole: Whole, home: Path, moment: Moment) -> str:
    """Kills at the moment, resumes, compares; returns the node that it died in."""
    home.mkdir()
    before = kill(whole, home, moment)
    report = killed.run(home / "killed", whole.file, resumed=True)
    assert report is not None
    for name in SAME:
        assert report[name] == whole.report[name], (moment, name)
    assert report["usage"]["calls"] == whole.report["usage"]["calls"]
    check_calls(home / "killed", before)
    after = events_of(home / "killed")
    assert tally(after) == tally(whole.events), moment
    assert sum(isinstance(event, Decision) and event.verdict == RESUMED for event in after) == 1
    return open_node(before) or ""


def check_calls(home: Path, before: tuple[Event, ...]) -> None:
    """Nothing that was on record is asked for again; what was asked for twice was in flight."""
    recorded = {
        f"{event.role} {event.round} {event.candidate} {event.attempt}"
        for event in before
        if isinstance(event, ModelCall)
    }
    again = asked(home / "asked-again")
    assert not recorded & set(again)
    assert len(again) == len(set(again))


def asked(notes: Path) -> list[str]:
    return notes.read_text().splitlines() if notes.exists() else []


def tally(events: tuple[Event, ...]) -> Counter[tuple[str, ...]]:
    """What happened how often, whatever the order. How often a rule is timed depends on how long it takes."""
    return Counter(
        (event.kind, event.span, str(getattr(event, "subject", "")), str(getattr(event, "verdict", "")))
        for event in events
        if not isinstance(event, SandboxJob) and getattr(event, "verdict", "") != RESUMED
    )


def test_a_session_killed_at_any_moment_gives_the_same_rules_when_it_is_resumed(whole: Whole, tmp_path: Path) -> None:
    chosen = list(moments(whole.events))
    assert len(chosen) == MOMENTS
    with ThreadPoolExecutor(2) as pool:
        died_in = list(pool.map(lambda pair: check(whole, tmp_path / str(pair[0]), pair[1]), enumerate(chosen)))
    assert set(died_in) == {name for name, _ in NODES}


def test_one_killed_while_its_detector_is_kept_has_one_detector_in_the_end(whole: Whole, tmp_path: Path) -> None:
    for number, after_s in enumerate((0.002, 0.02, 0.04)):
        home = killed.fresh(whole.empty, tmp_path / str(number))
        died = killed.run(home, whole.file, Moment(len(whole.events) - 1, after_s)) is None
        store = open_store(Settings(home))
        if died and store.sessions.unfinished():  # the kill may come after the end was written
            assert killed.run(home, whole.file, resumed=True) is not None
        assert len(store.detectors.newest()) == 1
        assert store.sessions.newest()[0].outcome == "fused"
        store.close()


def test_one_that_is_killed_again_and_again_gets_there(whole: Whole, tmp_path: Path) -> None:
    home = killed.fresh(whole.empty, tmp_path / "home")
    assert killed.run(home, whole.file, Moment(10)) is None
    for at in (20, 35, 50):
        assert killed.run(home, whole.file, Moment(at), resumed=True) is None
    report = killed.run(home, whole.file, resumed=True)
    assert report is not None
    assert {name: report[name] for name in SAME} == {name: whole.report[name] for name in SAME}
    assert max(Counter(asked(home / "asked") + asked(home / "asked-again")).values()) <= 2
    assert tally(events_of(home)) == tally(whole.events)
