"""What moves through the detect graph: names and small frozen values, never arrays."""

from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True)
class PatternSummary:
    """What came of one pattern: counts of what it flagged and judged, or why it could say nothing.

    `asked` says that it asks a model.
    """

    pattern: str
    asked: bool
    flagged: int = 0
    judged: int = 0
    notes: tuple[str, ...] = ()
    failure: str = ""


class State(TypedDict, total=False):
    """The state of one run. `chosen` are the patterns that judge; `flagged` counts what their blend flags."""

    chosen: tuple[str, ...]
    heard: tuple[PatternSummary, ...]
    flagged: int
    explained: int
    unexplained: str
