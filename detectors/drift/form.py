"""What a statistic of drift says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DriftFinding:
    """It fires where `value` exceeds `threshold`; `value` is None where there was too little to measure, and why."""

    name: str
    value: float | None
    threshold: float
    why: str

    @property
    def fired(self) -> bool:
        return self.value is not None and self.value > self.threshold


def unmeasured(name: str, why: str) -> DriftFinding:
    """A statistic that cannot be had."""
    return DriftFinding(name, None, 0.0, why)
