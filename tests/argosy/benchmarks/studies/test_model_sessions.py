"""Figures of sessions with a model, from transcripts whose every number is known."""

from pathlib import Path

import pytest

from argosy.benchmarks.studies.model_sessions import read_session, summary
from argosy.graphs.recording.events import Decision, ModelCall, SandboxJob
from argosy.signals.errors import BadInput
from argosy.store.store import Store, StoreRecorder
from tests.argosy.sessions.recorded import START, open_at

REPORT = {
    "wall_s": 30.0,
    "rules": [{}],
    "scores": {"base": {"lockbox": {"objective": 0.5}}, "fused": {"lockbox": {"objective": 0.75}}},
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_at(tmp_path)


def _call(recorder: StoreRecorder, role: str, candidate: int, at: float, seconds: float) -> None:
    text = recorder.blob(b"text")
    recorder.append(
        ModelCall(
            at=START + at, span="propose#1", role=role, round=1, candidate=candidate, attempt=0, model="m", prompt=text,
            reply=text, input_tokens=100 * candidate, output_tokens=10, estimated=False, usd=0.0, cut=False,
            seconds=seconds,
        )
    )  # fmt: skip


def _job(recorder: StoreRecorder, purpose: str, at: float, seconds: float) -> None:
    recorder.append(
        SandboxJob(
            at=START + at, span="tune#1", sandbox="local", purpose=purpose, source="0" * 64, evaluations=1,
            outcome="ran", seconds=seconds,
        )
    )  # fmt: skip


def test_what_ran_at_once_and_after_repair_and_where_the_time_went(store: Store) -> None:
    row = store.sessions.begin("s", 10, "m", "auto")
    recorder = StoreRecorder(store, row.id)
    _call(recorder, "detection", 1, at=10, seconds=8)  # 2 … 10
    _call(recorder, "detection", 2, at=14, seconds=8)  # 6 … 14, beside the first for 4 of its seconds
    _call(recorder, "repair", 2, at=20, seconds=4)
    _call(recorder, "detection", 3, at=24, seconds=2)  # never ran
    _job(recorder, "tune c1.1", at=21, seconds=3)  # 18 … 21, of which 2 are beside the repair
    _job(recorder, "tune c1.2", at=22, seconds=1)
    recorder.append(Decision(at=START + 25, span="select#1", subject="c1.1", verdict="accepted", why=""))
    store.sessions.finish(row.id, "fused", REPORT)
    found = read_session(store, row.id)
    assert (found.rules, found.ran_at_once, found.ran, found.accepted, found.fused) == (3, 1, 2, 1, 1)
    assert (found.calls, found.input_tokens, found.output_tokens, found.longest_prompt) == (4, 800, 40, 300)
    assert (found.model_s, found.sandbox_s, found.rest_s) == (18.0, 2.0, 10.0)
    assert (found.base, found.fusion) == (0.5, 0.75)
    together = summary([found, found])
    assert together["ran_at_once_%"] == pytest.approx(33.3)
    assert together["ran_after_repair_%"] == pytest.approx(66.7)
    assert together["accepted_per_100_calls"] == 25.0
    assert together["input_tokens_a_rule"] == 267


def test_a_session_without_a_report_is_refused(store: Store) -> None:
    row = store.sessions.begin("s", 10, "m", "auto")
    with pytest.raises(BadInput, match="has no report"):
        read_session(store, row.id)
