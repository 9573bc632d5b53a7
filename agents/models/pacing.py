"""Keeps to a server's limits of requests and tokens a minute, so that it need not refuse."""

import time
from collections.abc import Callable
from threading import Lock


class Bucket:
    """A token bucket that holds a minute's worth, is full at first, and refills evenly.

    What is taken beyond what it holds is a debt, which whoever took it waits for; so callers go in turn, and one who
    takes more than a whole minute's worth is served too.
    """

    def __init__(self, per_minute: float, now_s: float) -> None:
        self._per_s = per_minute / 60.0
        self._most = per_minute
        self._level = per_minute
        self._at_s = now_s

    def take(self, amount: float, now_s: float) -> float:
        """Takes an amount and says how many seconds to wait before using it."""
        self._level = min(self._most, self._level + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        self._level -= amount
        return max(0.0, -self._level / self._per_s)

    def give_back(self, amount: float) -> None:
        self._level = min(self._most, self._level + amount)


class Pace:
    """Requests and tokens a minute; None is no limit. Safe to call from several threads at once.

    It holds for one process: what others ask of the same server is not counted. `clock` gives seconds.
    """

    def __init__(
        self,
        requests_per_minute: int | None,
        tokens_per_minute: int | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        now_s = clock()
        self._requests = Bucket(requests_per_minute, now_s) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute, now_s) if tokens_per_minute else None
        self._clock, self._sleep = clock, sleep
        self._lock = Lock()

    def take(self, tokens: int) -> float:
        """Waits until one request with so many tokens may go; returns the seconds waited."""
        with self._lock:
            now_s = self._clock()
            wait_s = self._requests.take(1, now_s) if self._requests else 0.0
            wait_s = max(wait_s, self._tokens.take(tokens, now_s) if self._tokens else 0.0)
        if wait_s > 0:
            self._sleep(wait_s)
        return wait_s

    def settle(self, taken: int, used: int) -> None:
        """Corrects what a request was taken to need by what it used."""
        with self._lock:
            if self._tokens:
                self._tokens.give_back(taken - used)
