"""What a run of the refinement graph is given: settings, data, models, a sandbox, and where it records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from argosy.agents.models.chain import Chain
from argosy.agents.models.speaker import Role, Speaker
from argosy.agents.rules.build_evidence import StatisticBank
from argosy.detectors.certificate.form import Certificate, Examination
from argosy.detectors.fusion.attribution import RuleEffects
from argosy.detectors.fusion.delivery import EVERY_POINT, AlertOnce
from argosy.detectors.fusion.fusion import Member
from argosy.detectors.rules.rule import Direction, Rule
from argosy.detectors.rules.transfer import Unit
from argosy.eval.metrics import measure
from argosy.eval.objective import Objective
from argosy.eval.splits import Lockbox, Part, Splits
from argosy.graphs.recording.events import ScoreMeasured
from argosy.graphs.recording.node_context import NodeContext
from argosy.graphs.recording.recorder import Clock, Recorder
from argosy.graphs.refine.alert import AlertExplained
from argosy.graphs.refine.offers import Library
from argosy.graphs.refine.shortlist_settings import ShortlistSettings
from argosy.graphs.refine.state import Candidate, Ending
from argosy.graphs.refine.state import Outcome as OutcomeName
from argosy.graphs.replay.past import Past
from argosy.graphs.replay.recording import STOPPED
from argosy.graphs.replay.wrappers import PatientSandbox, RememberingSpeaker
from argosy.graphs.rule_job import rule_job
from argosy.sandbox.protocol import Job, Limits, Outcome, Sandbox
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

Metrics = Mapping[str, float | int | None]
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Settings:
    """Every bound of the loop; `prompt_tokens` sizes the evidence of one call, and `explain` is how many alerts of the
    lockbox are explained in words at most."""

    directions: tuple[Direction, ...] = (Direction.FLAG, Direction.CLEAR)
    rounds: int = 3
    candidates: int = 5
    max_repairs: int = 2
    max_revisions: int = 1
    stall_rounds: int = 2
    archive_size: int = 4
    evaluations: int = 36
    prompt_tokens: int = 2_500
    seed: int = 0
    workers: int = 2
    explain: int = 0
    trial_limits: Limits = field(default_factory=lambda: Limits(job_s=20.0))
    limits: Limits = field(default_factory=lambda: Limits(job_s=60.0))


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
class CertifiedRule:
    """A rule of the fusion; `metrics` by part are those of the base with this rule alone.

    `accounts` say, by part, which incidents it gained and lost within the fusion.
    """

    candidate: Candidate
    rule: Rule
    metrics: Mapping[str, Metrics]
    accounts: Mapping[str, RuleEffects] = field(default_factory=dict)


@dataclass(frozen=True)
class Publication:
    """What a session leaves: the rules of its fusion, and the metrics of base and fusion by part.

    `accepted` are all that passed the gates, in the fusion or not; `family` are these and their ancestors.
    `certificates` are those of the accepted rules, by candidate id.
    """

    rules: tuple[CertifiedRule, ...]
    accepted: tuple[Candidate, ...]
    family: tuple[Candidate, ...]
    base: Mapping[str, Metrics]
    fused: Mapping[str, Metrics]
    outcome: OutcomeName
    ending: Ending
    lockbox_openings: int
    certificates: Mapping[str, Certificate] = field(default_factory=dict)
    explanations: tuple[AlertExplained, ...] = ()


@dataclass(frozen=True, eq=False)
class FinalScores:
    """The whole series as it was scored after the lockbox was opened; all arrays have shape (n,).

    The fused scores are held for `hold_points`, and their alarms ring as `ringing` says; `base` is without its level.
    """

    series: Series
    labels: Bools
    base: Floats
    members: tuple[Member, ...]
    fused: Scores
    hold_points: float
    ringing: AlertOnce = EVERY_POINT


class SessionData:
    """The arrays of one session. The lockbox part is handed out once, by `lockbox`; all else sees what lies before.

    `series` and `labels` are the whole; `known` and `train` are their first parts. Scores of rules are kept by
    candidate id for the known part, `examinations` by the identity of source, numbers and direction. `unit` is that of
    the training part, once profiled, and `offered` counts the stored rules that were tried. `tags` are the words that
    hold for that part, and `reached` says how the baselines did that were tried.
    """

    def __init__(self, series: Series, labels: Bools, splits: Splits) -> None:
        self.splits = splits
        self.lockbox = Lockbox((series, labels))
        self.known = series.part(0, splits.validation_stop)
        self.known_labels = labels[: splits.validation_stop]
        self.train = series.part(0, splits.train_stop)
        self.train_labels = labels[: splits.train_stop]
        self.base: Detector | None = None
        self.base_scores: Scores | None = None
        self.bank: StatisticBank | None = None
        self.rule_scores: dict[str, Floats] = {}
        self.assessed: dict[str, Candidate] = {}
        self.unit: Unit | None = None
        self.tags: tuple[str, ...] = ()
        self.reached: Mapping[str, float] = {}
        self.offered = 0
        self.examinations: dict[str, Examination] = {}
        self.final: FinalScores | None = None
        self.publication: Publication | None = None
        self.explanations: tuple[AlertExplained, ...] = ()

    def set_base(self, base: Detector) -> None:
        """Takes the fitted base and scores the known part with it."""
        self.base = base
        self.base_scores = base.score(self.known)

    @property
    def base_values(self) -> Floats:
        """The base's scores on the known part."""
        if self.base_scores is None:
            raise RuntimeError("the base has not been fitted yet")
        return self.base_scores.values

    @property
    def statistics(self) -> StatisticBank:
        """The standard statistics of the training part, computed at first use."""
        if self.bank is None:
            self.bank = StatisticBank.of(self.train, self.train_labels)
        return self.bank

    def family(self, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """The candidates with all their ancestors, each once."""
        found = {each.id: each for each in candidates}
        todo = list(found.values())
        while todo:
            for parent in todo.pop().parents:
                if parent not in found:
                    found[parent] = self.assessed[parent]
                    todo.append(found[parent])
        return tuple(found.values())

    def member(self, candidate: Candidate) -> Member:
        """A candidate as a member of a fusion on the known part."""
        assessed = candidate.assessment
        return Member(
            candidate.id,
            candidate.direction,
            self.rule_scores[candidate.id],
            assessed.complexity if assessed else 0,
        )


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
    selecting: ShortlistSettings | None = None
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

    def switched(self, left: str, taken: str, why: str) -> None:
        self.decide("model", "switched", f"{why}; from here on {taken} is asked", left=left, taken=taken)

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
