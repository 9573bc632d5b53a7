"""The arrays of one session, and what was computed from them."""

from collections.abc import Iterable, Mapping

from argosy.agents.rules.statistic_bank import StatisticBank
from argosy.detectors.certificate.form import Examination
from argosy.detectors.fusion.fusion import Member
from argosy.detectors.rules.transfer import Unit
from argosy.eval.splits import Lockbox, Splits
from argosy.graphs.refine.alert import ExplainedAlert
from argosy.graphs.refine.publication import FinalScores, Publication
from argosy.graphs.refine.state import Candidate
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Detector


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
        self.explanations: tuple[ExplainedAlert, ...] = ()

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
