"""One curve played forward in time: its detector, its refreshes as points come, and what was in service when.

Planted drifts are looked for as a refresh of the first detector would.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from argosy.benchmarks.datasets.collection import Entry, LabelledSeries
from argosy.benchmarks.results_workspace import open_results_workspace
from argosy.benchmarks.studies.drifts import PLANTED, shuffled, undrifted
from argosy.detectors.baselines.residuals import periods
from argosy.detectors.drift import DriftInput, measure_drift
from argosy.detectors.drift.counts import outside
from argosy.detectors.rules.rule_detector import RuleFailed
from argosy.eval.rates import event_delay, event_pa
from argosy.graphs.refine import Settings
from argosy.graphs.refresh.outcomes import Decision, RefreshState
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest
from argosy.sandboxes import SandboxChoice, open_sandbox
from argosy.service.load import load_detector, load_for_refresh
from argosy.service.refresh import refresh
from argosy.service.refresh_request import RefreshRequest, RefreshResult, ShadowPeriod
from argosy.sessions.in_service import InService
from argosy.sessions.request import SessionRequest
from argosy.sessions.run import run_session
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.finite import finite_or_none
from argosy.signals.incidents import incidents_in, runs
from argosy.signals.series import Series
from argosy.store.store import Store
from argosy.workspace import Workspace

ARMS = ("without", "retune", "search")
UNDRIFTED, SHUFFLED, AS_IT_IS = "none", "shuffled", "as it is"
LOOKED_AT = (*PLANTED, UNDRIFTED, SHUFFLED, AS_IT_IS)
"""What is looked at for drift: three planted ones, two ways of having none, and the curve itself."""

_DAY_S = 86_400


@dataclass(frozen=True)
class PlayforwardOptions:
    """How curves are played. `train` is the share of points that the detector is made on.

    Refreshes are `every_days` apart, and looks for a planted drift `look_days`. `plant`: a drift that all ways of
    refreshing meet, from the first point that they play on.
    """

    every_days: float
    look_days: float
    train: float
    shadow_days: float
    rounds: int
    candidates: int
    seed: int
    limit: int | None
    sandbox: SandboxChoice
    model: str = "embedded"
    labelled: bool = True
    plant: str | None = None

    @property
    def settings(self) -> Settings:
        return Settings(rounds=self.rounds, candidates=self.candidates, seed=self.seed)


@dataclass(frozen=True)
class PlayforwardResult:
    """One curve with one way of refreshing: how well what was in service did on the points that came, and the cost."""

    series: str
    arm: str
    points: int
    incidents: int
    event_f1_k10: float | None
    event_f1_pa: float | None
    alerts_a_week: float
    false_alerts_a_week: float
    refreshes: int
    challengers: int
    promoted: int
    rolled_back: int
    seconds: float
    calls: float
    tokens: float


@dataclass(frozen=True)
class DriftFound:
    """One curve with one planted drift, or none: the points after which a look fired, None where none did.

    `by`: what fired first. Looks end with the first that fires where a drift was planted.
    """

    series: str
    drift: str
    found_after: int | None
    by: str
    looks: int
    fired: int


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve, the index at which it is played from, and the points between two refreshes."""

    entry: str
    data: LabelledSeries
    start: int
    every: int

    def stops(self) -> range:
        """The indices up to which points are known at each refresh."""
        return range(self.start + self.every, len(self.data.series), self.every)


def curve_of(entry: Entry, play: PlayforwardOptions) -> Curve:
    """Reads a curve. Raises BadInput for one that is too short to be played."""
    data = entry.read()
    points = min(len(data.series), play.limit or len(data.series))
    data = replace(data, series=data.series.part(0, points), labels=data.labels[:points])
    start, every = int(play.train * points), max(1, int(play.every_days * _DAY_S / data.series.step_s))
    if start + every >= points:
        raise BadInput(
            f"series {entry.id}", f"{points} points are too few to play", "take a longer one, or less --train"
        )
    return Curve(entry.id, data, start, every)


