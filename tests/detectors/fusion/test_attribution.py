"""The ledger of a fusion, event by event."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from argosy.detectors.fusion.attribution import IncidentEffect, RuleEffects, attribute
from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.rules.rule import Direction
from argosy.signals.incidents import runs

LABELS = np.array([0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0], dtype=np.bool_)
BASE = np.array([0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 2, 0], dtype=np.float64)


def scores(*points: int) -> np.ndarray:
    found = np.zeros(12)
    found[list(points)] = 2.0
    return found


def test_every_event_and_false_point_is_on_the_account_of_its_rules():
    fused = fuse(
        BASE,
        [
            Member("one", Direction.FLAG, scores(0, 1, 7)),
            Member("two", Direction.FLAG, scores(8)),
            Member("clear", Direction.CLEAR, scores(4, 5, 6)),
        ],
    )
    found = attribute(LABELS, BASE >= 1, fused, slice(0, 12))
    assert found["one"] == RuleEffects((IncidentEffect(1, 3, True, 1), IncidentEffect(7, 9, False, 7)), (), 1, 0)
    assert found["two"] == RuleEffects((IncidentEffect(7, 9, False, 8),), (), 0, 0)
    assert found["clear"] == RuleEffects((), (IncidentEffect(5, 6, True, 5),), 0, 1)


def test_a_part_has_its_own_incidents_with_the_indices_of_the_series():
    fused = fuse(BASE, [Member("one", Direction.FLAG, scores(1, 8))])
    assert attribute(LABELS, BASE >= 1, fused, slice(8, 12))["one"].gained == (IncidentEffect(8, 9, True, 8),)
    assert attribute(LABELS, BASE >= 1, fused, slice(3, 7))["one"] == RuleEffects((), (), 0, 0)


FLAGS = arrays(np.bool_, 30)


@given(FLAGS, FLAGS, FLAGS, FLAGS)
def test_accounts_add_up_to_the_difference_of_base_and_fusion(labels, base, flag, clear):
    fused = fuse(base * 2.0, [Member("f", Direction.FLAG, flag * 2.0), Member("c", Direction.CLEAR, clear * 2.0)])
    found = attribute(labels, base, fused, slice(None))

    def detected(flags: np.ndarray) -> set[tuple[int, int]]:
        return {(start, stop) for start, stop in runs(labels).tolist() if flags[start:stop].any()}

    gained = {(each.start, each.stop) for each in found["f"].gained}
    assert gained == detected(fused.flags) - detected(base)
    assert {(each.start, each.stop) for each in found["c"].lost} == detected(base) - detected(fused.flags)
    added = sum(each.false_points_added - each.false_points_removed for each in found.values())
    assert added == int((fused.flags & ~labels).sum()) - int((base & ~labels).sum())


@given(st.lists(st.booleans(), min_size=1, max_size=20))
def test_without_rules_there_are_no_accounts(flags):
    base = np.array(flags, dtype=np.bool_)
    assert attribute(base, base, fuse(base * 2.0, []), slice(None)) == {}
