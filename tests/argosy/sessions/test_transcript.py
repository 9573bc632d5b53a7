"""The transcript: every event once, grouped by the runs of nodes, and the filters."""

import json

import pytest

from argosy.graphs.recording.events import Decision, ModelCall, SandboxJob
from argosy.graphs.recording.recorder import span
from argosy.sessions.transcript import TranscriptFilter, read_transcript, transcript_json
from argosy.signals.errors import BadInput
from argosy.store.store import Store, StoreRecorder
from tests.argosy.sessions.recorded import BROKEN, SOURCE, ticking


def test_sections_are_the_runs_of_nodes(store: Store, recorded: tuple[str, str]) -> None:
    transcript = read_transcript(store, recorded[0])
    assert [(each.node, each.round) for each in transcript.sections] == [
        ("propose", 1),
        ("trial", 1),
        ("repair", 2),
        ("assess", 2),
    ]
    assert [entry.seq for entry in transcript.entries] == list(range(1, 16))
    assert transcript.sections[0].seconds == 0.75
    assert transcript.session.outcome == "fused"


def test_texts_stand_beside_their_events(store: Store, recorded: tuple[str, str]) -> None:
    entries = read_transcript(store, "latest").entries
    call = next(entry for entry in entries if isinstance(entry.event, ModelCall))
    job = next(entry for entry in entries if isinstance(entry.event, SandboxJob))
    assert call.texts["prompt"].startswith("[system]\nYou write rules.\n\n[human]\nWrite a rule.")
    assert BROKEN in call.texts["reply"]
    assert job.texts["source"] == BROKEN


def test_json_holds_the_same_events_and_small_texts(store: Store, recorded: tuple[str, str]) -> None:
    store.blobs.put(b"unused")
    events = transcript_json(read_transcript(store, recorded[0]))
    json.dumps(events, allow_nan=False)
    assert [event["seq"] for event in events] == list(range(1, 16))
    assert {event["session"] for event in events} == {recorded[0]}
    kinds = [event["kind"] for event in events]
    assert kinds[:3] == ["span_begin", "model", "span_end"]
    assert events[1]["reply_text"].startswith("Here it is.")
    assert kinds.count("score") == 2


def test_long_texts_come_only_when_asked_for(store: Store) -> None:
    session = store.sessions.begin("kpi-1", 10, "embedded", "auto").id
    recorder = StoreRecorder(store, session)
    recorder.append(
        SandboxJob(
            at=1.0,
            span="trial#1",
            sandbox="local",
            purpose="trial",
            source=recorder.blob(b"x" * 2_001),
            evaluations=1,
            outcome="ran",
            seconds=0.1,
        )
    )
    transcript = read_transcript(store, session)
    assert "source_text" not in transcript_json(transcript)[0]
    assert transcript_json(transcript, full=True)[0]["source_text"] == "x" * 2_001
    assert (transcript.sections[0].node, transcript.sections[0].seconds) == ("trial", None)


def test_a_node_that_runs_twice_in_a_round_has_two_sections(store: Store) -> None:
    session = store.sessions.begin("kpi-1", 10, "embedded", "auto").id
    recorder, clock = StoreRecorder(store, session), ticking()
    for subject in ("a", "b"):
        with span(recorder, clock, "trial", 1) as mark:
            recorder.append(Decision(at=clock(), span=mark, subject=subject, verdict="clean", why=""))
    sections = read_transcript(store, session).sections
    subjects = [[e.event.subject for e in each.entries if isinstance(e.event, Decision)] for each in sections]
    assert subjects == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("wanted", "nodes"),
    [
        (TranscriptFilter(node="repair"), ["repair"]),
        (TranscriptFilter(round=1), ["propose", "trial"]),
        (TranscriptFilter(round=9), []),
        (TranscriptFilter(node="trial", round=1), ["trial"]),
        (TranscriptFilter(rule="c1.2"), ["propose", "trial"]),
        (TranscriptFilter(rule="c2.1"), ["repair", "assess"]),
    ],
)
def test_filters_leave_what_is_wanted(
    store: Store, recorded: tuple[str, str], wanted: TranscriptFilter, nodes: list[str]
) -> None:
    assert [section.node for section in read_transcript(store, recorded[0], wanted).sections] == nodes


def test_a_kept_rule_leads_to_its_calls_jobs_and_decisions(store: Store, recorded: tuple[str, str]) -> None:
    session, rule = recorded
    entries = read_transcript(store, session, TranscriptFilter(rule=rule[:6])).entries
    assert [entry.event.kind for entry in entries] == ["model", "sandbox", "score", "decision"]
    assert entries[1].texts["source"] == SOURCE


def test_a_node_that_never_ran_is_named_with_those_that_did(store: Store, recorded: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="it has: propose, trial, repair, assess"):
        read_transcript(store, recorded[0], TranscriptFilter(node="proposal"))
