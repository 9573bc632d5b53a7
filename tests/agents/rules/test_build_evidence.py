"""The evidence: what it shows, what it leaves out, and that it keeps to its budget."""

import numpy as np
import pytest

from argosy.agents.rules.build_evidence import build_evidence
from argosy.agents.rules.build_review_evidence import build_review_evidence
from argosy.agents.rules.evidence_size import estimated_tokens, evidence_json
from argosy.agents.rules.statistic_bank import StatisticBank
from argosy.agents.rules.statistics import HIGHEST_MEASURE
from argosy.detectors.rules.rule import Direction
from argosy.signals.series import Series

POINTS = 4000


def bank_of(values: np.ndarray, labels: np.ndarray, first: int = 0) -> StatisticBank:
    seconds = first + 60 * np.arange(len(values), dtype=np.int64)
    return StatisticBank.of(Series("secret-name", seconds, values, 60), labels)


def drops(depth: float = 10.0) -> tuple[np.ndarray, np.ndarray]:
    """Noise with twenty labelled drops, and a tall unlabelled rise."""
    values = np.random.default_rng(0).normal(100, 1, POINTS)
    labels = np.zeros(POINTS, dtype=np.bool_)
    for start in range(150, POINTS, 200):
        values[start : start + 6] -= depth
        labels[start : start + 6] = True
    values[1111:1115] += 30
    return values, labels


BANK = bank_of(*drops())
QUIET = np.zeros(POINTS)


def evidence(base: np.ndarray = QUIET, direction: Direction = Direction.FLAG, bank: StatisticBank = BANK, **more):
    return build_evidence(bank, "ewma", base, direction, round=1, candidate=1, candidates=5, **more)


def test_every_shown_event_is_one_that_the_base_misses():
    found = evidence(np.where(np.arange(POINTS) < 2000, 2.0 * BANK.labels, 0.0), budget_tokens=10_000)
    assert (found.base.detected, found.base.missed) == (10, 10)
    assert len(found.pairs) == 10
    assert {pair.event.points for pair in found.pairs} == {6}


def test_without_missed_events_those_are_shown_that_are_covered_least():
    base = 2.0 * BANK.labels
    base[150:155] = 0.0
    found = evidence(base, budget_tokens=10_000)
    assert found.base.missed == 0
    assert found.pairs[0].event.values == BANK.scaled(BANK.series.values[150:156])


def test_measures_tell_direction_and_rarity():
    event = evidence().pairs[0].event
    assert event.measures["dev_60"] < -3
    assert max(abs(value) for value in event.measures.values()) <= HIGHEST_MEASURE


def test_the_look_alike_is_normal_and_hard():
    values, labels = drops()
    values[2222:2228] -= 9
    found = evidence(bank=bank_of(values, labels))
    assert all(pair.like and pair.like.measures["dev_60"] < -2 for pair in found.pairs)


def test_a_clear_rule_is_shown_false_alerts_beside_true_ones():
    base = 2.0 * BANK.labels
    base[1111:1115] = 2.0
    (pair,) = evidence(base, Direction.CLEAR).pairs
    assert pair.event.measures["dev_60"] > 2
    assert pair.like is not None
    assert pair.like.measures["dev_60"] < -3


@pytest.mark.parametrize("budget", [900, 1500, 2500])
@pytest.mark.parametrize("direction", list(Direction))
def test_the_json_keeps_to_its_budget(budget, direction):
    base = (np.random.default_rng(1).random(POINTS) > 0.98) * 2.0
    found = evidence(base, direction, tried=[f"Flags something else {i}." for i in range(40)], budget_tokens=budget)
    assert estimated_tokens(evidence_json(found)) <= budget
    assert found.pairs


def test_names_and_absolute_times_never_enter():
    text = evidence_json(evidence(bank=bank_of(*drops(), first=1_700_000_000)))
    assert "secret" not in text
    assert "1700" not in text
    assert '"hour"' in text
    assert '"hour"' not in evidence_json(evidence())


@pytest.mark.parametrize("values", [np.full(50, np.nan), np.full(50, 3.0), np.arange(3.0), np.empty(0)], ids=str)
def test_awkward_series_give_evidence_too(values):
    labels = np.zeros(len(values), dtype=np.bool_)
    labels[1:2] = True
    found = evidence(np.zeros(len(values)), bank=bank_of(values, labels))
    assert found.series.points == len(values)
    assert "NaN" not in evidence_json(found)
    assert "Infinity" not in evidence_json(found)


def test_a_review_shows_where_the_rule_does_harm():
    fused = 2.0 * BANK.labels
    fused[1111:1115] = 2.0
    figures = {"objective": 0.51234}
    found = build_review_evidence(
        BANK, QUIET, fused, Direction.FLAG, train=figures, train_before=figures, validation={"objective": np.nan},
        validation_before={}, events_gained=20, events_lost=0, false_points_added=4, false_points_removed=0,
        complexity=5,
    )  # fmt: skip
    assert [exhibit.points for exhibit in found.worst] == [4]
    assert (found.train, found.validation) == ({"objective": 0.512}, {})
