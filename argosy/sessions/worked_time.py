"""The seconds that a session has worked: before it was killed and since, but not while it catches up."""

from collections.abc import Callable

from argosy.graphs.replay.past import Past


class WorkedTime:
    """A clock of seconds, from `before_s` on, that stands while a session does again what is on record."""

    def __init__(self, clock: Callable[[], float], past: Past, before_s: float = 0.0) -> None:
        self._clock, self._past, self._before_s = clock, past, before_s
        self._since: float | None = clock() if past.caught_up else None

    def __call__(self) -> float:
        if self._since is None:
            if not self._past.caught_up:
                return self._before_s
            self._since = self._clock()
        return self._before_s + self._clock() - self._since
