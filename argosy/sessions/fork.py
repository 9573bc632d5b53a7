"""Forking a session: its record up to a step, and from there on other settings, a live model, a budget of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from argosy.agents.models.budget import Caps
from argosy.graphs.recording.events import Event
from argosy.graphs.recording.observer import Observer
from argosy.graphs.replay.past import EarlierSettings, NodeRun, steps
from argosy.sandboxes import SandboxChoice
from argosy.sessions.past import by_language_model, past_of
from argosy.sessions.publish import SessionResult
from argosy.sessions.request import Fork, SessionRequest, recall
from argosy.sessions.run import SessionStart, run_from
from argosy.sessions.speakers import resolve_replay_id
from argosy.signals.errors import BadInput
from argosy.store.input_snapshot import read_copy
from argosy.workspace import Workspace

_STEP = re.compile(r"([a-z_]+)(?:#(\d+))?(?:\.(\d+))?")


@dataclass(frozen=True)
class Changes:
    """What is other in a fork; None is as it was. `settings` are fields of the graph's settings by name."""

    model: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    caps: Caps | None = None
    sandbox: SandboxChoice | None = None
    accept_risk: bool = False


def fork_session(
    session: str, at: str, changes: Changes, workspace: Workspace, observer: Observer | None = None
) -> SessionResult:
    """Runs a new session that is the old one up to the step `at`, such as 'propose#2', and goes on by itself.

    Replies from before the step are copied, at no cost. Raises as `run_session`, and BadInput for a step that the
    session has not taken, and UnknownCall where its record does not hold up to there.
    """
    store = workspace.store
    row = store.sessions.find(session)
    request, data = recall(row)
    events = [kept.event for kept in store.events.of(row.id)]
    step, stop = find_step(row.id, events, at)
    fork = Fork(row.id, step, stop, by_language_model(row))
    request = resolve_replay_id(_forked(request, events[:stop], fork, changes), store)
    start = SessionStart(request, lambda: read_copy(store, data), past_of(store, None, request))
    return run_from(start, workspace, observer or Observer())


def _forked(request: SessionRequest, before: Sequence[Event], fork: Fork, changes: Changes) -> SessionRequest:
    """The request of a fork; the settings that held when its step began become those before it."""
    taken = steps(before)
    over = [turn for turn in request.turns if turn.step in taken]
    held = next((turn.settings for turn in request.turns if turn.step not in taken), request.settings)
    return replace(
        request,
        model=changes.model or request.model,
        settings=replace(held, **changes.settings),
        caps=changes.caps or request.caps,
        sandbox=changes.sandbox or request.sandbox,
        accept_risk=changes.accept_risk or request.accept_risk,
        turns=(*over, EarlierSettings(fork.at, held)),
        fork=fork,
    )


def find_step(session: str, events: Sequence[Event], at: str) -> tuple[NodeRun, int]:
    """The step that `at` names, as node, node#round or node#round.nth, and its place among the events.

    A node alone is its first run. Raises BadInput.
    """
    found = steps(events)
    named = _STEP.fullmatch(at.strip())
    if named:
        node, number, nth = named.groups()
        for step, place in found.items():
            of_node, _, of_round = step.span.partition("#")
            if of_node == node and (number or of_round) == of_round and int(nth or step.nth) == step.nth:
                return step, place
    listed = ", ".join(map(str, found)) or "it has begun none"
    raise BadInput(f"--at {at}", f"session {session} has taken no such step", f"name one of: {listed}")
