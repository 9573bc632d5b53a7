"""How alarms are delivered: at every flagged point, or once an alert, at its first."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AlertOnce:
    """Base scores are multiplied by `base_gain`; with `first_point_only` an alert flags its first point alone."""

    first_point_only: bool = False
    base_gain: float = 1.0


EVERY_POINT = AlertOnce()
