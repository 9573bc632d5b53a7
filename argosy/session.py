"""One rule-generation session: everything is wired here, run, and kept."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from langchain_core.runnables import RunnableConfig

from agents.access import open_model
from agents.budget import Budget, Caps
from agents.prices import Prices
from agents.speech import ModelUnavailable, Role
from argosy.bases import BaseChoice, base_maker
from argosy.connectors.tables import TableRequest, for_session, read_series
from argosy.keeping import Finished, Run, keep
from argosy.reach import what_keeps_away
from argosy.sandboxes import SandboxChoice, open_sandbox
from argosy.store.store import Store, StoreRecorder
from eval.objective import OBJECTIVES
from eval.splits import split
from graphs.events import Event
from graphs.record import Recorder
from graphs.refine import RefineContext, Settings, Workbench, build
from graphs.refine.context import Publication
from graphs.refine.graph import recursion_limit
from graphs.refine.state import Ending


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


def run_session(
    request: SessionRequest,
    store: Store,
    prices: Prices,
    clock: Callable[[], float],
    watch: Callable[[Event], None] = lambda _event: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Finished:
    """Runs one session from file to stored detector.

    Raises BadInput, ModelUnavailable, SandboxUnavailable or StoreUnavailable; the session is then kept with its
    transcript and the outcome `failed`.
    """
    began = clock()
    choice = BaseChoice.of(request.base)
    loaded = read_series(_with_base_column(request.table, choice))
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
    maker = base_maker(choice, loaded, request.settings.seed)
    sandbox = open_sandbox(request.sandbox, speaker.is_language_model, request.accept_risk)
    row = store.sessions.begin(
        loaded.series.id,
        len(loaded.series),
        request.model,
        request.base,
        request.settings.seed,
        _settings_json(request),
    )
    recorder = _Watched(StoreRecorder(store, row.id), watch)
    published: list[Publication] = []

    def stopping() -> Ending | None:
        if interrupted():
            return Ending.INTERRUPTED
        cap = request.caps.seconds
        return Ending.BUDGET_SPENT if cap is not None and clock() - began > cap else None

    context = RefineContext(
        settings=request.settings,
        bench=Workbench(loaded.series, labels, splits),
        objective=OBJECTIVES[request.objective],
        make_base=maker,
        speakers=dict.fromkeys(Role, speaker),
        sandbox=sandbox,
        recorder=recorder,
        clock=clock,
        stopping=stopping,
        publish=published.append,
    )
    try:
        config = RunnableConfig(recursion_limit=recursion_limit(request.settings))
        build().compile(name="refine").invoke({}, config, context=context)
    except BaseException as error:
        store.sessions.finish(row.id, "failed", {"error": f"{type(error).__name__}: {error}"})
        raise
    finally:
        sandbox.close()
    run = Run(row.id, request.model, request.settings.seed, request.objective, choice, clock() - began, budget.spent)
    notes = (*loaded.notes, *([speaker.note] if speaker.note else []))
    return keep(store, run, loaded, splits, context.bench, published[0], notes)


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
