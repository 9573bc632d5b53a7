"""What a table of results comes to: means over series for each seed, then mean and spread over seeds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from argosy.eval.bench.cell import OK, WHOLE
from argosy.eval.objective import DEFAULT
from argosy.eval.splits import Part
from argosy.signals.arrays import Floats

SENTINEL, RANDOM = "sentinel", "random"

_PERFECT = ("event_f1_pa", "point_f1", "event_f1_k10", "auc_pr", "range_f1", "affiliation_f1", "objective")
_HAIR = 1e-9

LESS_IS_BETTER = ("delay_points", "alerts_a_week")


@dataclass(frozen=True)
class Figure:
    """A mean over series, averaged over seeds; `spread` is the standard deviation over seeds, NaN for a single one."""

    mean: float
    spread: float


@dataclass(frozen=True)
class MethodSummary:
    """How one method did on the lockboxes that hold incidents. A failed cell counts as 0, as `per_cell` says."""

    method: str
    figures: Mapping[str, Figure]
    seeds: int
    failures: int
    wall_s: float


@dataclass(frozen=True)
class Gain:
    """One method against another on the same cells: differences of a metric, that of the objective, on the lockbox."""

    method: str
    over: str
    metric: str
    cells: int
    mean: float
    worst: float
    worst_series: str
    better: int
    same: int
    worse: int


@dataclass(frozen=True)
class LookedAhead:
    """A method whose past scores changed when the future was appended: on how many series, how many points."""

    method: str
    series: int
    points: int


@dataclass(frozen=True)
class Summary:
    """The whole table in brief.

    `judged` are the series whose lockbox holds incidents, `unjudged` those whose lockbox holds none, `unread` those of
    which that is not known, because nothing could be read or run. `void` says why the run measures nothing; it is empty
    when the guards held. `openings` is the most often that each method opened a lockbox. Of methods that write rules,
    `with_rules` is the share of cells that end with some, `calls` the mean number of model calls.
    """

    judged: tuple[str, ...]
    unjudged: tuple[str, ...]
    unread: tuple[str, ...]
    standings: tuple[MethodSummary, ...]
    gains: tuple[Gain, ...]
    with_rules: Mapping[str, float]
    calls: Mapping[str, float]
    failures: tuple[tuple[str, str, int, str], ...]
    void: tuple[str, ...]
    looked_ahead: tuple[LookedAhead, ...]
    openings: Mapping[str, int]

    def as_plain(self) -> dict[str, object]:
        """Plain values for JSON, NaN as None."""
        return {name: _known(each) for name, each in asdict(self).items()}


def summarise(
    frame: pd.DataFrame,
    order: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    headlines: Sequence[str],
    aim: str = DEFAULT.metric,
) -> Summary:
    """Sums a long table up, methods in this order; `pairs` are (method, what it is measured against, in `aim`)."""
    lockbox = frame[frame.split == Part.LOCKBOX.value]
    incidents = lockbox.groupby("series", observed=True).incidents.max()
    judged = tuple(sorted(incidents[incidents > 0].index))
    unjudged = tuple(sorted(incidents[incidents == 0].index))
    unread = tuple(sorted(set(frame.series) - set(judged) - set(unjudged)))
    failed = frame[(frame.status != OK) & (frame.metric == "wall_s")]
    methods = [name for name in order if (frame.method == name).any()]
    return Summary(
        judged=judged,
        unjudged=unjudged,
        unread=unread,
        standings=tuple(_standing(frame, name, judged, headlines) for name in methods if name != SENTINEL),
        gains=tuple(gain for method, over in pairs if (gain := gain_of(frame, method, over, judged, aim)) is not None),
        with_rules={name: float((values > 0).mean()) for name, values in _whole(frame, "rules").items()},
        calls={name: float(values.mean()) for name, values in _whole(frame, "calls").items()},
        failures=tuple(
            (str(series), str(method), int(seed), str(status))
            for series, method, seed, status in failed[["series", "method", "seed", "status"]].itertuples(index=False)
        ),
        void=void_because(frame, judged),
        looked_ahead=_looked_ahead(frame),
        openings=_openings(frame),
    )


def void_because(frame: pd.DataFrame, judged: Sequence[str]) -> tuple[str, ...]:
    """Why the run is void: the true labels do not come out perfect, or were never tried, or random numbers do.

    Empty when none of these is so.
    """
    if not judged:
        return ("the true labels were never tried: no lockbox that was opened holds an incident",)
    reasons = []
    for metric in _PERFECT:
        values = per_cell(frame, SENTINEL, metric, judged).to_numpy(dtype=np.float64)
        if not values.size:
            return (f"there is no {SENTINEL} in the table",)
        if (values < 1.0 - _HAIR).any() or np.isnan(values).any():
            reasons.append(f"the true labels reach only {np.nanmin(values, initial=1.0):.3f} in {metric}")
    for metric in ("point_f1", "auc_pr", "objective"):
        values = per_cell(frame, RANDOM, metric, judged).to_numpy(dtype=np.float64)
        if values.size and np.nanmean(values) > 1.0 - _HAIR:
            reasons.append(f"random numbers reach 1.0 in {metric}")
    return tuple(reasons)


def _whole(frame: pd.DataFrame, metric: str) -> dict[str, Floats]:
    """A figure of whole cells by method, one for each cell that has it."""
    rows = frame[(frame.split == WHOLE) & (frame.metric == metric)]
    return {str(name): mine.value.to_numpy(np.float64) for name, mine in rows.groupby("method", observed=True)}


def _looked_ahead(frame: pd.DataFrame) -> tuple[LookedAhead, ...]:
    changed = frame[(frame.split == WHOLE) & (frame.metric == "past_changed_points") & (frame.value > 0)]
    return tuple(
        LookedAhead(str(method), int(rows.series.nunique()), int(rows.value.sum()))
        for method, rows in changed.groupby("method", observed=True)
    )


def _openings(frame: pd.DataFrame) -> dict[str, int]:
    return {name: int(values.max()) for name, values in _whole(frame, "lockbox_openings").items()}


def per_cell(frame: pd.DataFrame, method: str, metric: str, judged: Sequence[str]) -> pd.DataFrame:
    """Series by seed: the lockbox figure of a method. Columns are seeds.

    Where a cell failed it is 0, or NaN where less is better: failing must not pay.
    """
    own = frame[(frame.method == method) & frame.series.isin(list(judged))]
    ok = own[(own.split == Part.LOCKBOX.value) & (own.metric == metric)]
    table = ok.pivot_table(index="series", columns="seed", values="value", aggfunc="first", dropna=False)
    for row in own[(own.status != OK) & (own.metric == "wall_s")].itertuples():
        table.loc[str(row.series), row.seed] = math.nan if metric in LESS_IS_BETTER else 0.0
    return table


def _standing(frame: pd.DataFrame, method: str, judged: Sequence[str], headlines: Sequence[str]) -> MethodSummary:
    own = frame[frame.method == method]
    walls = own[(own.split == WHOLE) & (own.metric == "wall_s")]
    return MethodSummary(
        method,
        {metric: _figure(per_cell(frame, method, metric, judged)) for metric in headlines},
        seeds=int(own.seed.nunique()),
        failures=int((walls.status != OK).sum()),
        wall_s=float(walls.value.sum()),
    )


def _figure(table: pd.DataFrame) -> Figure:
    by_seed = table.mean(axis=0).to_numpy(dtype=np.float64)
    if not len(by_seed):
        return Figure(math.nan, math.nan)
    return Figure(float(by_seed.mean()), float(by_seed.std(ddof=1)) if len(by_seed) > 1 else math.nan)


def gain_of(frame: pd.DataFrame, method: str, over: str, judged: Sequence[str], aim: str) -> Gain | None:
    """The differences on the cells that both have; None when there is none."""
    mine, other = (per_cell(frame, name, aim, judged) for name in (method, over))
    if mine.empty or other.empty:
        return None
    if other.shape[1] == 1 and mine.shape[1] > 1:
        other = pd.DataFrame(dict.fromkeys(mine.columns, other.iloc[:, 0]))
    differences = (mine - other).stack().dropna()
    if differences.empty:
        return None
    values = differences.to_numpy(dtype=np.float64)
    lowest = differences.index[int(values.argmin())]
    return Gain(
        method,
        over,
        aim,
        len(values),
        float(values.mean()),
        float(values.min()),
        str(lowest[0]),
        int((values > 1e-9).sum()),
        int((np.abs(values) <= 1e-9).sum()),
        int((values < -1e-9).sum()),
    )


def best_of(standings: Sequence[MethodSummary], names: Sequence[str], metric: str) -> MethodSummary | None:
    """Of the named methods the one with the highest mean; None when none of them was run."""
    there = [each for each in standings if each.method in names and not math.isnan(each.figures[metric].mean)]
    return max(there, key=lambda each: each.figures[metric].mean, default=None)


def _known(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {name: _known(each) for name, each in value.items()}
        case list() | tuple():
            return [_known(each) for each in value]
    return value
