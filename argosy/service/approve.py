"""A person's answer to a refresh that waits for one: its graph goes on where it stopped, in whatever process."""

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from argosy.agents.models.tracing import untraced
from argosy.eval.objective import DEFAULT
from argosy.graphs.recording.observer import Observer
from argosy.graphs.refresh.context import Policy, RefreshContext
from argosy.graphs.refresh.graph import RECURSION_LIMIT, build
from argosy.service.refresh import NAME
from argosy.service.refresh_request import RefreshResult
from argosy.service.register import RefreshRegister
from argosy.signals.errors import BadInput
from argosy.store.checkpoints import Checkpoints
from argosy.store.refreshes import ApprovalAnswer
from argosy.store.status_rows import ApprovalRow, ConcurrentUpdate, RefreshRow
from argosy.store.store import Store, StoreRecorder
from argosy.workspace import Workspace

APPROVED, REJECTED = "approved", "rejected"


def answer(
    approval: str,
    approved: bool,
    author: str,
    why: str,
    workspace: Workspace,
    observer: Observer | None = None,
) -> RefreshResult:
    """Promotes the challenger that waits for approval, or retires it.

    `approval` is the beginning of an approval's or a refresh's id. Raises BadInput where it was answered before, where
    the champion has changed since it was asked, and for an author that would not be kept as given.
    """
    store = workspace.store
    _check_author(author, store)
    asked = store.refreshes.approval(approval)
    row = store.refreshes.find(asked.refresh)
    with store.claims.hold(row.line):
        asked = store.refreshes.approval(asked.id)
        if asked.verdict is not None:
            raise _answered(asked, row)
        said = ApprovalAnswer(APPROVED if approved else REJECTED, author, why)
        told = _gone_on(row, said, approved, workspace, observer or Observer())
    store.sessions.finish(told.session, told.state.value, told.as_json())
    return told


def _check_author(author: str, store: Store) -> None:
    """An answer stands in somebody's name: one of which the store would remove a part is none."""
    if not author.strip():
        raise BadInput("--by", "is empty", "say who answers")
    if store.redaction.text(author) != author:
        mend = "give a name or a user name"
        raise BadInput("--by", "holds an e-mail address or a key, which the store does not keep", mend)


def _answered(asked: ApprovalRow, row: RefreshRow) -> BadInput:
    mend = f"argosy detector show {row.detector} tells what came of it"
    return BadInput(f"approval {asked.id}", f"was {asked.verdict} by {asked.author} before", mend)


def _gone_on(
    row: RefreshRow,
    said: ApprovalAnswer,
    approved: bool,
    workspace: Workspace,
    observer: Observer,
) -> RefreshResult:
    store, clock = workspace.store, workspace.clock
    before = RefreshResult.of(row.json or {})
    register = RefreshRegister(
        store,
        row,
        before.session,
        before.champion,
        None,
        None,
        clock,
        before.seen_until,
        row.data,
        expires=before.expires,
        answer=said,
        worked_s=before.cost.seconds,
        began=clock(),
    )
    context = RefreshContext(
        champion=before.champion,
        policy=Policy(approve=True),
        objective=DEFAULT,
        recorder=observer.over(StoreRecorder(store, before.session)),
        clock=clock,
        register=register,
    )
    config = RunnableConfig(recursion_limit=RECURSION_LIMIT, configurable={"thread_id": row.id})
    graph = build().compile(name=NAME, checkpointer=Checkpoints(store.database))
    answered = {"approved": approved, "author": said.author, "why": said.why}
    if graph.get_state(config).interrupts:
        resume: Command[None] | None = Command(resume=answered)
    else:  # somebody answered, and was killed before it was acted on, or came too late
        graph.update_state(config, {"answer": answered}, as_node="approve")
        resume = None
    try:
        with untraced():
            graph.invoke(resume, config, context=context)
    except ConcurrentUpdate as overtaken:
        mend = "reject it, and refresh the detector again"
        raise BadInput(f"approval for {before.challenger}", f"came too late: {overtaken}", mend) from overtaken
    if register.told is None:
        raise RuntimeError("the answer was taken, and the refresh was not concluded")
    return register.told
