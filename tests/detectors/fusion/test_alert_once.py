"""Alarms that ring once an alert: what is flagged, when that is chosen, and at which level of the base."""

import math
from typing import Self

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from argosy.detectors.fusion.alert_once import LabelledStretch, choose_alert_once, scaled_base
from argosy.detectors.fusion.delivery import EVERY_POINT, AlertOnce
from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.rules.rule import Direction
from argosy.eval.objective import DEFAULT, OBJECTIVES
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores
from argosy.signals.series import Series

PA = OBJECTIVES["event_f1_pa"]
scores = st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0, math.nan]), min_size=0, max_size=40).map(np.array)


class Itself:
    """Scores every point with its value."""

    name = "itself"

    def fit(self, series: Series, labels: Bools | None) -> Self:
        return self

    def score(self, series: Series) -> Scores:
        return Scores(series.values)


def first_of_each(flags: list[bool]) -> list[bool]:
    return [flag and not (at and flags[at - 1]) for at, flag in enumerate(flags)]


@given(scores, st.sampled_from([0.0, 20.0]))
def test_an_alert_flags_its_first_point_alone(base: Floats, hold_points: float) -> None:
    plain, once = fuse(base, [], hold_points), fuse(base, [], hold_points, once=True)
    assert once.flags.tolist() == first_of_each(plain.flags.tolist())
    assert (np.isnan(once.values) == np.isnan(plain.values)).all()


@given(scores, st.integers(0, 40))
def test_what_comes_later_changes_nothing(base: Floats, cut: int) -> None:
    np.testing.assert_array_equal(fuse(base[:cut], [], once=True).values, fuse(base, [], once=True).values[:cut])


def test_a_rule_has_fired_only_where_the_alarm_rang() -> None:
    rule = Member("r", Direction.FLAG, np.array([0.0, 2.0, 2.0, 0.0]))
    fused = fuse(np.zeros(4), [rule], once=True)
    assert fused.fired["r"].tolist() == fused.flags.tolist() == [False, True, False, False]


def a_stretch(seed: int, false_alerts: int, points: int = 3_000) -> LabelledStretch:
    """Ten incidents of five points that the base scores 3 and false alerts of twenty points that it scores 2."""
    rng = np.random.default_rng(seed)
    labels, base = np.zeros(points, dtype=np.bool_), rng.uniform(0.0, 0.4, points)
    places = rng.permutation(points // 50)[: 10 + false_alerts] * 50
    for at in places[:10]:
        labels[at : at + 5], base[at : at + 5] = True, 3.0
    for at in places[10:]:
        base[at : at + 20] = 2.0
    return LabelledStretch(labels, base)


def test_where_false_points_count_one_by_one_a_long_false_alert_rings_once() -> None:
    train, validation = a_stretch(0, 2), a_stretch(1, 2)
    ringing = choose_alert_once(train, validation, PA)
    assert ringing.first_point_only
    for part in (train, validation):
        assert PA(part.labels, part.flags(ringing)) > PA(part.labels, part.flags(EVERY_POINT)) + 0.3


def test_the_level_puts_the_threshold_into_the_gap() -> None:
    train = a_stretch(0, 0)
    level = choose_alert_once(train, a_stretch(1, 0), PA).base_gain
    assert 0.4 < 1.0 / level < 3.0


def test_where_every_point_of_an_incident_counts_alarms_ring_at_every_point() -> None:
    assert choose_alert_once(a_stretch(0, 1), a_stretch(1, 1), DEFAULT) == EVERY_POINT
    assert choose_alert_once(a_stretch(0, 1), a_stretch(1, 1), OBJECTIVES["point_f1"]) == EVERY_POINT


def test_validation_can_refuse_it() -> None:
    """An incident begins while an alert goes on: an alarm that rings once has rung before it."""
    validation = a_stretch(1, 0)
    validation.base[:] = 2.0
    assert choose_alert_once(a_stretch(0, 2), validation, PA) == EVERY_POINT


def test_without_labels_or_scores_alarms_ring_at_every_point() -> None:
    nothing = np.zeros(100, dtype=np.bool_)
    for base in (np.full(100, np.nan), np.zeros(100), np.full(100, 5.0)):
        assert choose_alert_once(LabelledStretch(nothing, base), LabelledStretch(nothing, base), PA) == EVERY_POINT
    labels: Bools = np.arange(100) == 50
    assert (
        choose_alert_once(LabelledStretch(labels, np.zeros(100)), LabelledStretch(labels, np.zeros(100)), PA)
        == EVERY_POINT
    )


def test_a_louder_base_is_the_base_with_a_lower_threshold() -> None:
    series = Series("s", np.arange(3) * 60, np.array([0.4, 0.6, np.nan]), 60)
    base = Itself()
    assert scaled_base(base, 1.0) is base
    loud = scaled_base(base, 2.0)
    assert loud.name == base.name
    np.testing.assert_array_equal(loud.score(series).values, [0.8, 1.2, np.nan])
    assert AlertOnce(True, 2.0) != EVERY_POINT
