"""One rule-generation session: everything is wired here, run, and kept."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from langchain_core.runnables import RunnableConfig

from agents.access import ChatSpeaker, open_model
from agents.budget import Budget, Caps
from agents.prices import Prices
from agents.speech import ModelUnavailable, Role
from argosy.bases import BaseChoice, base_maker
from argosy.connectors.tables import Loaded, TableRequest, for_session, newest, read_series
from argosy.keeping import Finished, Run, keep
from argosy.reach import what_keeps_away
from argosy.sandboxes import SandboxChoice, open_sandbox
from argosy.store.store import Store, StoreRecorder
from eval.objective import OBJECTIVES
from eval.splits import Splits, split
from graphs.events import Event
from graphs.record import Recorder
from graphs.refine import RefineContext, Settings, Workbench, build
from graphs.refine.context import Publication
from graphs.refine.graph import recursion_limit
from graphs.refine.state import Ending
from sandbox.protocol import Sandbox
from signals.arrays import Bools


@dataclass(frozen=True)
class SessionRequest:
    """What one session is asked to do; the defaults are those of `argosy run`."""

    table: TableRequest
    base: str = "auto"
    model: str = "embedded"
    settings: Settings = field(default_factory=Settings)
    objective: str = "default"
    validation: float = 0.2
    lockbox: float = 0.3
    caps: Caps = field(default_factory=Caps)
    sandbox: SandboxChoice = SandboxChoice.AUTO
    accept_risk: bool = False
    key: str | None = None
    timeout_s: float = 600.0
    max_output_tokens: int = 4_096


class _Watched:
    """A recorder that also tells a watcher of every event."""

    def __init__(self, recorder: Recorder, watch: Callable[[Event], None]) -> None:
        self._recorder = recorder
        self._watch = watch

    def append(self, event: Event) -> None:
        self._recorder.append(event)
        self._watch(event)

    def blob(self, data: bytes) -> str:
        return self._recorder.blob(data)


@dataclass(frozen=True, eq=False)
class _Prepared:
    """All that a run needs and that can be refused before it begins."""

    choice: BaseChoice
    loaded: Loaded
    labels: Bools
    splits: Splits
    budget: Budget
    speaker: ChatSpeaker
    sandbox: Sandbox


def run_session(
    request: SessionRequest,
    store: Store,
    prices: Prices,
    clock: Callable[[], float],
    watch: Callable[[Event], None] = lambda _event: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Finished:
    """Runs one session from file to stored detector.

    Raises BadInput, ModelUnavailable, SandboxUnavailable or StoreUnavailable; once it has begun, the session is then
    kept with its transcript and the outcome `failed`.
    """
    began = clock()
    ready = _prepare(request, prices, clock)
    series = ready.loaded.series
    row = store.sessions.begin(
        series.id, len(series), request.model, request.base, request.settings.seed, _settings_json(request)
    )
    published: list[Publication] = []
    context = RefineContext(
        settings=request.settings,
        bench=Workbench(series, ready.labels, ready.splits),
        objective=OBJECTIVES[request.objective],
        make_base=base_maker(ready.choice, ready.loaded, request.settings.seed),
        speakers=dict.fromkeys(Role, ready.speaker),
        sandbox=ready.sandbox,
        recorder=_Watched(StoreRecorder(store, row.id), watch),
        clock=clock,
        stopping=_stopping(interrupted, request.caps.seconds, clock, began),
        publish=published.append,
    )
    try:
        config = RunnableConfig(recursion_limit=recursion_limit(request.settings))
        build().compile(name="refine").invoke({}, config, context=context)
    except BaseException as error:
        store.sessions.finish(row.id, "failed", {"error": f"{type(error).__name__}: {error}"})
        raise
    finally:
        ready.sandbox.close()
    run = Run(
        row.id,
        request.model,
        request.settings.seed,
        request.objective,
        ready.choice,
        clock() - began,
        ready.budget.spent,
    )
    notes = (*ready.loaded.notes, *([ready.speaker.note] if ready.speaker.note else []))
    return keep(store, run, ready.loaded, ready.splits, context.bench, published[0], notes)


def _prepare(request: SessionRequest, prices: Prices, clock: Callable[[], float]) -> _Prepared:
    """Reads the file and reaches for model and sandbox, cheapest refusals first."""
    choice = BaseChoice.of(request.base)
    loaded = newest(read_series(_with_base_column(request.table, choice)))
    labels = for_session(loaded)
    splits = split(len(loaded.series), request.validation, request.lockbox)
    budget = Budget(request.caps, clock)
    speaker = open_model(
        request.model,
        key=request.key,
        prices=prices,
        budget=budget,
        timeout_s=request.timeout_s,
        max_output_tokens=request.max_output_tokens,
        seed=request.settings.seed,
    )
    if reason := what_keeps_away(request.model):
        raise ModelUnavailable(f"--model {request.model}: {reason}; start the server or check the address")
    sandbox = open_sandbox(request.sandbox, speaker.is_language_model, request.accept_risk)
    return _Prepared(choice, loaded, labels, splits, budget, speaker, sandbox)


def _stopping(
    interrupted: Callable[[], bool], cap_s: float | None, clock: Callable[[], float], began: float
) -> Callable[[], Ending | None]:
    def stopping() -> Ending | None:
        if interrupted():
            return Ending.INTERRUPTED
        return Ending.BUDGET_SPENT if cap_s is not None and clock() - began > cap_s else None

    return stopping


def _with_base_column(table: TableRequest, choice: BaseChoice) -> TableRequest:
    return replace(table, base=choice.column) if choice.column else table


def _settings_json(request: SessionRequest) -> dict[str, object]:
    settings = asdict(request.settings)
    return {
        **settings,
        "objective": request.objective,
        "validation": request.validation,
        "lockbox": request.lockbox,
        "caps": asdict(request.caps),
        "file": str(request.table.path),
    }
