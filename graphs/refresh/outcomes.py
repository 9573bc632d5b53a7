"""What a refresh can decide, and what can come of it."""

from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """What is done about a detector: nothing, new numbers without a model, or a session that looks for rules again."""

    KEEP = "keep"
    RETUNE = "retune"
    SEARCH_AGAIN = "search_again"


class RefreshState(StrEnum):
    """What came of a refresh. The first two are open: a later refresh, or a person, ends them."""

    SHADOW = "shadow"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    PROMOTED = "promoted"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"
    KEPT = "kept"


@dataclass(frozen=True)
class Cost:
    """What something took, or is expected to take; dollars are None where a price is not known."""

    seconds: float = 0.0
    calls: float = 0
    tokens: float = 0
    usd: float | None = 0.0
