"""A refresh: looking again, on newer data, at a detector in service.

`refresh` is what the command line, a schedule and a worker call. Called twice with one key, it gives the first one's
result the second time.
"""

from contextlib import ExitStack
from dataclasses import replace

from langchain_core.runnables import RunnableConfig

from argosy.agents.models.tracing import untraced
from argosy.eval.objective import OBJECTIVES
from argosy.graphs.recording.observer import Observer
from argosy.graphs.refresh.context import LastAttempt, Policy, RefreshContext
from argosy.graphs.refresh.data import RefreshData
from argosy.graphs.refresh.graph import RECURSION_LIMIT, build
from argosy.graphs.refresh.outcomes import Cost, Decision, RefreshState
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.sandbox.protocol import Sandbox
from argosy.sandboxes import open_sandbox
from argosy.service.challengers import Challengers
from argosy.service.known_series import KnownSeries, earlier_series, index_after, joined
from argosy.service.load import by_language_model, load_for_refresh
from argosy.service.refresh_request import RefreshRequest, RefreshResult, ShadowPeriod, Statistic
from argosy.service.register import RefreshRegister
from argosy.service.withdraw import WithdrawingRegister, open_question
from argosy.signals.errors import BadInput
from argosy.store.checkpoints import Checkpoints
from argosy.store.input_snapshot import keep_copy
from argosy.store.rows import DetectorRow
from argosy.store.sessions import FAILED, PATTERN
from argosy.store.status_rows import ConcurrentUpdate, RefreshRow, Status
from argosy.store.store import Store, StoreRecorder
from argosy.workspace import Workspace

__all__ = [
    "Cost",
    "Decision",
    "RefreshRequest",
    "RefreshResult",
    "RefreshState",
    "ShadowPeriod",
    "Statistic",
    "refresh",
]

NAME = "refresh"
"""The pattern that a refresh's session names."""

_DAY_S = 86_400


def refresh(
    request: RefreshRequest, loaded: LoadedSeries, workspace: Workspace, observer: Observer | None = None
) -> RefreshResult:
    """Looks at newer data of a detector, decides, and does what was decided.

    Raises BadInput (also for a retired detector, and where another process works on it), ModelUnavailable,
    SandboxUnavailable or StoreUnavailable; nothing is then promoted, and the same key may be used again.
    """
    store = workspace.store
    named = store.detectors.find(request.detector)
    line = store.service.line_of(named.id)
    if (done := _done_before(request, line, store)) is not None:
        return done
    with ExitStack() as stack:
        stack.enter_context(store.claims.hold(line))
        champion = _champion(store, named.id, line)
        row = store.refreshes.begin(request.key, line, named.id)
        if row.json is not None:  # whoever held the claim before may have concluded it
            return RefreshResult.of(row.json)
        run = _Run(request, row, champion, workspace, observer or Observer())
        return run.through(loaded, stack)


def _done_before(request: RefreshRequest, line: str, store: Store) -> RefreshResult | None:
    row = store.refreshes.of_key(request.key) if request.key is not None else None
    if row is None:
        return None
    if row.line != line:
        problem = f"was used for {row.detector}, and {request.detector} is of another line"
        raise BadInput(f"refresh key {request.key}", problem, "use a key of its own for each detector")
    return RefreshResult.of(row.json) if row.json is not None else None


def _champion(store: Store, named: str, line: str) -> DetectorRow:
    live = store.service.with_status(line, Status.LIVE)
    if live is None:
        said = store.service.standings(named)
        why = f" ({said[-1].why})" if said and said[-1].why else ""
        mend = "argosy detector show tells its line; argosy run makes a new one"
        raise BadInput(f"detector {named}", f"is retired, and nothing of its line is in service{why}", mend)
    return store.detectors.find(live)