def planted(curve: Curve, drift: str) -> Curve:
    """The curve with a drift from its start on."""
    series = curve.data.series
    values = PLANTED[drift](series.values, curve.start, cycle_of(curve))
    return replace(curve, data=replace(curve.data, series=replace(series, values=values)))


def make_champion(curve: Curve, play: PlayforwardOptions, out: Path) -> tuple[Path, str]:
    """A store with the session on the first part, once; returns its folder and the detector's id."""
    home, note = out / "store" / curve.entry / "champion", out / "store" / curve.entry / "champion.txt"
    if note.exists():
        return home, note.read_text()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    file = home / f"{curve.entry}.parquet"
    series, labels = curve.data.series, curve.data.labels[: curve.start]
    frame = pd.DataFrame({"value": series.values[: curve.start], "label": labels.astype(np.int8)})
    frame.to_parquet(file, index=False)
    request = SessionRequest(
        TableRequest(file, step_s=series.step_s),
        model=play.model,
        settings=play.settings,
        sandbox=play.sandbox,
        in_service=InService.FUSION,
    )
    workspace = open_results_workspace(home)
    try:
        done = run_session(request, workspace)
    finally:
        workspace.close()
    note.write_text(done.detector.id)
    return home, done.detector.id


def play_arm(
    curve: Curve, arm: str, home: Path, champion: str, play: PlayforwardOptions, out: Path
) -> PlayforwardResult:
    """Plays one curve from the champion's store, which is copied."""
    folder = out / "store" / curve.entry / arm
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home, folder)
    workspace = open_results_workspace(folder)
    try:
        told = list(_refreshed(curve, arm, champion, play, workspace))
        return _summed(curve, arm, champion, told, play, workspace.store)
    finally:
        workspace.close()


def _refreshed(
    curve: Curve, arm: str, champion: str, play: PlayforwardOptions, workspace: Workspace
) -> Iterator[tuple[int, RefreshResult]]:
    """Every refresh of one way of refreshing, with the index that it knew points up to."""
    request = RefreshRequest(
        champion,
        model=play.model,
        settings=play.settings,
        sandbox=play.sandbox,
        shadow=ShadowPeriod(days=play.shadow_days),
        search=arm == "search",
        force=Decision.KEEP if arm == "without" else None,
    )
    for stop in curve.stops() if arm != "without" else ():
        given = replace(request, key=f"{arm} {stop}")
        yield stop, refresh(given, _loaded(curve, stop, play.labelled), workspace)


def _loaded(curve: Curve, stop: int, labelled: bool) -> LoadedSeries:
    series, labels = curve.data.series.part(0, stop), curve.data.labels[:stop]
    named = Series(curve.entry, np.arange(stop, dtype=np.int64) * series.step_s, series.values, series.step_s)
    incidents = incidents_in(labels, named.seconds, series.step_s) if labelled else ()
    return LoadedSeries(Path(curve.entry), named, labels if labelled else None, incidents, None, (), False)


def _summed(
    curve: Curve, arm: str, champion: str, told: list[tuple[int, RefreshResult]], play: PlayforwardOptions, store: Store
) -> PlayforwardResult:
    flags = _flags_in_service(curve, champion, told, play, store)[curve.start :]
    labels, states = curve.data.labels[curve.start :], [each.state for _, each in told]
    weeks = len(flags) * curve.data.series.step_s / (7 * _DAY_S)
    return PlayforwardResult(
        series=curve.entry,
        arm=arm,
        points=len(flags),
        incidents=len(runs(labels)),
        event_f1_k10=finite_or_none(event_delay(labels, flags).f1),
        event_f1_pa=finite_or_none(event_pa(labels, flags).f1),
        alerts_a_week=len(runs(flags)) / weeks,
        false_alerts_a_week=len(runs(outside(labels, flags))) / weeks,
        refreshes=len(told),
        challengers=len({each.challenger for _, each in told if each.challenger}),
        promoted=states.count(RefreshState.PROMOTED),
        rolled_back=states.count(RefreshState.ROLLED_BACK),
        seconds=sum(each.cost.seconds for _, each in told),
        calls=sum(each.cost.calls for _, each in told),
        tokens=sum(each.cost.tokens for _, each in told),
    )


