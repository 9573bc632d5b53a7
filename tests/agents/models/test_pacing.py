"""Limits of requests and tokens a minute."""

from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.models.pacing import Pace


class Time:
    """A clock that sleeping moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def pace(requests=None, tokens=None):
    time = Time()
    return Pace(requests, tokens, time, time.sleep), time


def test_without_limits_nothing_waits():
    unlimited, time = pace()
    assert [unlimited.take(10**9) for _ in range(100)] == [0.0] * 100
    assert time.now == 100.0


def test_a_minutes_worth_goes_at_once_and_the_rest_evenly():
    limited, _ = pace(requests=6)
    assert [limited.take(1) for _ in range(9)] == [0.0] * 6 + [10.0] * 3


def test_time_that_passes_counts():
    limited, time = pace(requests=6)
    for _ in range(6):
        limited.take(1)
    time.now += 600
    assert [limited.take(1) for _ in range(7)] == [0.0] * 6 + [10.0]


def test_tokens_not_used_are_given_back():
    limited, _ = pace(tokens=1_000)
    assert limited.take(900) == 0
    limited.settle(900, 100)
    assert limited.take(900) == 0
    assert limited.take(600) == 36.0


def test_a_call_larger_than_a_minute_is_served():
    limited, _ = pace(tokens=100)
    assert limited.take(300) == 120.0
    assert limited.take(50) == 30.0


@given(st.lists(st.tuples(st.integers(1, 400), st.floats(0, 90)), max_size=40))
def test_no_stretch_of_time_has_more_than_its_share_and_one_bucket(calls):
    limited, time = pace(tokens=600)
    done = []
    for tokens, pause in calls:
        time.now += pause
        limited.take(tokens)
        done.append((time.now, tokens))
    for i, (start, _) in enumerate(done):
        for j in range(i, len(done)):
            asked = sum(tokens for _, tokens in done[i : j + 1])
            assert asked <= 600 + 10 * (done[j][0] - start) + 1e-6
