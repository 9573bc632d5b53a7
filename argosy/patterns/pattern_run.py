"""A pattern's run: models opened, every call recorded, and the run kept as a session with a transcript of its own."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from argosy.agents.embedded.standins import STANDINS
from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import EMBEDDED
from argosy.agents.models.chain import Chain
from argosy.agents.models.speaker import Pattern, Role, Speaker
from argosy.graphs.recording.node_context import NodeContext
from argosy.graphs.recording.observer import Observer
from argosy.graphs.recording.recorder import Clock, Recorder, span
from argosy.models.open_roles import open_roles
from argosy.models.roles import read_roles
from argosy.signals.errors import BadInput
from argosy.store.sessions import FAILED, PATTERN
from argosy.store.store import StoreRecorder
from argosy.workspace import Workspace

DONE = "done"
"""The outcome of a pattern's run that came to its end; what it found is its report."""


@dataclass(frozen=True)
class PatternRequest:
    """What a pattern is asked to do. `name` tells what runs, such as 'logprompt'; `subject` what it looks at.

    `size` counts points, lines or records. `patterns` are the agents that may be asked, none where no model is.
    `prompt_tokens` and `reply_tokens` are what one call may have at most, where that is known. `settings` are kept to
    be looked at. Unless the `model_needed`, a server that is away does not keep the run from beginning.
    """

    name: str
    subject: str
    size: int
    patterns: Collection[Pattern] = ()
    model: str = EMBEDDED
    seed: int = 0
    caps: Caps = field(default_factory=Caps)
    prompt_tokens: int = 0
    reply_tokens: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    model_needed: bool = True


@dataclass(eq=False)
class PatternRun:
    """A pattern's run under way. Whoever runs it puts what was found into `report`, and may change `outcome`."""

    session: str
    budget: Budget
    recorder: Recorder
    clock: Clock
    chain: Chain
    notes: tuple[str, ...]
    report: dict[str, Any] = field(default_factory=dict)
    outcome: str = DONE

    @contextmanager
    def step(self, name: str) -> Iterator["PatternNodeContext"]:
        """A step of the run, recorded under a span of its own."""
        with span(self.recorder, self.clock, name, 1) as mark:
            yield PatternNodeContext(self, mark)


class PatternNodeContext(NodeContext[PatternRun]):
    """A step's view of a pattern's run."""

    @property
    def speaker(self) -> Speaker:
        """The model, each call of which is recorded."""
        return self.recorded_speaker(self.context.chain)


@contextmanager
def open_pattern_run(
    request: PatternRequest, workspace: Workspace, observer: Observer | None = None
) -> Iterator[PatternRun]:
    """Starts a recorded run: opens models and a session, and keeps at the end how it ended, with its report.

    Raises BadInput, ModelUnavailable or StoreUnavailable before it begins; whatever stops it afterwards is recorded and
    raised again, and what was recorded until then stays.
    """
    _refuse_mute(request)
    store, clock = workspace.store, workspace.clock
    models = replace(workspace.models, reply_tokens=request.reply_tokens)
    began = clock()
    budget = Budget(request.caps, lambda: clock() - began, began_s=0.0)
    with ExitStack() as stack:
        opened = stack.enter_context(
            open_roles(request.model, models, budget, request.seed, request.prompt_tokens, request.model_needed)
        )
        kept = {PATTERN: request.name, "language_model": opened.by_language_model, **request.settings}
        row = store.sessions.begin(request.subject, request.size, request.model, request.name, request.seed, kept)
        stack.enter_context(store.claims.hold(row.id))
        recorder = (observer or Observer()).over(StoreRecorder(store, row.id))
        run = PatternRun(row.id, budget, recorder, clock, opened.chains[Role.DETECTION], opened.notes)
        try:
            yield run
        except BaseException as error:
            store.sessions.finish(row.id, FAILED, {"error": f"{type(error).__name__}: {error}"})
            raise
        store.sessions.finish(row.id, run.outcome, run.report)


def _refuse_mute(request: PatternRequest) -> None:
    """The embedded author serves only the patterns that it has a stand-in for. Raises BadInput."""
    models = read_roles(request.model)[Role.DETECTION]
    for pattern in request.patterns:
        if models == (EMBEDDED,) and pattern not in STANDINS:
            problem = f"the embedded author is no language model and cannot stand in for {pattern.value}"
            raise BadInput(f"--model {EMBEDDED}", problem, "name a model: PROVIDER:NAME, URL#NAME or gguf:FILE")