def _flags_in_service(
    curve: Curve, champion: str, told: list[tuple[int, RefreshResult]], play: PlayforwardOptions, store: Store
) -> Bools:
    """What was flagged by whichever detector was in service when a point came, shape (n,)."""
    flags = np.zeros(len(curve.data.series), dtype=np.bool_)
    changes = [(curve.start, champion), *((stop, each.live) for stop, each in told)]
    whole, kept = _loaded(curve, len(flags), True), dict[str, Bools]()
    for (start, live), stop in zip(changes, [*(at for at, _ in changes[1:]), len(flags)], strict=True):
        if live not in kept:
            kept[live] = flags_of(live, whole, play, store)
        flags[start:stop] = kept[live][start:stop]
    return flags


def flags_of(detector: str, loaded: LoadedSeries, play: PlayforwardOptions, store: Store) -> Bools:
    """A stored detector's flags on a curve; a rule that fails on it flags nothing."""
    stored = load_detector(store, detector)
    sandbox = open_sandbox(play.sandbox, stored.by_language_model)
    try:
        return stored.fused(loaded, sandbox).score(loaded.series).flags
    except RuleFailed:
        return stored.base(loaded).score(loaded.series).flags
    finally:
        sandbox.close()


def find_drift(curve: Curve, drift: str, home: Path, champion: str, play: PlayforwardOptions) -> DriftFound:
    """Looks at a curve with a planted drift, or none, every so many points, as a refresh of the champion would."""
    changed = _looked_at(curve, drift, play)
    labels, every = changed.data.labels, changed.every
    workspace = open_results_workspace(home)
    store = workspace.store
    try:
        flags = flags_of(champion, _loaded(changed, len(labels), True), play, store)
        made = load_for_refresh(store, champion, _loaded(changed, curve.start, True))
    finally:
        store.close()
    looks, fires = 0, 0
    first: tuple[int | None, str] = (None, "")
    for stop in changed.stops():
        seen = _loaded(changed, stop, True).series
        found = measure_drift(
            DriftInput(seen, labels[:stop], flags[:stop], made.made_until, stop - every, made.reference, True)
        )
        names = [each.name for each in found if each.fired]
        looks, fires = looks + 1, fires + bool(names)
        if names and first[0] is None:
            first = (stop - curve.start, "+".join(names))
        if names and drift in PLANTED:
            break
    return DriftFound(curve.entry, drift, first[0], first[1], looks, fires)


def _looked_at(curve: Curve, drift: str, play: PlayforwardOptions) -> Curve:
    """The curve with what is looked for in it, and the points between two looks.

    A drift is planted where there is no other, so that what is found is what was planted.
    """
    series, labels = curve.data.series, curve.data.labels
    values, cycle = series.values, cycle_of(curve)
    whole = _whole_cycles(cycle, series.step_s)
    if drift in PLANTED or drift == UNDRIFTED:
        days = max(1, min(7, curve.start // 4 // whole))
        values, labels = undrifted(values, labels, curve.start, days * whole, play.seed)
    elif drift == SHUFFLED:
        values, labels = shuffled(values, labels, whole, play.seed)
    if drift in PLANTED:
        values = PLANTED[drift](values, curve.start, cycle)
    data = replace(curve.data, series=replace(series, values=values), labels=labels)
    return replace(curve, data=data, every=_points(play.look_days, max(1, _DAY_S // series.step_s)))


def cycle_of(curve: Curve) -> int:
    """The points of the strongest season of the first part; of a day where it has none.

    Where a curve lost points and its times, a day of it is shorter than the step says.
    """
    found = periods(curve.data.series.part(0, curve.start), curve.data.labels[: curve.start])
    return found[0] if found else max(1, _DAY_S // curve.data.series.step_s)


def _whole_cycles(cycle: int, step_s: int) -> int:
    """About a day, in whole cycles, so that seasons stay in step."""
    return cycle * max(1, round(_DAY_S / step_s / cycle))


def _points(days: float, day: int) -> int:
    return max(1, round(days * day))
