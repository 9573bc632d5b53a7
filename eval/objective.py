"""What a search makes as large as it can: a weighted mean of the three F1s."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from argosy.eval.objective_names import DEFAULT_NAME, metric_of
from argosy.eval.rates import event_delay, event_pa, point
from argosy.eval.titles import TITLES
from argosy.signals.arrays import Bools

SLACK = 0.01
"""What a single F1 may lose where the mean gains."""


@dataclass(frozen=True)
class Objective:
    """A named figure of merit in [0, 1]; NaN when nothing is labelled.

    It is the mean of point F1, Event-F1-PA and the delay-limited event F1 (k = 10 points) by these weights, which sum
    to one.

    >>> import numpy as np
    >>> OBJECTIVES["default"](np.array([False, True, True]), np.array([False, True, False]))
    0.8888888888888888
    """

    name: str
    point_weight: float = 0.0
    event_pa_weight: float = 0.0
    event_delay_weight: float = 0.0

    def __call__(self, labels: Bools, flags: Bools) -> float:
        """The objective of these flags; both shape (n,)."""
        return self.of(point(labels, flags).f1, event_pa(labels, flags).f1, event_delay(labels, flags).f1)

    def falling(self, labels: Bools, before: Bools, after: Bools) -> tuple[str, ...]:
        """Which F1s that count fall by more than `SLACK` from the flags `before` to those `after`; all shape (n,)."""
        figures = {
            "point_f1": (self.point_weight, point),
            "event_f1_pa": (self.event_pa_weight, event_pa),
            "event_f1_k10": (self.event_delay_weight, event_delay),
        }
        return tuple(
            TITLES[name]
            for name, (weight, rates) in figures.items()
            if weight and rates(labels, before).f1 - rates(labels, after).f1 > SLACK
        )

    @property
    def metric(self) -> str:
        """The name under which `argosy.eval.metrics.measure` gives this figure."""
        return metric_of(self.name)

    def of(self, point_f1: float, event_pa_f1: float, event_delay_f1: float) -> float:
        """The objective of three F1s that are already known."""
        return (
            self.point_weight * point_f1 + self.event_pa_weight * event_pa_f1 + self.event_delay_weight * event_delay_f1
        )


DEFAULT = Objective(DEFAULT_NAME, 1 / 3, 1 / 3, 1 / 3)
"""The mean of point F1, Event-F1-PA and event F1 within 10 points: no single one of them can be gamed alone."""

OBJECTIVES: Mapping[str, Objective] = MappingProxyType(
    {
        objective.name: objective
        for objective in (
            DEFAULT,
            Objective("event_f1_pa", event_pa_weight=1.0),
            Objective("point_f1", point_weight=1.0),
            Objective("event_f1_k10", event_delay_weight=1.0),
        )
    }
)
