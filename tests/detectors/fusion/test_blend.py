"""Several detectors' scores as one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.detectors.fusion.blend import Blend, blend
from argosy.signals.scores import Scores

values = st.floats(0, 5) | st.just(float("nan"))
tables = st.integers(1, 6).flatmap(
    lambda n: st.dictionaries(st.sampled_from("abcd"), st.lists(values, min_size=n, max_size=n), min_size=1)
)


def said(table: dict[str, list[float]]) -> dict[str, Scores]:
    return {name: Scores(np.array(row)) for name, row in table.items()}


@given(tables)
def test_the_blend_flags_what_its_name_says(table: dict[str, list[float]]) -> None:
    scores = said(table)
    rows = np.array(list(table.values()))
    votes, opinions = (rows >= 1).sum(axis=0), (~np.isnan(rows)).sum(axis=0)
    flags = {how: blend(how, scores).flags for how in Blend}
    assert np.array_equal(flags[Blend.ANY], votes > 0)
    assert np.array_equal(flags[Blend.ALL], (votes == opinions) & (opinions > 0))
    assert np.array_equal(flags[Blend.VOTE], votes > opinions / 2)
    assert np.array_equal(flags[Blend.MEAN], flags[Blend.WEIGHTED])
    for how in Blend:
        assert np.array_equal(np.isnan(blend(how, scores).values), opinions == 0)


@given(tables)
@settings(max_examples=40, deadline=None)
def test_who_fired_is_who_flagged_what_is_flagged(table: dict[str, list[float]]) -> None:
    for how in Blend:
        fused = blend(how, said(table))
        for name, scores in said(table).items():
            assert np.array_equal(fused.fired[name], scores.flags & fused.flags)


def test_one_loud_detector_does_not_decide_a_mean_alone() -> None:
    table = {"a": [1_000.0], "b": [0.1], "c": [0.1]}
    assert not blend(Blend.MEAN, said(table)).flags[0]
    assert blend(Blend.WEIGHTED, said(table), {"a": 10.0}).flags[0]
    assert blend(Blend.WEIGHTED, said(table), {"a": 0.0}).values[0] == pytest.approx(0.1)


def test_reasons_say_whose_they_are() -> None:
    both = {"a": Scores(np.array([2.0]), reasons={0: "high"}), "b": Scores(np.array([2.0]), reasons={0: "odd"})}
    assert blend(Blend.ANY, both).reasons == {0: "a: high | b: odd"}
    assert blend(Blend.ANY, {"a": both["a"]}).reasons == {0: "high"}


def test_nothing_and_weights_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to blend"):
        blend(Blend.ANY, {})
    with pytest.raises(ValueError, match="weights"):
        blend(Blend.WEIGHTED, said({"a": [1.0]}), {"a": 0.0})


def test_in_a_mean_one_that_looks_the_other_way_says_nothing_instead_of_no() -> None:
    said = {"up": Scores(np.array([2.0, 2.0])), "down": Scores(np.array([-50.0, 0.5]))}
    np.testing.assert_array_equal(blend(Blend.MEAN, said).values, [1.0, 1.25])
