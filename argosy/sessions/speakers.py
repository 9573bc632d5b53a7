"""Who answers in a session: the models that --model names, or the recording of another session."""

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from argosy.agents.models.budget import Budget
from argosy.agents.models.chain import Chain
from argosy.agents.models.chat_speaker import EMBEDDED
from argosy.agents.models.speaker import Role, Speaker
from argosy.graphs.recording.recorder import encoded
from argosy.graphs.replay.past import Past
from argosy.graphs.replay.recording import Recording, nothing
from argosy.graphs.replay.wrappers import RecordingSpeaker
from argosy.models.roles import open_roles
from argosy.models.table import Models
from argosy.sessions.request import SessionRequest
from argosy.store.rows import SessionRow
from argosy.store.store import Store

REPLAY = "replay:"
"""Begins a --model that is the recording of a session."""


@dataclass(frozen=True)
class SessionSpeakers:
    """Who speaks for which role; `notes` are what the user should know about costs."""

    speakers: Mapping[Role, Speaker | Chain]
    by_language_model: bool
    notes: tuple[str, ...] = ()


def resolve_replay_id(request: SessionRequest, store: Store) -> SessionRequest:
    """The request with the whole id of the session that its model replays: what is latest now is not so later.

    Raises BadInput.
    """
    if not request.model.startswith(REPLAY):
        return request
    row = store.sessions.find(request.model.removeprefix(REPLAY))
    return replace(request, model=f"{REPLAY}{row.id}")


def open_speakers(
    request: SessionRequest, store: Store, models: Models, budget: Budget, stack: ExitStack
) -> SessionSpeakers:
    """The models of a request; the stack closes them. Raises BadInput and ModelUnavailable."""
    voices = _open(request, store, models, budget, stack)
    brought = request.fork is not None and request.fork.by_language_model
    return replace(voices, by_language_model=voices.by_language_model or brought)


def _open(request: SessionRequest, store: Store, models: Models, budget: Budget, stack: ExitStack) -> SessionSpeakers:
    if request.model.startswith(REPLAY):
        row = store.sessions.find(request.model.removeprefix(REPLAY))
        return recorded_speakers(row, recording_of(store, row.id), store)
    settings = request.settings
    opened = stack.enter_context(open_roles(request.model, models, budget, settings.seed, settings.prompt_tokens))
    return SessionSpeakers(opened.chains, opened.by_language_model, opened.notes)


def recorded_speakers(row: SessionRow, recording: Recording, store: Store) -> SessionSpeakers:
    """A session's recording as who answers; what was a language model's then is one's still."""
    speaker = RecordingSpeaker(f"{REPLAY}{row.id}", by_language_model(row), recording, lambda data: digest(store, data))
    return SessionSpeakers(dict.fromkeys(Role, speaker), by_language_model(row))


def by_language_model(row: SessionRow) -> bool:
    """Whether a language model could be asked in a session."""
    return bool(row.settings.get("language_model", row.model != EMBEDDED))


def past_of(store: Store, session: str | None, request: SessionRequest, *, finished: bool = False) -> Past:
    """What is on record of a session; of a fork, also what its origin has from before its step."""
    own = nothing() if session is None else recording_of(store, session)
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


def digest(store: Store, data: bytes) -> str:
    """The name that the store would give a blob."""
    return hashlib.sha256(store.redaction.data(data)).hexdigest()


def as_stored(store: Store, text: str) -> str:
    """A text as the store keeps it: less secrets, and with what is no Unicode written as escapes."""
    return store.redaction.data(encoded(text)).decode()
