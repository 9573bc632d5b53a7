"""Replaying a session: once more from its own record, at no cost and without a trace, compared with what it left."""

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from argosy.agents.models.budget import Budget
from argosy.detectors.rules.rule import rule_id
from argosy.graphs.recording.events import Event
from argosy.graphs.recording.observer import Observer
from argosy.graphs.refine import SessionData
from argosy.graphs.refine.publication import Publication
from argosy.graphs.replay.past import Past, expected, fingerprint
from argosy.graphs.replay.unknown import UnknownCall
from argosy.sessions.past import digest, past_of
from argosy.sessions.report import Report, RuleSection
from argosy.sessions.request import recall
from argosy.sessions.run import prepare, run_graph
from argosy.sessions.speakers import SessionSpeakers, recorded_speakers
from argosy.signals.errors import BadInput
from argosy.store.input_snapshot import read_copy
from argosy.store.rows import SessionRow
from argosy.store.sessions import FAILED
from argosy.store.store import Store
from argosy.workspace import Workspace

_CLOSE = 1e-9
"""Figures that differ by less were summed in another order, on another machine."""


@dataclass(frozen=True)
class ReplayResult:
    """How a replay compares: `differences` is empty where it gave the same rules, fusion and figures.

    `events` are those on record, of which `missing` did not come again; `added` are those that came and are not on
    record. `diff` compares a call that is not on record with the nearest that is.
    """

    session: str
    replies: int
    events: int
    missing: int
    added: int
    differences: tuple[str, ...]
    seconds: float
    diff: str = ""

    @property
    def same(self) -> bool:
        return not self.differences


class _Comparing:
    """A recorder that keeps nothing but what is not on record."""

    def __init__(self, store: Store, past: Past) -> None:
        self._store, self._past = store, past
        self.added: list[Event] = []

    def append(self, event: Event) -> None:
        kept = self._store.redaction.event(event)
        if not self._past.observe(kept) and expected(kept):
            self.added.append(kept)

    def blob(self, data: bytes) -> str:
        return digest(self._store, data)


def replay_session(session: str, workspace: Workspace, observer: Observer | None = None) -> ReplayResult:
    """Does a session again that has ended. No model is asked; what ran in a sandbox runs again.

    Raises BadInput, SandboxUnavailable or StoreUnavailable.
    """
    store, clock = workspace.store, workspace.clock
    row = store.sessions.find(session)
    if row.outcome in (None, FAILED):
        raise BadInput(f"session {row.id}", "has not ended", f"argosy resume {row.id} goes on with it")
    request, data = recall(row)
    past, began = past_of(store, row.id, request, finished=True), clock()
    comparing = _Comparing(store, past)
    recording = past.recordings[0]
    result: tuple[SessionData, Publication] | UnknownCall
    with ExitStack() as stack:

        def speakers(_budget: Budget) -> SessionSpeakers:
            return recorded_speakers(row, recording, store)

        parts = prepare(request, read_copy(store, data), speakers, lambda: 0.0, stack)
        watched = (observer or Observer()).over(comparing)
        try:
            result = run_graph(request, parts, watched, past, clock, lambda: False)
        except UnknownCall as unknown:
            result = unknown
    left = past.left()
    return ReplayResult(
        session=row.id,
        replies=len(recording.calls),
        events=len(recording.events),
        missing=len(left),
        added=len(comparing.added),
        differences=tuple(_differences(row, result, left, comparing.added)),
        seconds=clock() - began,
        diff=result.diff if isinstance(result, UnknownCall) else "",
    )


def _differences(
    row: SessionRow, result: tuple[SessionData, Publication] | UnknownCall, left: tuple[Event, ...], added: list[Event]
) -> Iterator[str]:
    """What is other than in the report; with where the ways parted, if anything is."""
    found = [str(result)] if isinstance(result, UnknownCall) else list(_against(row, *result))
    yield from found
    if found and (left or added):
        yield _parting(left, added)


def _against(row: SessionRow, data: SessionData, published: Publication) -> Iterator[str]:
    report = Report.model_validate(row.report)
    now: dict[str, object] = {
        "base": data.base.name if data.base else None,
        "outcome": published.outcome.value,
        "ending": published.ending.value,
        "fusion": [
            rule_id(each.rule.source, each.candidate.params, each.candidate.direction) for each in published.rules
        ],
    }
    then: dict[str, object] = {
        "base": report.base.name,
        "outcome": report.outcome,
        "ending": report.ending,
        "fusion": [rule.id for rule in report.rules],
    }
    yield from (f"{name}: {then[name]} on record, now {now[name]}" for name in then if then[name] != now[name])
    pairs = {rule.id: rule for rule in report.rules}
    for each in published.rules:
        same = _same_candidate(each.candidate.id, tuple(pairs.values()))
        if same is not None and dict(same.params) != dict(each.candidate.params):
            yield f"parameters of {each.candidate.id}: {dict(same.params)} on record, now {dict(each.candidate.params)}"
    for subject, figures in (("base", published.base), ("fused", published.fused)):
        kept = report.model_dump()["scores"][subject]
        yield from _unequal(subject, kept, figures)


def _same_candidate(candidate: str, rules: tuple[RuleSection, ...]) -> RuleSection | None:
    return next((rule for rule in rules if (rule.model_extra or {}).get("candidate") == candidate), None)


def _unequal(
    subject: str, kept: Mapping[str, Mapping[str, object]], figures: Mapping[str, Mapping[str, float | int | None]]
) -> Iterator[str]:
    """What is on record and is other now, or missing. A metric that came after the record is not compared."""
    for part, then in kept.items():
        now = figures.get(part, {})
        for name, value in then.items():
            if name not in now:
                yield f"{subject} on {part}, {name}: {value} on record, now not measured"
            elif not _equal(value, now[name]):
                yield f"{subject} on {part}, {name}: {value} on record, now {now[name]}"


def _equal(then: object, now: float | int | None) -> bool:
    if isinstance(then, int | float) and now is not None:
        return math.isclose(then, now, rel_tol=_CLOSE, abs_tol=_CLOSE)
    return then is None and now is None


def _parting(left: tuple[Event, ...], added: list[Event]) -> str:
    """The first event that is on record and did not come again, beside one of its kind that came instead."""
    if not left:
        return f"the first event that is not on record: {_told(added[0])}"
    first = left[0]
    instead = next((each for each in added if (each.kind, each.span) == (first.kind, first.span)), None)
    came = "nothing of its kind came" if instead is None else f"now {_told(instead)}"
    return f"the first event that did not come again: {_told(first)}; {came}"


def _told(event: Event) -> str:
    return f"{event.kind} in {event.span}: {fingerprint(event)[:300]}"
