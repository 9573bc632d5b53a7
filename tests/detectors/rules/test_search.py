"""The numeric search and its yardstick."""

import numpy as np
import pytest

from argosy.detectors.rules.rule import Direction, read_rule
from argosy.detectors.rules.search import tune
from argosy.detectors.rules.yardstick import LOSES_EVENTS, Yardstick
from argosy.eval.objective import DEFAULT, OBJECTIVES

POINTS = 2000
PA = OBJECTIVES["event_f1_pa"]


def spikes() -> tuple[np.ndarray, np.ndarray]:
    """Noise of spread 1 with ten labelled spikes of 20."""
    values = np.random.default_rng(0).normal(0, 1, POINTS)
    labels = np.zeros(POINTS, dtype=np.bool_)
    labels[100::200] = True
    values[labels] += 20
    return values, labels


VALUES, LABELS = spikes()
FLAG = Yardstick.of(LABELS, np.zeros(POINTS), Direction.FLAG, PA)


def rule(params: str, names: str):
    return read_rule(f'"""Flags spikes."""\nPARAMS = {params}\ndef detect(values, seconds, *, {names}):\n    pass\n')


class Counted:
    """Evaluates a formula and counts how often."""

    def __init__(self, formula):
        self.formula, self.calls = formula, []

    def __call__(self, batch):
        self.calls += [dict(each) for each in batch]
        return [self.formula(**each) for each in batch]


def test_a_threshold_is_read_off_two_evaluations_and_put_in_the_gap():
    evaluate = Counted(lambda threshold: VALUES / threshold)
    found = tune(rule('{"threshold": (1.0, 0.1, 100.0)}', "threshold"), evaluate, FLAG)
    assert found.evaluations == len(evaluate.calls) == 2
    assert VALUES[~LABELS].max() * 1.2 < found.params["threshold"] < VALUES[LABELS].min() / 1.2
    assert found.value == pytest.approx(1.0)


def test_a_threshold_stays_within_its_range():
    found = tune(
        rule('{"threshold": (1.0, 0.5, 2.0)}', "threshold"), Counted(lambda threshold: VALUES / threshold), FLAG
    )
    assert found.params["threshold"] == pytest.approx(2.0)


def test_whole_numbers_stay_whole_and_the_budget_holds():
    evaluate = Counted(lambda window, threshold: VALUES / (threshold * (1 + abs(window - 40))))
    found = tune(rule('{"window": (5, 2, 200), "threshold": (1.0, 0.1, 9.0)}', "window, threshold"), evaluate, FLAG, 30)
    assert len(evaluate.calls) == found.evaluations <= 30
    assert all(isinstance(call["window"], int) and 2 <= call["window"] <= 200 for call in evaluate.calls)
    assert isinstance(found.params["window"], int)


def test_numbers_without_a_proportional_threshold_are_searched_too():
    evaluate = Counted(lambda level, power: np.where(level**power < VALUES, 1.0, 0.0))
    params = rule('{"level": (1.0, 0.1, 100.0), "power": (1.0, 0.9, 1.1)}', "level, power")
    found = tune(params, evaluate, FLAG, 40)
    assert found.value > 0.9


def test_the_same_seed_gives_the_same_numbers():
    params = rule('{"a": (0.5, 0.01, 1.0), "threshold": (1.0, 0.1, 9.0)}', "a, threshold")
    first, second = (
        tune(params, Counted(lambda a, threshold: np.tanh(VALUES * a) / threshold), FLAG, 24, seed=5) for _ in range(2)
    )
    assert first == second


def test_a_plateau_beats_a_spike_on_it():
    def scores(width, threshold):
        good = VALUES + 20 * LABELS if 20 <= width <= 90 else np.random.default_rng(width).normal(0, 1, POINTS)
        return (good + (5.0 * LABELS if width == 3 else 0.0)) / threshold

    params = rule('{"width": (3, 2, 100), "threshold": (1.0, 0.1, 99.0)}', "width, threshold")
    assert 20 <= tune(params, Counted(scores), FLAG, 40).params["width"] <= 90


def test_failing_evaluations_leave_the_defaults():
    params = rule('{"a": (0.5, 0.1, 1.0), "threshold": (2.0, 0.1, 9.0)}', "a, threshold")
    found = tune(params, lambda batch: [None] * len(batch), FLAG, 10)
    assert (found.params, found.value) == ({"a": 0.5, "threshold": 2.0}, -np.inf)


def test_a_flag_rule_is_judged_together_with_its_base():
    base = np.where(np.arange(POINTS) < 1000, 2.0 * LABELS, 0.0)
    judge = Yardstick.of(LABELS, base, Direction.FLAG, PA)
    nothing = np.zeros(POINTS)
    assert judge.value(nothing) == pytest.approx(PA(LABELS, base >= 1))
    assert judge.value(VALUES / 8) == pytest.approx(1.0)


def noisy_base() -> np.ndarray:
    base = 2.0 * LABELS
    base[50::200] = 2.0
    return base


@pytest.mark.parametrize("direct", [True, False])
def test_a_clear_rule_is_tuned_to_spare_every_true_event(direct):
    doubt = np.clip(VALUES, 1e-3, None)
    judge = Yardstick.of(LABELS, noisy_base(), Direction.CLEAR, PA)
    formula = (lambda threshold: threshold / doubt) if direct else (lambda threshold: 1 / (doubt * threshold))
    found = tune(rule('{"threshold": (1.0, 0.001, 1000.0)}', "threshold"), Counted(formula), judge)
    cleared = formula(found.params["threshold"]) >= 1
    assert found.value == pytest.approx(1.0)
    assert not (cleared & LABELS).any()
    assert cleared[50::200].all()


def test_a_clear_rule_that_loses_events_is_worth_less_than_nothing():
    judge = Yardstick.of(LABELS, noisy_base(), Direction.CLEAR, DEFAULT)
    assert judge.value(np.full(POINTS, 2.0)) == LOSES_EVENTS
    assert judge.value(np.full(POINTS, np.nan)) == pytest.approx(DEFAULT(LABELS, noisy_base() >= 1))
