"""Resuming a session that was killed or that failed: its recorded replies are used again, the rest is asked for."""

from collections.abc import Sequence
from contextlib import ExitStack

from argosy.agents.models.speaker import Usage
from argosy.graphs.recording.events import Decision, Event, ModelCall
from argosy.graphs.recording.observer import Observer
from argosy.graphs.replay.past import RESUMED
from argosy.sandbox.containers import ContainerSandbox, reap
from argosy.sessions.past import past_of
from argosy.sessions.publish import SessionResult
from argosy.sessions.report import Report
from argosy.sessions.request import recall, refuse_pattern
from argosy.sessions.run import SessionParts, SessionStart, run_from
from argosy.signals.errors import BadInput
from argosy.store.input_snapshot import read_copy
from argosy.store.rows import SessionRow
from argosy.store.sessions import FAILED
from argosy.store.store import Store, StoreRecorder
from argosy.terminal import several
from argosy.workspace import Workspace


def resume_session(
    session: str | None, workspace: Workspace, observer: Observer | None = None
) -> SessionResult | Report:
    """Goes on with the session whose id begins so, by default the newest that is unfinished and that nobody works on.

    No recorded reply is asked for again; what ran in a sandbox runs again. One that has ended gives its report. Raises
    as `run_session`, and BadInput for a session that another process works on, or that cannot be done again.
    """
    store = workspace.store
    row = _newest_unfinished(store) if session is None else store.sessions.find(session)
    refuse_pattern(row)
    with ExitStack() as stack:
        if not _has_ended(row):
            stack.enter_context(store.claims.hold(row.id))
            row = store.sessions.find(row.id)  # whoever worked on it may have ended it meanwhile
        if _has_ended(row):
            return Report.model_validate(row.report)
        return _resume(row, workspace, observer or Observer())


def _resume(row: SessionRow, workspace: Workspace, observer: Observer) -> SessionResult:
    store = workspace.store
    request, data = recall(row)
    past = past_of(store, row.id, request)
    events = past.recordings[0].events

    def begun(row: SessionRow, parts: SessionParts) -> None:
        if isinstance(parts.sandbox, ContainerSandbox):
            reap()
        observer.over(StoreRecorder(store, row.id)).append(_mark(events, workspace.clock()))

    start = SessionStart(
        request, lambda: read_copy(store, data), past, row, worked_s(row, events), spent(events), begun
    )
    return run_from(start, workspace, observer)


def _mark(events: Sequence[Event], at: float) -> Decision:
    number = 1 + sum(isinstance(event, Decision) and event.verdict == RESUMED for event in events)
    replies = sum(isinstance(event, ModelCall) for event in events)
    kept = f"{several(len(events), 'event')} and {several(replies, 'reply', 'replies')}"
    why = f"on record: {kept}; no reply of them is asked for again"
    return Decision(at=at, span=f"resume#{number}", subject="session", verdict=RESUMED, why=why)


def spent(events: Sequence[Event]) -> Usage:
    """What the calls on record cost."""
    calls = [event for event in events if isinstance(event, ModelCall) and not event.replayed]
    return sum((Usage(1, call.input_tokens, call.output_tokens, call.usd, call.estimated) for call in calls), Usage())


def worked_s(row: SessionRow, events: Sequence[Event]) -> float:
    """The seconds from the beginning, and from each time the session was resumed, to the last event before a kill."""
    total_s, began, last = 0.0, row.started, row.started
    for event in events:
        if isinstance(event, Decision) and event.verdict == RESUMED:
            total_s, began = total_s + last - began, event.at
        last = event.at
    return max(0.0, total_s + last - began)


def _newest_unfinished(store: Store) -> SessionRow:
    rows = store.sessions.unfinished()
    for row in rows:
        if store.claims.free(row.id):
            return row
    working = f"; {len(rows)} are being worked on" if rows else ""
    raise BadInput("session", f"none is left unfinished{working}", "argosy sessions lists them all")


def _has_ended(row: SessionRow) -> bool:
    return row.outcome is not None and row.outcome != FAILED
