"""A stored detector in service: made again from its recipe and rules, and put to a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from argosy.detectors.fusion.fusion import fired_table
from argosy.detectors.rules.rule_detector import RuleFailed
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest
from argosy.sandboxes import SandboxChoice, open_sandbox
from argosy.service.expiry import due_at
from argosy.service.find_detector import find_for, reader
from argosy.service.history import history_notes
from argosy.service.known_series import FEWEST_TO_COMPARE
from argosy.service.load import load_detector
from argosy.signals.errors import BadInput
from argosy.signals.gap_alerts import GAP_ALERT, with_gap_alerts
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores
from argosy.store.rows import DetectorRow
from argosy.store.status_rows import Status
from argosy.store.store import Store

MOST_FLAGGED = 0.3
"""Where a larger share is flagged, a detector may be put to what it was not made for."""
MOST_ALERTS = 200
"""So many alerts are listed; the table holds every point."""


@dataclass(frozen=True, eq=False)
class ScoreResult:
    """`frame` has one row per point: timestamp, value, score, flag, fired (ids joined by commas).

    `fired` counts for each rule the points on which it changed the verdict. `shown` are the newest alerts, in order of
    time: the points `start` up to `stop`, Unix seconds `begins` up to `ends` where times are known, the highest
    `score`, and in `fired` the rules and the base that raised it.
    """

    detector: str
    series: str
    frame: pd.DataFrame
    alerts: int
    fired: Mapping[str, int]
    notes: tuple[str, ...] = ()
    shown: tuple[Mapping[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Counts, alerts and notes as plain JSON values, without the points."""
        return {
            "detector": self.detector,
            "series": self.series,
            "points": len(self.frame),
            "flagged": int(self.frame["flag"].sum()),
            "alerts": self.alerts,
            "shown": [dict(each) for each in self.shown],
            "fired": dict(self.fired),
            "notes": list(self.notes),
        }


def score_file(
    store: Store, detector: str, table: TableRequest, choice: SandboxChoice, accept_risk: bool
) -> ScoreResult:
    """Scores one series of a file. Raises BadInput, SandboxUnavailable, StoreUnavailable."""
    found = find_for(store, detector, reader(store, table))
    row, loaded = found.row, found.loaded
    stored = load_detector(store, row.id)
    sandbox = open_sandbox(choice, stored.by_language_model, accept_risk) if stored.rules else None
    try:
        scores = with_gap_alerts(stored.fused(loaded, sandbox).score(loaded.series), loaded.series, loaded.gaps)
    except RuleFailed as failed:
        mend = f"argosy rules lists the rules of {row.id}; give fewer points, or run a new session"
        raise BadInput(str(table.path), f"a rule failed on it: {failed}", mend) from failed
    finally:
        if sandbox is not None:
            sandbox.close()
    fired = {rule: int(flags.sum()) for rule, flags in scores.fired.items() if rule != GAP_ALERT}
    frame = _frame(loaded, scores)
    name = store.redaction.text(loaded.series.id)
    said = (*status_notes(store, row, loaded), *history_notes(store, row, len(loaded.series)))
    notes = (*loaded.notes, *found.notes, *_flooded(scores), *said)
    shown = tuple(_alerts(loaded, scores))
    return ScoreResult(row.id, name, frame, len(runs(scores.flags)), fired, notes, shown)


def _flooded(scores: Scores) -> Iterator[str]:
    own = scores.flags & ~scores.fired[GAP_ALERT] if GAP_ALERT in scores.fired else scores.flags
    flagged, points = int(own.sum()), len(own)
    if points >= FEWEST_TO_COMPARE and flagged > MOST_FLAGGED * points:
        yield f"{flagged / points:.0%} of the points are flagged: look whether this is the detector's series and unit"


def status_notes(store: Store, row: DetectorRow, loaded: LoadedSeries) -> Iterator[str]:
    """What is to be said of a detector that is not in service, or that is due to be looked at again."""
    service = store.service
    status = service.status(row.id)
    if status is not Status.LIVE:
        live = service.with_status(service.line_of(row.id), Status.LIVE)
        yield f"the detector is not in service ({status.value}); {live or 'nothing'} is in its line"
        return
    expires = due_at(store, row, service.standings(row.id))
    if expires is not None and loaded.series.seconds[-1] > expires:
        yield f"the detector is due: argosy refresh {row.id}"


def _alerts(loaded: LoadedSeries, scores: Scores) -> Iterator[Mapping[str, Any]]:
    """The newest alerts, in order of time."""
    series = loaded.series
    for start, stop in runs(scores.flags)[-MOST_ALERTS:].tolist():
        by_rules = {rule: flags[start:stop] for rule, flags in scores.fired.items() if flags[start:stop].any()}
        base = [] if by_rules and np.logical_or.reduce(list(by_rules.values())).all() else ["base"]
        begins, last = int(series.seconds[start]), int(series.seconds[stop - 1])
        yield {
            "start": start,
            "stop": stop,
            "begins": begins if loaded.times_known else None,
            "ends": last + series.step_s if loaded.times_known else None,
            "score": round(float(np.nanmax(scores.values[start:stop])), 6),
            "fired": [*base, *by_rules],
        }


def _frame(loaded: LoadedSeries, scores: Scores) -> pd.DataFrame:
    seconds = loaded.series.seconds
    return pd.DataFrame(
        {
            "timestamp": pd.to_datetime(seconds, unit="s", utc=True) if loaded.times_known else seconds,
            "value": loaded.series.values,
            "score": scores.values,
            "flag": scores.flags,
            "fired": fired_table(scores.fired) or [""] * len(seconds),
        }
    )
