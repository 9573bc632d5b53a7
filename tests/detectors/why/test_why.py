"""Explanations of verdicts: what a rule is taken apart into, and that the changes named turn the verdict."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Self

import numpy as np
import pytest

from argosy.agents.embedded.grammar import compose
from argosy.agents.embedded.recipe import Clause as RecipeClause
from argosy.agents.embedded.recipe import ClauseSide, ClauseUnit, Join, Quantity, Recipe, Timing
from argosy.detectors.fusion.fused import FusedDetector
from argosy.detectors.fusion.rate_limit import RateLimit
from argosy.detectors.fusion.tuned_rule import TunedRule
from argosy.detectors.rules.rule import Direction, Number, read_rule
from argosy.detectors.why.anatomy import dissect
from argosy.detectors.why.changes import ChangeKind, TurningChange
from argosy.detectors.why.clauses import deciding
from argosy.detectors.why.explain import Explanation, VerdictRole, explain
from argosy.detectors.why.moment import Moment
from argosy.sandbox.local import LocalSandbox
from argosy.sandbox.protocol import Limits
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores
from argosy.signals.series import Series

pytestmark = pytest.mark.slow

TWO_CLAUSES = '''"""Flags a deep drop, unless the value is missing."""
import numpy as np
import pandas as pd

PARAMS = {"window": (60, 3, 360), "weight": (1.0, 0.1, 10.0), "threshold": (6.0, 1.0, 100.0)}


def detect(values, seconds, *, window, weight, threshold):
    if len(values) == 0:
        return np.zeros(0)
    x = pd.Series(values)
    usual = x.shift(1).rolling(window, min_periods=1).median()
    signal = usual - x
    step = x.shift(1) - x
    signal = np.minimum(signal, weight * step)
    score = (signal / threshold).to_numpy(dtype=float).copy()
    score[np.isnan(values)] = 0.0
    return score
'''

BY_HAND = '''"""Flags values outside a band, where the last few held still."""
import numpy as np

PARAMS = {"high": (110.0, 90.0, 200.0), "low": (90.0, 0.0, 110.0), "still": (3.0, 0.1, 50.0)}


def detect(values, seconds, *, high, low, still):
    outside = (values > high) | (values < low)
    before = np.full(len(values), np.inf)
    if len(values) > 2:
        before[2:] = np.abs(values[1:-1] - values[:-2])
    quiet = before < still
    return outside & quiet
'''

LOOPED = '''"""Flags what a smoothed value leaves behind."""
import numpy as np

PARAMS = {"weight": (0.2, 0.02, 0.9), "threshold": (5.0, 0.5, 50.0)}


def detect(values, seconds, *, weight, threshold):
    score = np.zeros(len(values))
    level = values[0] if len(values) else 0.0
    for i in range(len(values)):
        gap = abs(values[i] - level)
        score[i] = gap / threshold
        level = (1 - weight) * level + weight * values[i]
    return score
'''

CLEARS = '''"""Clears alarms on drops that are not deep."""
import numpy as np

PARAMS = {"depth": (20.0, 2.0, 80.0)}


def detect(values, seconds, *, depth):
    return np.where(100.0 - values < depth, 2.0, 0.0)
'''


class Limit:
    """A base that alarms 15 away from 100."""

    name = "limit"

    def fit(self, series: Series, labels: Bools | None) -> Self:
        return self

    def score(self, series: Series) -> Scores:
        return Scores(np.abs(series.values - 100) / 15)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LocalSandbox]:
    found = LocalSandbox()
    yield found
    found.close()


@pytest.fixture
def ask(sandbox: LocalSandbox) -> Callable[..., tuple[Explanation, Moment]]:
    def ask(values: Floats, *rules: tuple[str, Direction, Mapping[str, Number]]) -> tuple[Explanation, Moment]:
        serving = tuple(
            TunedRule(f"r-{i}", read_rule(source), {**read_rule(source).defaults, **params}, direction)
            for i, (source, direction, params) in enumerate(rules)
        )
        series = Series("s", 60 * np.arange(len(values), dtype=np.int64), values, 60)
        moment = Moment(series, Limit(), serving, sandbox, Limits())
        return explain(moment), moment

    return ask


def noise(points: int = 1_200, seed: int = 0) -> Floats:
    return 100 + np.random.default_rng(seed).normal(0, 1, points)


def with_last(value: float, points: int = 300) -> Floats:
    values = noise(points)
    values[-1] = value
    return values


def verdict_with(change: TurningChange, moment: Moment) -> bool:
    """The verdict after a change, by the detectors in service and nothing of what is under test."""
    series, params = moment.series, {rule.id: dict(rule.params) for rule in moment.rules}
    base: Limit = moment.base  # type: ignore[assignment]
    match change.what:
        case ChangeKind.VALUE:
            values = series.values.copy()
            values[-1] = change.to
            series = Series(series.id, series.seconds, values, series.step_s)
        case ChangeKind.PARAMETER:
            assert change.rule is not None
            whole = isinstance(params[change.rule][change.name], int)
            params[change.rule][change.name] = int(change.to) if whole else change.to
        case ChangeKind.BASE_THRESHOLD:
            base = _Divided(change.to)
    rules = [replace(rule, params=params[rule.id], rate_limit=None) for rule in moment.rules]
    return bool(FusedDetector(base, rules, moment.sandbox).score(series).flags[-1])


class _Divided(Limit):
    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def score(self, series: Series) -> Scores:
        return Scores(super().score(series).values / self.threshold)


def test_the_clause_that_decided_is_named_with_its_numbers(ask):
    said, moment = ask(with_last(91.0), (TWO_CLAUSES, Direction.FLAG, {}))
    (rule,) = said.rules
    assert said.flagged
    assert not said.base_alarms
    assert rule.role is VerdictRole.ADDED
    (decided,) = deciding(rule.clause)
    assert decided.text in ("signal = usual - x", "step = x.shift(1) - x")
    drop, step = (rule.values["usual"] - 91.0, moment.series.values[-2] - 91.0)
    assert decided.value == pytest.approx(min(drop, step))
    assert rule.values["signal"] == pytest.approx(decided.value)


def test_the_smaller_of_two_conditions_is_the_one_that_stands_in_the_way(ask):
    values = noise(300)
    values[-2:] = 88.0
    said, _ = ask(values, (TWO_CLAUSES, Direction.FLAG, {}))
    (decided,) = deciding(said.rules[0].clause)
    assert decided.text == "step = x.shift(1) - x"
    assert decided.value == 0
    changes = {change.name: change for change in said.turned.changes}
    assert changes["value"].to < 88
    assert changes["value"].sign == "≤"


def test_a_condition_that_fails_is_named_with_its_sides(ask):
    values = with_last(120.0)
    values[-2], values[-3] = 108.0, 100.0
    values[-1] = 112.0
    said, _ = ask(values, (BY_HAND, Direction.FLAG, {}))
    (decided,) = deciding(said.rules[0].clause)
    assert decided.value is False
    assert "before < still" in decided.text
    assert [part.value for part in decided.parts] == pytest.approx([8.0, 3.0])
    still = next(change for change in said.turned.changes if change.name == "still")
    assert still.sign == "≥"
    assert still.to == pytest.approx(8.0, abs=0.05)


def test_a_rule_in_a_loop_is_explained_by_its_values(ask):
    said, moment = ask(with_last(107.0), (LOOPED, Direction.FLAG, {}))
    (rule,) = said.rules
    assert rule.fires
    assert rule.note == ""
    assert rule.values["gap"] / 5.0 == pytest.approx(rule.score)
    assert {change.name for change in said.turned.changes} >= {"value", "threshold"}
    assert all(not verdict_with(change, moment) for change in said.turned.changes)


def test_a_clear_rule_is_explained_in_both_directions(ask):
    cleared, moment = ask(with_last(82.0), (CLEARS, Direction.CLEAR, {}))
    assert cleared.base_alarms
    assert not cleared.flagged
    assert cleared.rules[0].role is VerdictRole.CLEARED
    turned = {change.name: change for change in cleared.turned.changes}
    assert turned["depth"].sign == "≤"
    assert turned["depth"].to == pytest.approx(18.0, abs=0.05)
    assert turned["value"].to == pytest.approx(80.0, abs=0.05)
    assert all(verdict_with(change, moment) for change in cleared.turned.changes)
    kept, moment = ask(with_last(70.0), (CLEARS, Direction.CLEAR, {}))
    assert kept.flagged
    assert kept.rules[0].role is VerdictRole.SILENT
    turned = {(change.what, change.name): change for change in kept.turned.changes}
    assert turned[ChangeKind.PARAMETER, "depth"].to == pytest.approx(30.0, abs=0.1)
    assert turned[ChangeKind.BASE_THRESHOLD, "threshold"].to == pytest.approx(2.0, abs=0.01)
    assert all(not verdict_with(change, moment) for change in kept.turned.changes)


def test_where_two_rules_fire_no_number_of_one_is_offered(ask):
    rules = ((TWO_CLAUSES, Direction.FLAG, {}), (LOOPED, Direction.FLAG, {}))
    said, _ = ask(with_last(88.0), *rules)
    assert [rule.role for rule in said.rules] == [VerdictRole.ADDED, VerdictRole.ADDED]
    assert {change.what for change in said.turned.changes} == {ChangeKind.VALUE}


def test_a_missing_value_is_explained_from_the_last_known_one(ask):
    said, moment = ask(with_last(np.nan), (TWO_CLAUSES, Direction.FLAG, {}))
    assert not said.flagged
    assert np.isnan(said.value)
    value = next(change for change in said.turned.changes if change.what is ChangeKind.VALUE)
    assert verdict_with(value, moment)


@pytest.mark.parametrize("points", [1, 2, 7])
def test_short_histories_are_explained(ask, points):
    said, _ = ask(noise(points), (TWO_CLAUSES, Direction.FLAG, {}))
    assert said.rules[0].note == ""


RECIPES = [
    Recipe(
        (
            RecipeClause(Quantity.DEVIATION, ClauseSide.BOTH, ClauseUnit.SPREAD),
            RecipeClause(Quantity.CHANGE, ClauseSide.DOWN),
        ),
        Join.BOTH,
    ),
    Recipe(
        (RecipeClause(Quantity.EWMA, ClauseSide.DOWN, ClauseUnit.LEVEL), RecipeClause(Quantity.LEVEL, ClauseSide.UP)),
        Join.EITHER,
    ),
    Recipe((RecipeClause(Quantity.SEASON, ClauseSide.DOWN, period=50, smooth=3),), timing=Timing.HELD),
    Recipe((RecipeClause(Quantity.SHAPE, ClauseSide.DOWN, period=50),), timing=Timing.LINGERING),
    Recipe((RecipeClause(Quantity.SPREAD, ClauseSide.UP),), timing=Timing.ONSET),
    Recipe((RecipeClause(Quantity.CHANGE, ClauseSide.BOTH, window=1),), clears=True),
    Recipe((RecipeClause(Quantity.DEVIATION, ClauseSide.DOWN),), hours=(0.0, 23.0)),
    Recipe((RecipeClause(Quantity.FLAT, ClauseSide.BOTH),)),
]


@pytest.mark.parametrize("number", range(len(RECIPES)))
def test_every_shape_of_the_grammar_is_taken_apart_and_each_change_turns_the_verdict(ask, number):
    recipe = RECIPES[number]
    direction = Direction.CLEAR if recipe.clears else Direction.FLAG
    turned = 0
    for seed, last in ((0, 100.5), (1, 82.0)):
        values = noise(seed=seed)
        values[-1] = last
        said, moment = ask(values, (compose(recipe), direction, {}))
        (rule,) = said.rules
        assert rule.note == ""
        assert rule.clause is not None
        assert rule.clause.value == pytest.approx(rule.score, nan_ok=True)
        assert list(deciding(rule.clause))
        assert said.turned.refuted == 0
        for change in said.turned.changes:
            assert verdict_with(change, moment) is not said.flagged, change
            turned += 1
    assert turned


def test_a_rule_that_has_used_up_its_quota_is_not_listened_to(sandbox):
    values = noise(300)
    values[-20:] = 70 + np.arange(20) % 2
    rule = read_rule(LOOPED)
    serving = TunedRule("r-0", rule, {**rule.defaults, "weight": 0.02}, Direction.FLAG, RateLimit(50, 8))
    series = Series("s", 60 * np.arange(300, dtype=np.int64), values, 60)
    said = explain(Moment(series, Blind(), (serving,), sandbox, Limits()))
    assert said.rules[0].role is VerdictRole.MUTED
    assert not said.flagged
    fused = FusedDetector(Blind(), [serving], sandbox).score(series)
    assert bool(fused.flags[-1]) is said.flagged


class Blind(Limit):
    """A base that never alarms."""

    def score(self, series: Series) -> Scores:
        return Scores(np.zeros(len(series)))


def test_a_rule_that_uses_our_names_is_taken_apart_all_the_same():
    source = BY_HAND.replace("quiet", "why_note")
    assert dissect(source).prefix == "_why_"
