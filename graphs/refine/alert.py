"""An alert of the lockbox with its explanation."""

from dataclasses import dataclass

from argosy.agents.checked_explanation import CheckedExplanation


@dataclass(frozen=True)
class ExplainedAlert:
    """An alert of the lockbox, the points start ≤ i < stop of the whole series, and why it was raised.

    `at` is when it began; `detectors` are the rules that raised it, or the base where none did.
    """

    start: int
    stop: int
    at: str
    detectors: tuple[str, ...]
    explained: CheckedExplanation
