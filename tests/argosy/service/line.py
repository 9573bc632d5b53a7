"""A line of detectors for tests: one made on the first points of a labelled curve, and newer points to refresh with."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from argosy.detectors.rules.rule import Direction, read_rule
from argosy.graphs.refine import Settings as RefineSettings
from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.models.table import find_models
from argosy.service.refresh import refresh
from argosy.service.refresh_request import RefreshRequest, RefreshResult, ShadowPeriod
from argosy.settings import Settings
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import incidents_in
from argosy.signals.series import Series
from argosy.store.input_snapshot import keep_copy
from argosy.store.rows import MemberRow, RuleRole
from argosy.store.status_rows import Status
from argosy.store.store import Store
from tests.argosy.cli.inprocess import opened
from tests.argosy.workspaces import workspace_of

START, STEP_S, MADE, POINTS = 1_700_000_000, 60, 2_500, 6_000
EVERY = 150
SHADOW = ShadowPeriod(points=300)
SMALL = RefineSettings(rounds=1, candidates=2, evaluations=12)


def curve(points: int = POINTS, seed: int = 0) -> tuple[Floats, Bools]:
    """Noise around 100 with an incident of eight points every 150: drops by 25 and by 9, in turn."""
    rng = np.random.default_rng(seed)
    values, labels = 100 + rng.normal(0, 1, points), np.zeros(points, dtype=np.bool_)
    for number, start in enumerate(range(EVERY // 2, points - 8, EVERY)):
        values[start : start + 8] -= 25 if number % 2 else 9
        labels[start : start + 8] = True
    return values, labels


def loaded(
    values: Floats, told: Bools | None, stop: int, start: int = 0, *, labels: Bools, name: str = "metric"
) -> LoadedSeries:
    """Points of a curve as they are read from a file, with the verdicts of a detector that finds every other drop."""
    seconds = START + STEP_S * np.arange(start, stop, dtype=np.int64)
    series = Series(name, seconds, values[start:stop], STEP_S)
    incidents = () if told is None else incidents_in(told[start:stop], seconds, STEP_S)
    deep = labels & (np.arange(len(labels)) // EVERY % 2 == 1)
    verdicts = BaseColumn("mine", deep[start:stop])
    said = None if told is None else told[start:stop]
    return LoadedSeries(Path(f"{name}.csv"), series, said, incidents, verdicts, (), True)


def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of the embedded author run in the process of the test."""
    monkeypatch.setattr("argosy.sessions.run.open_sandbox", opened)
    monkeypatch.setattr("argosy.service.refresh.open_sandbox", opened)


@dataclass
class Clock:
    """Unix seconds that a test sets; each look takes a little."""

    at: float = float(START + STEP_S * POINTS)

    def __call__(self) -> float:
        self.at += 0.25
        return self.at


RULE = '''"""Flags values below `low`."""
import numpy as np

PARAMS = {"low": (96.0, 10.0, 400.0)}

def detect(values, seconds, *, low):
    return np.where(values > 0, low / np.maximum(values, 1e-9), 2.0)
'''


@dataclass
class Line:
    """A store with one line of detectors, and the curve that they are made for."""

    store: Store
    values: Floats
    labels: Bools
    clock: Clock
    first: str

    def refresh(self, stop: int, labelled: bool = True, start: int = 0, **asked: object) -> RefreshResult:
        """A refresh with the points up to `stop`."""
        request = RefreshRequest(**({"detector": self.first, "settings": SMALL, "shadow": SHADOW} | asked))  # type: ignore[arg-type]
        data = loaded(self.values, self.labels if labelled else None, stop, start, labels=self.labels)
        return refresh(request, data, workspace_of(self.store, find_models(Settings(Path())), self.clock))

    def status(self, detector: str | None) -> Status:
        assert detector is not None
        return self.store.service.status(detector)


def make_line(store: Store, seed: int = 0) -> Line:
    """A detector whose base finds deep drops and whose rule finds shallow ones, made on the first points."""
    values, labels = curve(seed=seed)
    made = loaded(values, labels, MADE, labels=labels)
    train = made.series.part(0, MADE // 2)
    verdicts = made.base.verdicts[: MADE // 2].astype(np.float64) if made.base else None
    arrays = {"seconds": train.seconds, "values": train.values, "labels": labels[: MADE // 2], "given": verdicts}
    settings = {"data": keep_copy(store, made)}
    row = store.sessions.begin("metric", MADE, "embedded", "given", 0, settings)
    store.sessions.finish(row.id, "fused", {"splits": {"train": {"stop": MADE // 2}}})
    rule = store.rules.put(read_rule(RULE), {"low": 96.0}, Direction.FLAG, author="embedded", language_model=False)
    store.rules.use(row.id, rule.id, RuleRole.FUSED, {})
    recipe = {
        "name": "given",
        "column": "mine",
        "alarms": True,
        "objective": "default",
        "seed": 0,
        "step_s": STEP_S,
        "train": store.artefacts.put_arrays(arrays),
    }
    detector = store.detectors.put(row.id, "metric", recipe, [MemberRow(rule.id, Direction.FLAG)], STEP_S)
    return Line(store, values, labels, Clock(), detector.id)
