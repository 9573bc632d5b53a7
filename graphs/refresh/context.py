"""What a run of the refresh graph needs from outside, and what its nodes see of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.rules.rule import Number
from argosy.eval.objective import Objective
from argosy.graphs.recording.node_context import NodeContext
from argosy.graphs.recording.recorder import Clock, Recorder
from argosy.graphs.refine import Settings
from argosy.graphs.refresh.data import LoadedDetector, RefreshData
from argosy.graphs.refresh.defaults import EXPIRES_DAYS, PROBATION_DAYS, SHADOW_DAYS
from argosy.graphs.refresh.outcomes import Cost, Decision, RefreshState
from argosy.graphs.refresh.state import State
from argosy.graphs.rule_job import rule_job
from argosy.sandbox.protocol import Outcome, Ran, Sandbox
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Detector


@dataclass(frozen=True)
class Policy:
    """The bounds of a refresh. Spans of the shadow in points and in days of data, both where both are given."""

    shadow_points: int | None = None
    shadow_days: float | None = SHADOW_DAYS
    probation_days: float = PROBATION_DAYS
    expires_days: float | None = EXPIRES_DAYS
    approve: bool = False
    force: Decision | None = None
    search: bool = True
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, eq=False)
class RetunedFusion:
    """A fusion whose numbers were searched anew on the points of `window`, with a base that was fitted there.

    A rule has the id of the one that it comes from, and what its fusion did there as its rate limit.
    """

    window: slice
    rules: tuple[TunedRule, ...]


class ChallengerMaker(Protocol):
    """Makes challengers and stores them as candidate detectors. Raises what models, sandboxes and stores raise."""

    def refit(self, series: Series, labels: Bools) -> Detector:
        """The champion's kind of base, fitted on these points."""
        ...

    def keep(self, retuned: RetunedFusion, base: Detector) -> LoadedDetector:
        """Keeps a retuned fusion as a candidate."""
        ...

    def search(self, window: slice) -> tuple[LoadedDetector, Cost]:
        """A session on these points that begins with the champion's rules; its detector is kept as a candidate."""
        ...

    def estimate(self, decision: Decision) -> Cost:
        """The expected cost of a decision."""
        ...


class Register(Protocol):
    """Stores how a refresh ended, once, with its state; detectors change status in the same transaction."""

    def conclude(self, standing: RefreshState, state: State) -> None: ...


@dataclass(frozen=True)
class LastAttempt:
    """The last refresh of this champion that made a challenger, and what came of it."""

    refresh: str
    decision: Decision
    state: RefreshState


@dataclass(frozen=True, eq=False)
class RefreshContext:
    """Everything a run needs from outside. `data` and `sandbox` are None for a run that only takes an answer.

    `champion` is the id of the live detector; `challenge` says how the challenger in shadow was made. `pending`: an
    open question about this line. `expired` says since when the champion is due, in words. `attempt` is the last
    challenge of this champion that failed.
    """

    champion: str
    policy: Policy
    objective: Objective
    recorder: Recorder
    clock: Clock
    register: Register
    data: RefreshData | None = None
    sandbox: Sandbox | None = None
    makers: ChallengerMaker | None = None
    attempt: LastAttempt | None = None
    pending: str | None = None
    expired: str | None = None
    challenge: Decision | None = None
    interrupted: Callable[[], bool] = lambda: False


class RefreshNodeContext(NodeContext[RefreshContext]):
    """With the data and the makers that a run which only takes an answer is not given."""

    @property
    def data(self) -> RefreshData:
        if self.context.data is None:
            raise RuntimeError("this run was given no data")
        return self.context.data

    @property
    def makers(self) -> ChallengerMaker:
        if self.context.makers is None:
            raise RuntimeError("this run was given nobody to make challengers")
        return self.context.makers

    def call(
        self, purpose: str, source: str, series: Series, params: Sequence[dict[str, Number]]
    ) -> tuple[Outcome, ...]:
        """One evaluation of a rule on a series for each set of numbers, in one job."""
        c = self.context
        if c.sandbox is None:
            raise RuntimeError("this run was given no sandbox")
        job = rule_job(source, series, params, c.policy.settings.limits)
        return self.recorded_sandbox(c.sandbox, purpose).run(job)

    def score(self, served: LoadedDetector) -> Scores:
        """A detector's fused scores on the whole series, once; a rule that fails is left out, and said to be broken."""
        data = self.data
        if served.id not in data.scores:
            found = {
                each.id: scores
                for each in served.rules
                if (scores := self._rule(served, each.id, each.rule.source, dict(each.params))) is not None
            }
            data.scores[served.id] = served.fuse(served.base.score(data.series).values, found)
        return data.scores[served.id]

    def _rule(self, served: LoadedDetector, rule: str, source: str, params: dict[str, Number]) -> Floats | None:
        (outcome,) = self.call(f"score {served.id}", source, self.data.series, [params])
        if isinstance(outcome, Ran):
            return outcome.scores
        self.data.broken[rule] = str(outcome)
        self.decide(rule, "broken", f"it does not run on the newer points, so it is not listened to: {outcome}")
        return None
