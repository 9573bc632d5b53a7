"""Who answers in a session: the models that --model names, or the recording of another session."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from argosy.agents.models.budget import Budget
from argosy.agents.models.chain import Chain
from argosy.agents.models.speaker import Role, Speaker
from argosy.graphs.replay.recording import Recording
from argosy.graphs.replay.wrappers import RecordingSpeaker
from argosy.models.open_roles import open_roles
from argosy.sessions.past import by_language_model, digest, recording_of
from argosy.sessions.request import SessionRequest
from argosy.store.rows import SessionRow
from argosy.store.store import Store
from argosy.workspace import Workspace

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


def open_speakers(request: SessionRequest, workspace: Workspace, budget: Budget, stack: ExitStack) -> SessionSpeakers:
    """The models of a request; the stack closes them. Raises BadInput and ModelUnavailable."""
    opened = _open(request, workspace, budget, stack)
    brought = request.fork is not None and request.fork.by_language_model
    return replace(opened, by_language_model=opened.by_language_model or brought)


def _open(request: SessionRequest, workspace: Workspace, budget: Budget, stack: ExitStack) -> SessionSpeakers:
    store, settings = workspace.store, request.settings
    if request.model.startswith(REPLAY):
        row = store.sessions.find(request.model.removeprefix(REPLAY))
        return recorded_speakers(row, recording_of(store, row.id), store)
    opened = stack.enter_context(
        open_roles(request.model, workspace.models, budget, settings.seed, settings.prompt_tokens)
    )
    return SessionSpeakers(opened.chains, opened.by_language_model, opened.notes)


def recorded_speakers(row: SessionRow, recording: Recording, store: Store) -> SessionSpeakers:
    """A session's recording as who answers; what was a language model's then is one's still."""
    tainted = by_language_model(row)
    speaker = RecordingSpeaker(f"{REPLAY}{row.id}", tainted, recording, lambda data: digest(store, data))
    return SessionSpeakers(dict.fromkeys(Role, speaker), tainted)
