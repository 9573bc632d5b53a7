"""Running a session: one template, whether it is new, gone on with, forked, or a refresh's search for rules."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from langchain_core.runnables import RunnableConfig

from argosy.agents.models.budget import Budget
from argosy.agents.models.speaker import Usage
from argosy.agents.models.tracing import untraced
from argosy.eval.objective import OBJECTIVES
from argosy.eval.splits import Splits, split
from argosy.graphs.recording.observer import Observer
from argosy.graphs.recording.recorder import Clock, Recorder
from argosy.graphs.refine import RefineContext, SessionData, build
from argosy.graphs.refine.graph import recursion_limit
from argosy.graphs.refine.offers import Library
from argosy.graphs.refine.publication import Publication
from argosy.graphs.refine.state import Ending
from argosy.graphs.replay.past import Past
from argosy.graphs.replay.unknown import UnknownCall
from argosy.graphs.replay.wrappers import ResumingRecorder
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.sandbox.protocol import Sandbox
from argosy.sandboxes import open_sandbox
from argosy.sessions.base import BaseChoice, base_maker
from argosy.sessions.library import trusted
from argosy.sessions.past import fork_notes, past_of
from argosy.sessions.publish import RunFacts, SessionResult, publish_session
from argosy.sessions.request import SessionRequest, settings_json
from argosy.sessions.speakers import SessionSpeakers, open_speakers, resolve_replay_id
from argosy.sessions.worked_time import WorkedTime
from argosy.signals.arrays import Bools
from argosy.store.input_snapshot import keep_copy
from argosy.store.rows import SessionRow
from argosy.store.sessions import FAILED
from argosy.store.store import StoreRecorder
from argosy.workspace import Workspace


@dataclass(frozen=True, eq=False)
class SessionParts:
    """All that a run needs and that can be refused before it begins; `worked` counts the seconds it has worked."""

    choice: BaseChoice
    loaded: LoadedSeries
    labels: Bools
    splits: Splits
    budget: Budget
    speakers: SessionSpeakers
    sandbox: Sandbox
    worked: Callable[[], float]
    library: Library


def _nothing_more(_row: SessionRow, _parts: SessionParts) -> None:
    """Nobody needs to know of a session before it runs."""


@dataclass(frozen=True, eq=False)
class SessionStart:
    """Where a run of a session starts: what is asked, who reads its points, and what is on record of it.

    `row` is a session that is gone on with, None for a new one; `worked_s` and `spent` are what it took until now.
    `begun` is called once, when the session is in the store and nothing has run yet.
    """

    request: SessionRequest
    read: Callable[[], LoadedSeries]
    past: Past
    row: SessionRow | None = None
    worked_s: float = 0.0
    spent: Usage | None = None
    begun: Callable[[SessionRow, SessionParts], None] = _nothing_more


def run_session(request: SessionRequest, workspace: Workspace, observer: Observer | None = None) -> SessionResult:
    """Runs one session from file to stored detector. Raises as `run_from`."""
    request = resolve_replay_id(request, workspace.store)
    past = past_of(workspace.store, None, request)
    return run_from(SessionStart(request, lambda: read_input(request), past), workspace, observer or Observer())


def run_from(start: SessionStart, workspace: Workspace, observer: Observer) -> SessionResult:
    """Runs a session from where it starts to its stored detector.

    Raises BadInput, ModelUnavailable, SandboxUnavailable or StoreUnavailable; once it has begun, the session is then
    kept with its transcript and the outcome `failed`, and can be resumed.
    """
    request, store = start.request, workspace.store
    with ExitStack() as stack:
        worked = WorkedTime(workspace.clock, start.past, start.worked_s)

        def speakers(budget: Budget) -> SessionSpeakers:
            return open_speakers(request, workspace, budget, stack)

        parts = prepare(request, start.read(), speakers, worked, stack, start.spent)
        row = start.row or _begin(request, parts, workspace, stack)
        start.begun(row, parts)
        recorder = observer.over(ResumingRecorder(StoreRecorder(store, row.id), start.past, store.redaction.event))
        try:
            data, published = run_graph(request, parts, recorder, start.past, workspace.clock, observer.interrupted)
        except BaseException as error:
            _enter_failure(row.id, error, workspace)
            raise
        return _publish(row.id, request, parts, workspace, data, published)


def _begin(request: SessionRequest, parts: SessionParts, workspace: Workspace, stack: ExitStack) -> SessionRow:
    """Enters the session with all that is needed to do it again, and claims it until the stack is closed."""
    store, series = workspace.store, parts.loaded.series
    settings = settings_json(request, keep_copy(store, parts.loaded), parts.speakers.by_language_model)
    row = store.sessions.begin(series.id, len(series), request.model, request.base, request.settings.seed, settings)
    stack.enter_context(store.claims.hold(row.id))
    return row


def _enter_failure(session: str, error: BaseException, workspace: Workspace) -> None:
    """Enters what stopped a session as its outcome, and notes on the error how to go on."""
    if not isinstance(error, UnknownCall):  # a recording that lacks a reply will lack it again
        error.add_note(f"argosy resume {session} goes on with it")
    workspace.store.sessions.finish(session, FAILED, {"error": f"{type(error).__name__}: {error}"})


def run_graph(
    request: SessionRequest,
    parts: SessionParts,
    recorder: Recorder,
    past: Past,
    clock: Clock,
    interrupted: Callable[[], bool],
) -> tuple[SessionData, Publication]:
    """Runs the graph from its first node to its last. Raises what its nodes raise."""
    published: list[Publication] = []
    data = SessionData(parts.loaded.series, parts.labels, parts.splits)
    context = RefineContext(
        settings=request.settings,
        data=data,
        objective=OBJECTIVES[request.objective],
        make_base=base_maker(parts.choice, parts.loaded, request.settings.seed),
        speakers=parts.speakers.speakers,
        sandbox=parts.sandbox,
        recorder=recorder,
        clock=clock,
        stopping=_stopping(interrupted, request.caps.seconds, parts.worked),
        publish=published.append,
        past=past,
        library=parts.library,
        shortlist=request.selecting,
    )
    limit = max(recursion_limit(each) for each in (request.settings, *(turn.settings for turn in request.turns)))
    with untraced():
        build(request.instead).compile(name="refine").invoke({}, RunnableConfig(recursion_limit=limit), context=context)
    return data, published[0]


def _publish(
    session: str,
    request: SessionRequest,
    parts: SessionParts,
    workspace: Workspace,
    data: SessionData,
    published: Publication,
) -> SessionResult:
    """Keeps what a session found. Raises StoreUnavailable, and the session is then unfinished and can be resumed."""
    worked_s, store = parts.worked(), workspace.store
    seed = request.settings.seed
    facts = RunFacts(
        session, request.model, seed, request.objective, parts.choice, worked_s, parts.budget.spent, request.in_service
    )
    notes = (*parts.loaded.notes, *parts.speakers.notes, *fork_notes(store, request.fork))
    return publish_session(store, facts, parts.loaded, parts.splits, data, published, notes)


def read_input(request: SessionRequest) -> LoadedSeries:
    """The points that a session looks at. Raises BadInput."""
    return read_series(_with_base_column(request.table, BaseChoice.of(request.base))).newest()


def prepare(
    request: SessionRequest,
    loaded: LoadedSeries,
    speakers: Callable[[Budget], SessionSpeakers],
    worked: Callable[[], float],
    stack: ExitStack,
    spent: Usage | None = None,
) -> SessionParts:
    """Looks at the data and reaches for models and sandbox, cheapest refusals first; the stack closes them."""
    labels = loaded.labels_to_learn_from()
    splits = split(len(loaded.series), request.validation, request.lockbox)
    budget = Budget(request.caps, worked, spent, began_s=0.0)
    opened = speakers(budget)
    sandbox = open_sandbox(request.sandbox, opened.by_language_model, request.accept_risk)
    stack.callback(sandbox.close)
    library = trusted(request.library, sandbox.sealed or request.accept_risk)
    return SessionParts(BaseChoice.of(request.base), loaded, labels, splits, budget, opened, sandbox, worked, library)


def _stopping(
    interrupted: Callable[[], bool], cap_s: float | None, worked: Callable[[], float]
) -> Callable[[], Ending | None]:
    def stopping() -> Ending | None:
        if interrupted():
            return Ending.INTERRUPTED
        return Ending.BUDGET_SPENT if cap_s is not None and worked() > cap_s else None

    return stopping


def _with_base_column(table: TableRequest, choice: BaseChoice) -> TableRequest:
    return replace(table, base=choice.column) if choice.column else table
