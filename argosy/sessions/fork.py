"""Forking a session: its record up to a step, and from there on other settings, a live model, a budget of its own."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from argosy.agents.models.budget import Budget, Caps
from argosy.graphs.recording.events import Decision, Event, ModelCall
from argosy.graphs.recording.observer import ObservedRecorder
from argosy.graphs.replay.past import Step, Turn, steps
from argosy.graphs.replay.wrappers import ResumingRecorder
from argosy.models.table import Models
from argosy.sandboxes import SandboxChoice
from argosy.sessions.publish import SessionResult
from argosy.sessions.request import Fork, SessionRequest, recall
from argosy.sessions.run import begin, finish, prepare, run_to_end
from argosy.sessions.speakers import SessionSpeakers, by_language_model, open_speakers, past_of, resolve_replay_id
from argosy.sessions.worked_time import WorkedTime
from argosy.signals.errors import BadInput
from argosy.store.input_snapshot import read_copy
from argosy.store.store import Store, StoreRecorder

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
    session: str,
    at: str,
    changes: Changes,
    store: Store,
    models: Models,
    clock: Callable[[], float],
    watch: Callable[[Event], None] = lambda _event: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> SessionResult:
    """Runs a new session that is the old one up to the step `at`, such as 'propose#2', and goes on by itself.

    Replies from before the step are copied, at no cost. Raises as `run_session`, and BadInput for a step that the
    session has not taken, and UnknownCall where its record does not hold up to there.
    """
    row = store.sessions.find(session)
    request, data = recall(row)
    events = [kept.event for kept in store.events.of(row.id)]
    step, stop = find_step(row.id, events, at)
    request = resolve_replay_id(
        _forked(request, events[:stop], Fork(row.id, step, stop, by_language_model(row)), changes), store
    )
    past = past_of(store, None, request)
    with ExitStack() as stack:
        elapsed = WorkedTime(clock, past)

        def voices(budget: Budget) -> SessionSpeakers:
            return open_speakers(request, store, models, budget, stack)

        ready = prepare(request, read_copy(store, data), voices, elapsed, stack)
        made = begin(request, ready, store, stack)
        recorder = ObservedRecorder(ResumingRecorder(StoreRecorder(store, made.id), past, store.redaction.event), watch)
        bench, published = run_to_end(made.id, request, ready, store, recorder, past, clock, interrupted)
        return finish(made.id, request, ready, store, bench, published, elapsed(), fork_notes(store, request.fork))


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
        turns=(*over, Turn(fork.at, held)),
        fork=fork,
    )


def find_step(session: str, events: Sequence[Event], at: str) -> tuple[Step, int]:
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


def fork_notes(store: Store, fork: Fork | None) -> tuple[str, ...]:
    """What the user should know of a fork: where it comes from, and whether its lockbox has been looked into."""
    if fork is None:
        return ()
    events = [kept.event for kept in store.events.of(fork.of)]
    replies = sum(isinstance(event, ModelCall) for event in events[: fork.stop])
    notes = [f"forked from {fork.of} at {fork.at}; {replies} replies from before it are that session's, and free here"]
    if any(isinstance(event, Decision) and event.subject == "lockbox" for event in events):
        notes.append("that session has opened the lockbox before: what it says here is not unseen any more")
    return tuple(notes)
