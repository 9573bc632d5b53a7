"""A stored detector scores alike wherever it is used: to score a file, in a refresh, and with what it was promised."""

import numpy as np
import pytest

from argosy.detectors.fusion.alert_once import AlertOnce
from argosy.service.load import load_detector, load_for_refresh
from argosy.store.store import Store
from tests.argosy.cli.inprocess import InProcess
from tests.argosy.service.line import STEP_S, loaded, make_line


@pytest.mark.parametrize("hold_points", [0.0, 20.0])
@pytest.mark.parametrize("alerts", [AlertOnce(), AlertOnce(True, 1.5)], ids=["every point", "once"])
def test_a_detector_scores_alike_in_a_file_and_in_a_refresh(
    store: Store, hold_points: float, alerts: AlertOnce
) -> None:
    line = make_line(store)
    row = store.detectors.find(line.first)
    kept = store.detectors.put(row.session, row.series, dict(row.base), row.members, STEP_S, hold_points, alerts)
    points = loaded(line.values, None, 3_000, labels=line.labels)
    sandbox = InProcess()
    in_file = load_detector(store, kept.id).fused(points, sandbox).score(points.series)
    served = load_for_refresh(store, kept.id, points)
    rules = {each.id: each.detector(sandbox).score(points.series).values for each in served.rules}
    in_refresh = served.fuse(served.base.score(points.series).values, rules)
    np.testing.assert_array_equal(in_file.values, in_refresh.values)
    plain = load_detector(store, line.first).fused(points, sandbox).score(points.series).values
    assert np.array_equal(in_file.values, plain) is (hold_points == 0.0 and not alerts.first_point_only)
