"""What a session leaves when it is done: rules, metrics, certificates, and the scores of the whole series."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from argosy.detectors.certificate.form import Certificate
from argosy.detectors.fusion.attribution import RuleEffects
from argosy.detectors.fusion.delivery import EVERY_POINT, AlertOnce
from argosy.detectors.fusion.fusion import Member
from argosy.detectors.rules.rule import Rule
from argosy.graphs.refine.alert import ExplainedAlert
from argosy.graphs.refine.state import Candidate, Ending
from argosy.graphs.refine.state import Outcome as OutcomeName
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores
from argosy.signals.series import Series

Metrics = Mapping[str, float | int | None]


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
    explanations: tuple[ExplainedAlert, ...] = ()


@dataclass(frozen=True, eq=False)
class FinalScores:
    """The whole series as it was scored after the lockbox was opened; all arrays have shape (n,).

    Peaks of the fused scores are held for `hold_points`, alarms are delivered by `delivery`; `base` is not scaled.
    """

    series: Series
    labels: Bools
    base: Floats
    members: tuple[Member, ...]
    fused: Scores
    hold_points: float
    delivery: AlertOnce = EVERY_POINT
