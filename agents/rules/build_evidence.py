"""Builds the evidence that a model is shown: whole events, each beside its nearest look-alike, sized to a budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from argosy.agents.rules.evidence import (
    BaseSummary,
    DetectionEvidence,
    Exhibit,
    Pair,
    ParentRule,
    ReviewEvidence,
    SeriesSummary,
)
from argosy.agents.rules.statistics import (
    Statistic,
    Stretches,
    hard_normals,
    normal_length,
    periods_of,
    standard_statistics,
)
from argosy.detectors.rules.rule import Direction
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs
from argosy.signals.series import Series

CHARACTERS_A_TOKEN = 1.75
MOST_PAIRS = 12
SHOWN_BEFORE, SHOWN_WITHIN = 8, 8
_FEW_PAIRS, _FEW_TRIED, _MOST_TRIED = 3, 4, 15
_QUANTILES = (0.001, 0.01, 0.5, 0.99, 0.999)


@dataclass(frozen=True, eq=False)
class StatisticBank:
    """What a session knows of its training part: made once, used by every round and candidate.

    `pool` are the normal stretches that are the hardest to tell from events; `timed` when the seconds are wall-clock.
    """

    series: Series
    labels: Bools
    statistics: tuple[Statistic, ...]
    summary: SeriesSummary
    pool: Stretches
    timed: bool

    @staticmethod
    def of(series: Series, labels: Bools) -> "StatisticBank":
        """Reads a training part; `labels` is a bool per point."""
        periods = periods_of(series.values, series.step_s)
        statistics = standard_statistics(series.values, labels, periods)
        pool = Stretches.of(hard_normals(statistics, labels, normal_length(labels)), statistics)
        timed = len(series) > 0 and int(series.seconds[0]) > 86_400 * 365
        return StatisticBank(series, labels, statistics, _summary(series, periods), pool, timed)

    def scaled(self, values: Floats) -> tuple[float, ...]:
        """Values as they are shown; missing ones are left out."""
        shown = (values[np.isfinite(values)] - self.summary.center) / self.summary.scale
        return tuple(_rounded(value) for value in shown)

    def measures(self, start: int, stop: int) -> Floats:
        """How unusual [start, stop) is by each statistic, in their order."""
        return np.array([statistic.measure(start, stop) for statistic in self.statistics])


def build_evidence(
    bank: StatisticBank,
    base_name: str,
    base_scores: Floats,
    direction: Direction,
    *,
    round: int,
    candidate: int,
    candidates: int,
    parents: Sequence[ParentRule] = (),
    tried: Sequence[str] = (),
    budget_tokens: int = 2500,
) -> DetectionEvidence:
    """The evidence for one candidate; `base_scores` are the base's on the training part, shape (n,).

    The JSON keeps to `budget_tokens` by an estimate from its characters: pairs go first, then parents' sources.
    """
    alarms = base_scores >= 1.0
    events, others = _sides(bank, alarms, direction)
    evidence = DetectionEvidence(
        direction=direction.value,
        round=round,
        candidate=candidate,
        candidates=candidates,
        series=bank.summary,
        base=_base_summary(bank.labels, alarms, base_name),
        pairs=_pairs(bank, events, others, MOST_PAIRS),
        parents=tuple(parents),
        tried=tuple(dict.fromkeys(tried)),
    )
    return _fitted(evidence, budget_tokens)


def estimated_tokens(text: str) -> int:
    """About how many tokens a text of numbers costs."""
    return int(len(text) / CHARACTERS_A_TOKEN) + 1


def shown(evidence: DetectionEvidence | ReviewEvidence) -> str:
    """The evidence as it stands in a prompt: compact JSON without what is absent."""
    return evidence.model_dump_json(exclude_none=True)


def _sides(bank: StatisticBank, alarms: Bools, direction: Direction) -> tuple[Ints, Stretches]:
    """The stretches to act on, the most telling first, and those not to act on."""
    incidents, alerts = runs(bank.labels), runs(alarms)
    if direction is Direction.FLAG:
        covered = np.array([alarms[start:stop].mean() for start, stop in incidents])
        missed = incidents[covered == 0.0] if len(incidents) else incidents
        partly = incidents[np.argsort(covered, kind="stable")] if len(incidents) else incidents
        return (missed if len(missed) else partly), bank.pool
    true = np.array([bank.labels[start:stop].any() for start, stop in alerts], dtype=np.bool_)
    return alerts[~true], Stretches.of(_evenly(alerts[true], 40), bank.statistics)


def _pairs(bank: StatisticBank, events: Ints, others: Stretches, most: int) -> tuple[Pair, ...]:
    pairs = []
    for number, (start, stop) in enumerate(_evenly(events, most)):
        measures = bank.measures(int(start), int(stop))
        like = others.nearest(measures)
        pairs.append(
            Pair(
                event=_exhibit(bank, f"e{number + 1}", int(start), int(stop)),
                like=None if like is None else _exhibit(bank, f"n{number + 1}", *map(int, others.bounds[like])),
            )
        )
    return tuple(pairs)


def _evenly(stretches: Ints, most: int) -> Ints:
    """At most so many of the stretches, evenly over time."""
    if len(stretches) <= most:
        return stretches
    return stretches[np.linspace(0, len(stretches) - 1, most).astype(np.int64)]


def _exhibit(bank: StatisticBank, id: str, start: int, stop: int) -> Exhibit:
    at = int(bank.series.seconds[start])
    values = bank.series.values
    before = values[max(0, start - 4 * SHOWN_BEFORE) : start]
    measures = {s.name: _short(s.measure(start, stop)) for s in bank.statistics}
    return Exhibit(
        id=id,
        points=stop - start,
        hour=round(at % 86_400 / 3600, 1) if bank.timed else None,
        weekday=(at // 86_400 + 3) % 7 if bank.timed else None,
        before=bank.scaled(before[-SHOWN_BEFORE:]),
        values=bank.scaled(_thinned(values[start:stop], SHOWN_WITHIN)),
        measures={name: value for name, value in measures.items() if abs(value) >= 0.5},
    )


def _thinned(values: Floats, most: int) -> Floats:
    if len(values) <= most:
        return values
    return values[np.linspace(0, len(values) - 1, most).astype(np.int64)]


def _fitted(evidence: DetectionEvidence, budget_tokens: int) -> DetectionEvidence:
    """Leaves out the samples of later exhibits, then pairs, tried summaries and parents, until it fits."""
    while estimated_tokens(shown(evidence)) > budget_tokens:
        smaller = _smaller(evidence)
        if smaller is None:
            return evidence
        evidence = smaller
    return evidence


def _smaller(evidence: DetectionEvidence) -> DetectionEvidence | None:
    pairs = evidence.pairs
    sampled = [i for i, pair in enumerate(pairs) if pair.event.before]
    if len(sampled) > 2:
        bare = _bare(pairs[sampled[-1]])
        return evidence.model_copy(update={"pairs": (*pairs[: sampled[-1]], bare, *pairs[sampled[-1] + 1 :])})
    if len(evidence.parents) > 1:
        return evidence.model_copy(update={"parents": evidence.parents[:-1]})
    if len(evidence.tried) > _MOST_TRIED:
        return evidence.model_copy(update={"tried": evidence.tried[-_MOST_TRIED:]})
    if len(pairs) > _FEW_PAIRS:
        return evidence.model_copy(update={"pairs": pairs[:-1]})
    if len(evidence.tried) > _FEW_TRIED:
        return evidence.model_copy(update={"tried": evidence.tried[-_FEW_TRIED:]})
    if evidence.parents or evidence.tried:
        return evidence.model_copy(update={"parents": (), "tried": ()})
    return evidence.model_copy(update={"pairs": pairs[:-1]}) if len(pairs) > 1 else None


def _bare(pair: Pair) -> Pair:
    def without_samples(exhibit: Exhibit) -> Exhibit:
        return exhibit.model_copy(update={"before": (), "values": ()})

    like = None if pair.like is None else without_samples(pair.like)
    return Pair(event=without_samples(pair.event), like=like)


def _base_summary(labels: Bools, alarms: Bools, name: str) -> BaseSummary:
    incidents, alerts = runs(labels), runs(alarms)
    detected = sum(bool(alarms[start:stop].any()) for start, stop in incidents)
    false = sum(not labels[start:stop].any() for start, stop in alerts)
    return BaseSummary(
        name=name,
        detected=detected,
        missed=len(incidents) - detected,
        false_alerts=false,
        false_points=int(np.count_nonzero(alarms & ~labels)),
    )


def _summary(series: Series, periods: tuple[int, ...]) -> SeriesSummary:
    values = series.values[np.isfinite(series.values)]
    if not len(values):
        values = np.zeros(1)
    center = float(np.median(values))
    scale = float(np.subtract(*np.quantile(values, [0.9, 0.1]))) or float(np.std(values)) or 1.0
    steps = np.abs(np.diff(values)) / scale if len(values) > 1 else np.zeros(1)
    return SeriesSummary(
        points=len(series),
        step_s=series.step_s,
        center=_rounded(center, 6),
        scale=_rounded(scale, 6),
        periods=periods,
        seasonality=_seasonality(series.values, periods),
        missing=_short(1.0 - np.isfinite(series.values).mean()) if len(series) else 1.0,
        quantiles={f"{q:g}": _rounded((float(np.quantile(values, q)) - center) / scale) for q in _QUANTILES},
        noise=_rounded(float(np.quantile(steps, 0.75))),
    )


def _seasonality(values: Floats, periods: tuple[int, ...]) -> float:
    """The share of variance that the mean season of the strongest period explains."""
    if not periods or not np.isfinite(values).any():
        return 0.0
    whole = values[: len(values) // periods[0] * periods[0]].reshape(-1, periods[0])
    season = np.nanmedian(whole[:, np.isfinite(whole).any(axis=0)], axis=0)
    low, high = np.nanquantile(values, [0.01, 0.99])
    total = float(np.nanvar(np.clip(values, low, high)))
    return _short(min(1.0, float(np.var(season)) / total)) if total > 0 else 0.0


def _rounded(value: float, digits: int = 3) -> float:
    """Rounded to so many significant digits, but never finer than a thousandth when that is all there is."""
    return float(f"{float(value):.{digits}g}")


def _short(value: float) -> float:
    return float(np.round(value, 1 if abs(value) >= 1 else 2)) + 0.0


def build_review_evidence(
    bank: StatisticBank,
    base_scores: Floats,
    fused_scores: Floats,
    direction: Direction,
    *,
    train: Mapping[str, float],
    train_before: Mapping[str, float],
    validation: Mapping[str, float],
    validation_before: Mapping[str, float],
    events_gained: int,
    events_lost: int,
    false_points_added: int,
    false_points_removed: int,
    complexity: int,
    budget_tokens: int = 900,
) -> ReviewEvidence:
    """The evidence for a review: counts and metrics as given, and where in training the rule does harm.

    Both scores are on the training part, shape (n,): the base's, and the base's fused with the rule's.
    """
    wrong = (fused_scores >= 1.0) != bank.labels
    right = (base_scores >= 1.0) == bank.labels
    harmed = runs(wrong & right)
    longest = harmed[np.argsort(harmed[:, 0] - harmed[:, 1], kind="stable")][:4]
    worst = tuple(_exhibit(bank, f"w{i + 1}", int(start), int(stop)) for i, (start, stop) in enumerate(longest))
    evidence = ReviewEvidence(
        direction=direction.value,
        train=_rates(train),
        train_before=_rates(train_before),
        validation=_rates(validation),
        validation_before=_rates(validation_before),
        events_gained=events_gained,
        events_lost=events_lost,
        false_points_added=false_points_added,
        false_points_removed=false_points_removed,
        complexity=complexity,
        worst=worst,
    )
    while evidence.worst and estimated_tokens(shown(evidence)) > budget_tokens:
        evidence = evidence.model_copy(update={"worst": evidence.worst[:-1]})
    return evidence


def _rates(metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics that are known, rounded."""
    return {name: round(float(value), 3) for name, value in metrics.items() if value == value}
