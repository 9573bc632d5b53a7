"""What a session may spend on models, kept before it is spent."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from threading import Condition

from argosy.agents.models.speaker import BudgetSpent, Usage


@dataclass(frozen=True)
class Caps:
    """The most a session may use; None is no cap. `tokens` counts input and output together."""

    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class Reservation:
    """What one call in flight may cost at most, and when it began on the budget's clock."""

    expected: Usage
    began_s: float


class Budget:
    """Counts spending against caps. Safe to call from several threads at once.

    A call reserves what it may cost at most and settles for what it did cost. A call that would fit if the ones in
    flight cost less than they reserved waits for them. The time a call will take is taken to be the mean of those
    before it. `clock` gives seconds, counted from `began_s`, by default from here; `spent` is what the session has
    used earlier.
    """

    def __init__(
        self, caps: Caps, clock: Callable[[], float], spent: Usage | None = None, began_s: float | None = None
    ) -> None:
        self.caps = caps
        self._clock = clock
        self._began = clock() if began_s is None else began_s
        self._spent = spent or Usage()
        self._settled = 0
        self._settled_s = 0.0
        self._in_flight: list[Reservation] = []
        self._changed = Condition()

    @property
    def spent(self) -> Usage:
        with self._changed:
            return self._spent

    @property
    def elapsed_s(self) -> float:
        return self._clock() - self._began

    def reserve(self, expected: Usage) -> Reservation:
        """Sets `expected` aside. Raises BudgetSpent when it does not fit, and then sets nothing aside."""
        with self._changed:
            while True:
                self._refuse_if_over(self._spent + expected)
                reserved = (reservation.expected for reservation in self._in_flight)
                if self._passed(sum(reserved, self._spent + expected)) is None:
                    reservation = Reservation(expected, self._clock())
                    self._in_flight.append(reservation)
                    return reservation
                self._changed.wait()

    def settle(self, reservation: Reservation, actual: Usage) -> None:
        """Replaces what was reserved by what it came to; each reservation is settled once."""
        with self._changed:
            self._in_flight.remove(reservation)
            self._settled += 1
            self._settled_s += self._clock() - reservation.began_s
            self._spent += actual
            self._changed.notify_all()

    def _refuse_if_over(self, total: Usage) -> None:
        passed = self._passed(total)
        if passed is not None:
            cap = getattr(self.caps, passed)
            raise BudgetSpent(f"the next model call would pass the cap of {cap:g} {passed}; raise it to go on")

    def _passed(self, total: Usage) -> str | None:
        used = {
            "calls": total.calls,
            "tokens": total.input_tokens + total.output_tokens,
            "usd": total.usd,
            "seconds": self.elapsed_s + self._settled_s / max(self._settled, 1),
        }
        for field in fields(Caps):
            cap = getattr(self.caps, field.name)
            if cap is not None and used[field.name] > cap:
                return field.name
        return None
