import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.speaker import BudgetSpent, Usage


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("caps", "said"),
    [(Caps(calls=3), "3 calls"), (Caps(tokens=350), "350 tokens"), (Caps(usd=0.35), "0.35 usd")],
)
def test_a_cap_holds_before_it_is_passed(caps, said):
    budget = Budget(caps, Clock())
    one = Usage(1, 60, 40, 0.1)
    for _ in range(3):
        budget.settle(budget.reserve(one), one)
    with pytest.raises(BudgetSpent, match=said):
        budget.reserve(one)
    assert budget.spent == Usage(3, 180, 120, pytest.approx(0.3))


def test_time_is_capped_with_the_time_a_call_takes():
    clock = Clock()
    budget = Budget(Caps(seconds=10), clock)
    reservation = budget.reserve(Usage(1))
    clock.now_s += 4
    budget.settle(reservation, Usage(1))
    reservation = budget.reserve(Usage(1))
    clock.now_s += 4
    budget.settle(reservation, Usage(1))
    with pytest.raises(BudgetSpent, match="10 seconds"):
        budget.reserve(Usage(1))
    assert budget.elapsed_s == 8


def test_what_was_spent_before_counts():
    with pytest.raises(BudgetSpent):
        Budget(Caps(calls=3), Clock(), spent=Usage(3)).reserve(Usage(1))


def test_a_call_that_may_fit_waits_for_those_in_flight():
    budget = Budget(Caps(tokens=1_000), Clock())
    expected, actual = Usage(1, 100, 500), Usage(1, 100, 50)

    def call(_: int) -> None:
        budget.settle(budget.reserve(expected), actual)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(call, range(3)))
    assert budget.spent == Usage(3, 300, 150)


@pytest.mark.parametrize("workers", [1, 4])
def test_calls_that_cost_more_than_they_reserved_pass_a_cap_by_no_more_than_those_in_flight(workers):
    budget = Budget(Caps(tokens=1_000), Clock())
    expected, actual = Usage(1, 50, 50), Usage(1, 200, 100)

    def call(_: int) -> None:
        with contextlib.suppress(BudgetSpent):
            budget.settle(budget.reserve(expected), actual)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(call, range(50)))
    spent = budget.spent.input_tokens + budget.spent.output_tokens
    assert 900 < spent <= 1_000 + workers * 300


def test_seconds_are_counted_from_where_the_clock_is_said_to_have_begun():
    clock = Clock()
    assert Budget(Caps(seconds=10), clock).elapsed_s == 0
    budget = Budget(Caps(seconds=10), clock, began_s=0.0)
    assert budget.elapsed_s == 100
    with pytest.raises(BudgetSpent, match="10 seconds"):
        budget.reserve(Usage(1))


def test_without_caps_nothing_is_refused():
    budget = Budget(Caps(), Clock())
    for _ in range(3):
        budget.reserve(Usage(1, 10**9, 10**9, 1e9))
