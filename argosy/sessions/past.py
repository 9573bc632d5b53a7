"""What is on record of a session, so that it can be done again, gone on with, or continued in another way."""

import hashlib

from argosy.agents.models.catalog import EMBEDDED
from argosy.graphs.recording.events import Decision, ModelCall
from argosy.graphs.recording.recorder import encoded
from argosy.graphs.replay.past import Past
from argosy.graphs.replay.recording import Recording, empty_recording
from argosy.sessions.request import Fork, SessionRequest
from argosy.store.rows import SessionRow
from argosy.store.store import Store


def past_of(store: Store, session: str | None, request: SessionRequest, *, finished: bool = False) -> Past:
    """What is on record of a session, None for a new one; of a fork, also what its origin has from before its step."""
    own = empty_recording() if session is None else recording_of(store, session)
    fork = request.fork
    return Past(
        own,
        recording_of(store, fork.of, fork.stop, borrowed=True) if fork else None,
        fork.at if fork else None,
        finished=finished,
        turns=request.turns,
        tainted=fork is not None and fork.by_language_model,
        clean=lambda text: as_stored(store, text),
    )


def recording_of(store: Store, session: str, stop: int | None = None, *, borrowed: bool = False) -> Recording:
    """The recording of a session by its whole id, up to an event's place. Raises StoreUnavailable."""
    events = [row.event for row in store.events.of(session)][:stop]
    return Recording(events, lambda name: store.blobs.get(name).decode(), borrowed=borrowed)


def by_language_model(row: SessionRow) -> bool:
    """Whether a language model could be asked in a session."""
    return bool(row.settings.get("language_model", row.model != EMBEDDED))


def digest(store: Store, data: bytes) -> str:
    """The name that the store would give a blob."""
    return hashlib.sha256(store.redaction.data(data)).hexdigest()


def as_stored(store: Store, text: str) -> str:
    """A text as the store keeps it: less secrets, and with what is no Unicode written as escapes."""
    return store.redaction.data(encoded(text)).decode()


def fork_notes(store: Store, fork: Fork | None) -> tuple[str, ...]:
    """What the user should know of a fork: where it comes from, and whether its lockbox has been looked into."""
    if fork is None:
        return ()
    events = [kept.event for kept in store.events.of(fork.of)]
    replies = sum(isinstance(event, ModelCall) for event in events[: fork.stop])
    notes = [f"forked from {fork.of} at {fork.at}; replies from before it, free here: {replies}"]
    if any(isinstance(event, Decision) and event.subject == "lockbox" for event in events):
        notes.append("that session has opened the lockbox before: what it says here is not unseen any more")
    return tuple(notes)
