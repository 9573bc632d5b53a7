"""One rule-generation session: everything is wired here, run, and kept."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from langchain_core.runnables import RunnableConfig

from argosy.agents.models.budget import Budget
from argosy.agents.models.speaker import Usage
from argosy.agents.models.tracing import untraced
from argosy.eval.objective import OBJECTIVES
from argosy.eval.splits import Splits, split
from argosy.graphs.recording.events import Event
from argosy.graphs.recording.observer import ObservedRecorder
from argosy.graphs.recording.recorder import Recorder
from argosy.graphs.refine import RefineContext, SessionData, build
from argosy.graphs.refine.context import Publication
from argosy.graphs.refine.graph import recursion_limit
from argosy.graphs.refine.offers import Library
from argosy.graphs.refine.state import Ending
from argosy.graphs.replay.past import Past
from argosy.graphs.replay.unknown import UnknownCall
from argosy.inputs.tables.read_series import LoadedSeries, TableRequest, for_session, newest, read_series
from argosy.models.table import Models
from argosy.sandbox.protocol import Sandbox
from argosy.sandboxes import open_sandbox
from argosy.sessions.base import BaseChoice, base_maker
from argosy.sessions.library import trusted
from argosy.sessions.publish import RunFacts, SessionResult, publish_session
from argosy.sessions.request import SessionRequest as SessionRequest
from argosy.sessions.request import settings_json
from argosy.sessions.speakers import SessionSpeakers, as_stored, open_speakers, resolve_replay_id
from argosy.sessions.worked_time import WorkedTime
from argosy.signals.arrays import Bools
from argosy.store.input_snapshot import keep_copy
from argosy.store.rows import SessionRow
from argosy.store.sessions import FAILED
from argosy.store.store import Store, StoreRecorder


@dataclass(frozen=True, eq=False)
class SessionParts:
    """All that a run needs and that can be refused before it begins; `elapsed` counts the seconds it has worked."""

    choice: BaseChoice
    loaded: LoadedSeries
    labels: Bools
    splits: Splits
    budget: Budget
    voices: SessionSpeakers
    sandbox: Sandbox
    elapsed: Callable[[], float]
    library: Library


def run_session(
    request: SessionRequest,
    store: Store,
    models: Models,
    clock: Callable[[], float],
    watch: Callable[[Event], None] = lambda _event: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> SessionResult:
    """Runs one session from file to stored detector.

    Raises BadInput, ModelUnavailable, SandboxUnavailable or StoreUnavailable; once it has begun, the session is then
    kept with its transcript and the outcome `failed`, and can be resumed.
    """
    past = Past(clean=lambda text: as_stored(store, text))
    request = resolve_replay_id(request, store)
    with ExitStack() as stack:
        elapsed = WorkedTime(clock, past)

        def voices(budget: Budget) -> SessionSpeakers:
            return open_speakers(request, store, models, budget, stack)

        ready = prepare(request, read_input(request), voices, elapsed, stack)
        row = begin(request, ready, store, stack)
        recorder = ObservedRecorder(StoreRecorder(store, row.id), watch)
        bench, published = run_to_end(row.id, request, ready, store, recorder, past, clock, interrupted)
        return finish(row.id, request, ready, store, bench, published, elapsed())


def begin(request: SessionRequest, ready: SessionParts, store: Store, stack: ExitStack) -> SessionRow:
    """Enters the session with all that is needed to do it again, and claims it until the stack is closed."""
    series, data = ready.loaded.series, keep_copy(store, ready.loaded)
    settings = settings_json(request, data, ready.voices.by_language_model)
    row = store.sessions.begin(series.id, len(series), request.model, request.base, request.settings.seed, settings)
    stack.enter_context(store.claims.hold(row.id))
    return row


def run_to_end(
    session: str,
    request: SessionRequest,
    ready: SessionParts,
    store: Store,
    recorder: Recorder,
    past: Past,
    clock: Callable[[], float],
    interrupted: Callable[[], bool],
) -> tuple[SessionData, Publication]:
    """Runs the graph; what stops it is entered as the session's outcome, and raised with a note of how to go on."""
    try:
        return run_graph(request, ready, recorder, past, clock, interrupted)
    except BaseException as error:
        if not isinstance(error, UnknownCall):  # a recording that lacks a reply will lack it again
            error.add_note(f"argosy resume {session} goes on with it")
        store.sessions.finish(session, FAILED, {"error": f"{type(error).__name__}: {error}"})
        raise