class _Run:
    """One refresh under way: what is wired, and what is entered however it ends."""

    def __init__(
        self,
        request: RefreshRequest,
        row: RefreshRow,
        champion: DetectorRow,
        workspace: Workspace,
        observer: Observer,
    ) -> None:
        self._request, self._row, self._champion = request, row, champion
        self._workspace, self._store, self._clock = workspace, workspace.store, workspace.clock
        self._observer = observer

    def through(self, loaded: LoadedSeries, stack: ExitStack) -> RefreshResult:
        """Runs the graph; what stops it is entered as the outcome of its session, and raised."""
        session = self._begin(loaded, stack)
        try:
            told = self._told(session, loaded, stack)
        except BaseException as error:
            self._store.sessions.finish(session, FAILED, {"error": f"{type(error).__name__}: {error}"})
            raise
        self._store.sessions.finish(session, told.state.value, told.as_json())
        return told

    def _begin(self, loaded: LoadedSeries, stack: ExitStack) -> str:
        """Enters a session of its own, so that the refresh has a transcript."""
        store, settings = self._store, self._request.settings
        kept = {
            PATTERN: NAME,
            NAME: self._row.id,
            "detector": self._champion.id,
            "language_model": by_language_model(store, self._row.line),
        }
        model = self._request.model
        row = store.sessions.begin(self._champion.series, len(loaded.series), model, NAME, settings.seed, kept)
        stack.enter_context(store.claims.hold(row.id))
        store.refreshes.note(self._row.id, session=row.id)
        return row.id

    def _told(self, session: str, loaded: LoadedSeries, stack: ExitStack) -> RefreshResult:
        store, request = self._store, self._request
        before = earlier_series(store, self._row.line)
        known = joined(before, loaded, self._champion, self._clock())
        added = None if known.added is None else keep_copy(store, known.added)
        sandbox = open_sandbox(request.sandbox, by_language_model(store, self._row.line), request.accept_risk)
        stack.callback(sandbox.close)
        context, register = self._context(session, known, loaded, sandbox, added)
        try:
            saver = Checkpoints(store.database) if request.approve else None
            config = RunnableConfig(recursion_limit=RECURSION_LIMIT, configurable={"thread_id": self._row.id})
            with untraced():
                build().compile(name=NAME, checkpointer=saver).invoke({}, config, context=context)
        except ConcurrentUpdate as overtaken:
            return self._overtaken(overtaken)
        if register.told is None:
            raise RuntimeError("the refresh has ended without being concluded")
        return register.told

    def _overtaken(self, overtaken: ConcurrentUpdate) -> RefreshResult:
        """Another process was faster: with the same key its result counts; else this one must begin again."""
        row = self._store.refreshes.find(self._row.id)
        if row.json is not None:
            return RefreshResult.of(row.json)
        mend = "nothing was changed; refresh it again"
        raise BadInput(f"detector {self._champion.id}", f"changed meanwhile: {overtaken}", mend) from overtaken

    def _context(
        self, session: str, known: KnownSeries, loaded: LoadedSeries, sandbox: Sandbox, added: str | None
    ) -> tuple[RefreshContext, RefreshRegister]:
        store, request, champion = self._store, self._request, self._champion
        data = self._data(known)
        recorder = self._observer.over(StoreRecorder(store, session))
        now_s = data.known_until()
        due = self._due(data)
        lasts_s = None if request.expires_days is None else now_s + int(request.expires_days * _DAY_S)
        question = open_question(store, self._row.line)
        predecessor = data.predecessor.id if data.predecessor else None
        shadowed = data.challenger.id if data.challenger else None
        register = RefreshRegister(
            store, self._row, session, champion.id, predecessor, shadowed, self._clock, now_s, added,
            lasts_s, due is not None, (*loaded.notes, *known.notes),
        )  # fmt: skip
        makers = Challengers(
            request, self._row, session, champion, known.loaded, data, self._workspace, self._observer,
        )  # fmt: skip
        context = RefreshContext(
            champion=champion.id,
            policy=_policy(request),
            objective=OBJECTIVES[champion.base["objective"]],
            recorder=recorder,
            clock=self._clock,
            register=WithdrawingRegister(register, question),
            data=data,
            sandbox=sandbox,
            makers=makers,
            attempt=self._attempt(),
            pending=question.id if question else None,
            expired=due,
            challenge=self._challenge(shadowed),
            interrupted=self._observer.interrupted,
        )
        return context, register

    def _data(self, known: KnownSeries) -> RefreshData:
        store, whole = self._store, known.loaded
        shadowed = store.service.with_status(self._row.line, Status.SHADOW)
        succession = store.service.succession(self._champion.id)
        labels, champion = whole.labels, load_for_refresh(store, self._champion.id, whole)
        assert labels is not None  # what is known always has them
        heard = known.relabelled[known.relabelled > int(whole.series.seconds[champion.made_until - 1])]
        return RefreshData(
            series=whole.series,
            labels=labels,
            relabelled_from=index_after(whole.series, int(heard[0]) - 1) if len(heard) else len(whole.series),
            labelled_until=0 if known.labelled_until is None else index_after(whole.series, known.labelled_until),
            new_from=index_after(whole.series, known.seen_until),
            champion=champion,
            challenger=load_for_refresh(store, shadowed, whole) if shadowed else None,
            predecessor=load_for_refresh(store, succession.predecessor, whole) if succession else None,
        )

    def _due(self, data: RefreshData) -> str | None:
        """Since when the champion is due, in words; None where it is not."""
        if self._request.expires_days is None:
            return None
        made_s = int(data.series.seconds[data.champion.made_until - 1])
        said = [each.expires for each in self._store.service.standings(self._champion.id) if each.expires]
        expires_s = max([*said, made_s + int(self._request.expires_days * _DAY_S)])
        days = (data.known_until() - expires_s) / _DAY_S
        return f"it expired {days:.1f} days ago" if days > 0 else None

    def _attempt(self) -> LastAttempt | None:
        """The last challenge of this champion that failed, since it came into service."""
        for row in reversed(self._store.refreshes.of_line(self._row.line)):
            told = RefreshResult.of(row.json) if row.json else None
            if told is None:
                continue
            if told.state is RefreshState.ROLLED_BACK and told.live == self._champion.id:
                how = self._challenge(told.champion)
                return LastAttempt(row.id, how or Decision.RETUNE, told.state)
            if told.live != self._champion.id or told.state is RefreshState.PROMOTED:
                return None
            if told.state is RefreshState.REJECTED:
                return LastAttempt(row.id, told.decision, told.state)
        return None

    def _challenge(self, challenger: str | None) -> Decision | None:
        found = self._store.service.succession(challenger) if challenger else None
        return Decision(found.how) if found else None


def _policy(request: RefreshRequest) -> Policy:
    shadow = request.shadow
    policy = Policy(shadow.points, shadow.days, request.probation_days, request.expires_days)
    return replace(
        policy, approve=request.approve, force=request.force, search=request.search, settings=request.settings
    )
