"""Fusion: Argos' algorithm, the choice among subsets, and that the empty fusion is always one of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from argosy.detectors.fusion.fusion import Member, choose, fired_table, fuse
from argosy.detectors.rules.rule import Direction
from argosy.eval.objective import OBJECTIVES
from argosy.signals.arrays import Floats

SCORES = st.one_of(st.just(math.nan), st.sampled_from([0.0, 0.5, 1.0, 1.5, 7.0]), st.floats(-10, 10))


def arrays(count: int) -> st.SearchStrategy[list[Floats]]:
    return st.integers(0, 30).flatmap(
        lambda n: st.lists(hnp.arrays(np.float64, n, elements=SCORES), min_size=count, max_size=count)
    )


def slowly(base: Floats, members: list[Member]) -> list[bool]:
    """The published algorithm, point by point."""
    flags = []
    for i, score in enumerate(base):
        if score >= 1:
            flags.append(not any(m.direction is Direction.CLEAR and m.scores[i] >= 1 for m in members))
        else:
            flags.append(any(m.direction is Direction.FLAG and m.scores[i] >= 1 for m in members))
    return flags


@given(arrays(4), st.lists(st.sampled_from(Direction), min_size=3, max_size=3))
def test_fused_scores_flag_exactly_where_the_published_algorithm_flags(
    columns: list[Floats], directions: list[Direction]
) -> None:
    base, *rules = columns
    members = [Member(f"r{i}", directions[i], scores) for i, scores in enumerate(rules)]
    fused = fuse(base, members)
    assert fused.flags.tolist() == slowly(base, members)
    for member in members:
        changed = fused.fired[member.id]
        wanted = base >= 1 if member.direction is Direction.CLEAR else ~(base >= 1)
        assert changed.tolist() == ((member.scores >= 1) & wanted).tolist()


@given(arrays(1))
def test_no_rule_changes_nothing(columns: list[Floats]) -> None:
    assert np.array_equal(fuse(columns[0], []).values, columns[0], equal_nan=True)


@given(arrays(4), st.lists(st.sampled_from(Direction), min_size=3, max_size=3), st.data())
def test_the_choice_is_the_best_of_all_subsets_and_never_worse_than_the_base(
    columns: list[Floats], directions: list[Direction], data: st.DataObject
) -> None:
    base, *rules = columns
    labels = data.draw(hnp.arrays(np.bool_, len(base)))
    members = [Member(f"r{i}", directions[i], scores) for i, scores in enumerate(rules)]

    def judge(flags: np.ndarray) -> float:
        return OBJECTIVES["default"](labels, flags)

    choice = choose(base, members, judge)
    if not labels.any():
        assert choice.ids == ()
        return
    values = [
        judge(fuse(base, [m for i, m in enumerate(members) if mask >> i & 1]).flags)
        for mask in range(1 << len(members))
    ]
    assert choice.value == pytest.approx(max(values))
    assert choice.value >= choice.base_value


def test_among_equals_the_smaller_and_simpler_fusion_is_chosen() -> None:
    labels = np.array([False, True, False])
    base = np.array([0.0, 0.0, 0.0])
    finds = np.array([0.0, 2.0, 0.0])
    members = [
        Member("long", Direction.FLAG, finds, complexity=90),
        Member("short", Direction.FLAG, finds, complexity=10),
    ]
    assert choose(base, members, lambda flags: OBJECTIVES["point_f1"](labels, flags)).ids == ("short",)


def test_many_members_are_added_one_by_one() -> None:
    labels = np.eye(12, dtype=np.bool_).any(axis=0)
    members = [Member(f"r{i:02}", Direction.FLAG, np.where(np.arange(12) == i, 2.0, 0.0)) for i in range(12)]
    choice = choose(np.zeros(12), members, lambda flags: OBJECTIVES["point_f1"](labels, flags))
    assert len(choice.ids) == 12
    assert choice.value == 1.0


def test_the_table_names_the_rules_that_fired_on_each_point() -> None:
    fused = fuse(
        np.array([0.0, 2.0, 0.0]),
        [
            Member("a", Direction.FLAG, np.array([3.0, 3.0, 0.0])),
            Member("b", Direction.FLAG, np.array([1.0, 0.0, 0.0])),
            Member("c", Direction.CLEAR, np.array([9.0, 9.0, 9.0])),
        ],
    )
    assert fired_table(fused.fired) == ["a,b", "c", ""]
