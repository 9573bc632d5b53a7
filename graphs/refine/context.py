"""What a run of the refinement graph needs from outside, and what its nodes see of it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from argosy.agents.models.chain import Chain
from argosy.agents.models.speaker import Role, Speaker
from argosy.eval.metrics import measure
from argosy.eval.objective import Objective
from argosy.eval.splits import Part, Splits
from argosy.graphs.recording.events import ScoreMeasured
from argosy.graphs.recording.node_context import NodeContext
from argosy.graphs.recording.recorder import Clock, Recorder
from argosy.graphs.refine.offers import Library
from argosy.graphs.refine.publication import Metrics, Publication
from argosy.graphs.refine.session_data import SessionData
from argosy.graphs.refine.settings import Settings
from argosy.graphs.refine.shortlist_settings import ShortlistSettings
from argosy.graphs.refine.state import Ending
from argosy.graphs.replay.past import Past
from argosy.graphs.replay.recording import STOPPED
from argosy.graphs.replay.wrappers import PatientSandbox, RememberingSpeaker
from argosy.graphs.rule_job import rule_job
from argosy.sandbox.protocol import Job, Outcome, Sandbox
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, eq=False)
class FittedBase:
    """The base, why it is this one in a sentence, and the objective that each one tried reached before the lockbox."""

    detector: Detector
    why: str
    reached: Mapping[str, float] = field(default_factory=dict)


class BaseMaker(Protocol):
    """Fits the base on training data; `auto` also looks at validation to choose, among `names` where some are given."""

    def __call__(
        self, series: Series, labels: Bools, splits: Splits, objective: Objective, names: Sequence[str] = ()
    ) -> FittedBase: ...


@dataclass(frozen=True)
class RefineContext:
    """Everything a run needs from outside. `stopping` is asked between steps and names the reason to end early."""

    settings: Settings
    data: SessionData
    objective: Objective
    make_base: BaseMaker
    speakers: Mapping[Role, Speaker | Chain]
    sandbox: Sandbox
    recorder: Recorder
    clock: Clock
    stopping: Callable[[], Ending | None]
    publish: Callable[[Publication], None]
    past: Past = field(default_factory=Past)
    """What the session did before, when it is done again."""
    library: Library = field(default_factory=Library)
    """Rules of other sessions that are tried before the model is asked."""
    shortlist: ShortlistSettings | None = None
    """By what baselines are shortlisted; None to try all."""


class RefineNodeContext(NodeContext[RefineContext]):
    """The same for a session that is done again: what is on record is answered from there, and decided as it was."""

    @property
    def data(self) -> SessionData:
        return self.context.data

    @property
    def settings(self) -> Settings:
        return self.context.past.settings(self.context.settings)

    def speaker(self, role: Role) -> Speaker:
        """Who speaks for a role."""
        c = self.context
        live = self.recorded_speaker(c.speakers[role])
        return RememberingSpeaker(live, c.past, c.recorder, self.span, c.clock)

    def switched(self, failed: str, replacement: str, why: str) -> None:
        self.decide("model", "switched", f"{why}; from here on {replacement} is asked", left=failed, taken=replacement)

    def sandbox(self, purpose: str) -> Sandbox:
        """The sandbox, for jobs with one purpose."""
        c = self.context
        return self.recorded_sandbox(PatientSandbox(c.sandbox, c.past, self.span, purpose), purpose)

    def run(self, purpose: str, job: Job) -> tuple[Outcome, ...]:
        """Runs one job in the sandbox."""
        return self.sandbox(purpose).run(job)

    def call(
        self, purpose: str, source: str, series: Series, params: Sequence[Mapping[str, float | int]]
    ) -> tuple[Outcome, ...]:
        """One evaluation of the rule on a whole series for each set of parameters."""
        return self.run(purpose, rule_job(source, series, params, self.settings.limits))

    def stopping(self, gate: str) -> Ending | None:
        """Why to stop here, if so. It depends on clocks and people, so it is recorded, and done again as recorded."""
        found, asked = self.context.past.stop(self.span, gate, self.context.stopping)
        if found is None:
            return None
        self.decide(gate, STOPPED, f"this was not begun: {found}", ending=found, asked=asked)
        return Ending(found)

    def measured(self, subject: str, part: Part, labels: Bools, scores: Floats) -> Metrics:
        """Measures scores on a part of the data and records the figures; NaN becomes None."""
        c = self.context
        metrics = {key: finite_or_none(value) for key, value in measure(labels, scores).items()}
        c.recorder.append(
            ScoreMeasured.model_validate(
                {"at": c.clock(), "span": self.span, "subject": subject, "part": part, "metrics": metrics}
            )
        )
        return metrics

    def side_by_side(self, function: Callable[[T], U], items: Sequence[T], otherwise: Callable[[T], U]) -> list[U]:
        """`function` of each item, some at once, in order; `otherwise` of those not begun when the run is stopping."""

        def one(numbered: tuple[int, T]) -> U:
            number, item = numbered
            return otherwise(item) if self.stopping(f"item {number}") else function(item)

        with ThreadPoolExecutor(max_workers=max(1, self.settings.workers)) as pool:
            return list(pool.map(one, enumerate(items, start=1)))
