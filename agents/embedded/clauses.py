"""Which clauses the evidence speaks for: those whose statistic tells the events from their look-alikes."""

from dataclasses import dataclass

from argosy.agents.embedded.recipe import Clause, ClauseSide, ClauseUnit, Quantity
from argosy.agents.rules.evidence import DetectionEvidence, Exhibit, SeriesSummary

_PLAIN: dict[str, tuple[Quantity, ClauseUnit, int]] = {
    "level": (Quantity.LEVEL, ClauseUnit.VALUE, 60),
    "change": (Quantity.CHANGE, ClauseUnit.VALUE, 1),
    "dev_5": (Quantity.DEVIATION, ClauseUnit.VALUE, 5),
    "dev_60": (Quantity.DEVIATION, ClauseUnit.VALUE, 60),
    "dev_60_by_spread": (Quantity.DEVIATION, ClauseUnit.SPREAD, 60),
    "dev_60_by_level": (Quantity.DEVIATION, ClauseUnit.LEVEL, 60),
    "dev_ewma": (Quantity.EWMA, ClauseUnit.VALUE, 20),
    "spread": (Quantity.SPREAD, ClauseUnit.SPREAD, 10),
    "flat": (Quantity.FLAT, ClauseUnit.VALUE, 10),
}
_SEASONAL: dict[str, tuple[Quantity, ClauseUnit, int]] = {
    "season_{}": (Quantity.SEASON, ClauseUnit.VALUE, 60),
    "season_{}_by_spread": (Quantity.SEASON, ClauseUnit.SPREAD, 60),
    "shape_{}": (Quantity.SHAPE, ClauseUnit.VALUE, 60),
}
_SIGNS = {ClauseSide.UP: 1.0, ClauseSide.DOWN: -1.0}
_RARE_ENOUGH = 4.5
_BOTH_SHARE = 0.95
"""What a two-sided clause keeps of its separation: it lets in false alarms from either side."""


@dataclass(frozen=True)
class RankedClause:
    """A clause with the statistic it answers to, and how well that separates: higher is better."""

    clause: Clause
    statistic: str
    separation: float


def ranked_clauses(evidence: DetectionEvidence) -> list[RankedClause]:
    """Every clause of the grammar that applies to this series, the most telling first."""
    found = []
    for statistic, clause in _applicable(evidence.series):
        for side in (ClauseSide.UP, ClauseSide.DOWN, ClauseSide.BOTH):
            if clause.kind in (Quantity.SPREAD, Quantity.FLAT) and side is not ClauseSide.UP:
                continue
            sided = _sided(clause, side, evidence.series)
            found.append(RankedClause(sided, statistic, separation(evidence, statistic, side)))
    return sorted(found, key=lambda each: -each.separation)


def separation(evidence: DetectionEvidence, statistic: str, side: ClauseSide) -> float:
    """How much rarer one of each pair is than the other, averaged over the pairs.

    A flag rule acts on events that are rarer than their look-alikes. A clear rule says what true alerts, the
    look-alikes there, have and false ones lack. Rarity counts by its square, up to a limit: one stretch beyond all
    normal points says more than many that are unusual.
    """
    gaps = []
    for pair in evidence.pairs:
        event = min(_measure(pair.event, statistic, side), _RARE_ENOUGH)
        like = min(_measure(pair.like, statistic, side), _RARE_ENOUGH) if pair.like else 0.0
        had, lacked = (like, event) if evidence.direction == "clear" else (event, like)
        gaps.append(had**2 - lacked**2 / 2)
    mean = sum(gaps) / len(gaps) if gaps else 0.0
    return mean * (_BOTH_SHARE if side is ClauseSide.BOTH and mean > 0 else 1.0)


def _measure(exhibit: Exhibit, statistic: str, side: ClauseSide) -> float:
    value = exhibit.measures.get(statistic, 0.0)
    return abs(value) if side is ClauseSide.BOTH else max(0.0, value * _SIGNS[side])


def _applicable(series: SeriesSummary) -> list[tuple[str, Clause]]:
    noise = max(series.noise, 0.01) * series.scale
    found = []
    for statistic, (kind, over, window) in _PLAIN.items():
        found.append((statistic, Clause(kind, ClauseSide.UP, over, window, size=noise)))
    for period in series.periods[:1]:
        for name, (kind, over, window) in _SEASONAL.items():
            found.append((name.format(period), Clause(kind, ClauseSide.UP, over, window, period, size=noise)))
    return found


def _sided(clause: Clause, side: ClauseSide, series: SeriesSummary) -> Clause:
    reference = 0.0
    if clause.kind is Quantity.LEVEL:
        at = {ClauseSide.UP: "0.01", ClauseSide.DOWN: "0.99", ClauseSide.BOTH: "0.5"}[side]
        reference = series.center + series.scale * series.quantiles.get(at, 0.0)
    return Clause(clause.kind, side, clause.over, clause.window, clause.period, clause.size, reference)
