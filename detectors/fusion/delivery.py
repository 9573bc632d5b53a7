"""How alarms are delivered: at every flagged point, or once an alert, at its first."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AlertOnce:
    """The base's scores are multiplied by `level` before fusion; with `once` the fused alarms ring once an alert."""

    once: bool = False
    level: float = 1.0


EVERY_POINT = AlertOnce()