def run_graph(
    request: SessionRequest,
    ready: SessionParts,
    recorder: Recorder,
    past: Past,
    clock: Callable[[], float],
    interrupted: Callable[[], bool],
) -> tuple[SessionData, Publication]:
    """Runs the graph from its first node to its last. Raises what its nodes raise."""
    published: list[Publication] = []
    bench = SessionData(ready.loaded.series, ready.labels, ready.splits)
    context = RefineContext(
        settings=request.settings,
        bench=bench,
        objective=OBJECTIVES[request.objective],
        make_base=base_maker(ready.choice, ready.loaded, request.settings.seed),
        speakers=ready.voices.speakers,
        sandbox=ready.sandbox,
        recorder=recorder,
        clock=clock,
        stopping=_stopping(interrupted, request.caps.seconds, ready.elapsed),
        publish=published.append,
        past=past,
        library=ready.library,
        selecting=request.selecting,
    )
    limit = max(recursion_limit(each) for each in (request.settings, *(turn.settings for turn in request.turns)))
    with untraced():
        build(request.instead).compile(name="refine").invoke({}, RunnableConfig(recursion_limit=limit), context=context)
    return bench, published[0]


def finish(
    session: str,
    request: SessionRequest,
    ready: SessionParts,
    store: Store,
    bench: SessionData,
    published: Publication,
    wall_s: float,
    notes: tuple[str, ...] = (),
) -> SessionResult:
    """Keeps what a session found. Raises StoreUnavailable, and the session is then unfinished and can be resumed."""
    seed = request.settings.seed
    run = RunFacts(session, request.model, seed, request.objective, ready.choice, wall_s, ready.budget.spent)
    notes = (*ready.loaded.notes, *ready.voices.notes, *notes)
    return publish_session(store, run, ready.loaded, ready.splits, bench, published, notes)


def read_input(request: SessionRequest) -> LoadedSeries:
    """The points that a session looks at. Raises BadInput."""
    return newest(read_series(_with_base_column(request.table, BaseChoice.of(request.base))))


def prepare(
    request: SessionRequest,
    loaded: LoadedSeries,
    voices: Callable[[Budget], SessionSpeakers],
    elapsed: Callable[[], float],
    stack: ExitStack,
    spent: Usage | None = None,
) -> SessionParts:
    """Looks at the data and reaches for models and sandbox, cheapest refusals first; the stack closes them."""
    labels = for_session(loaded)
    splits = split(len(loaded.series), request.validation, request.lockbox)
    budget = Budget(request.caps, elapsed, spent, began_s=0.0)
    opened = voices(budget)
    sandbox = open_sandbox(request.sandbox, opened.by_language_model, request.accept_risk)
    stack.callback(sandbox.close)
    library = trusted(request.library, sandbox.sealed or request.accept_risk)
    return SessionParts(BaseChoice.of(request.base), loaded, labels, splits, budget, opened, sandbox, elapsed, library)


def _stopping(
    interrupted: Callable[[], bool], cap_s: float | None, elapsed: Callable[[], float]
) -> Callable[[], Ending | None]:
    def stopping() -> Ending | None:
        if interrupted():
            return Ending.INTERRUPTED
        return Ending.BUDGET_SPENT if cap_s is not None and elapsed() > cap_s else None

    return stopping


def _with_base_column(table: TableRequest, choice: BaseChoice) -> TableRequest:
    return replace(table, base=choice.column) if choice.column else table
