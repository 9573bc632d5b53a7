"""What a refresh can decide, and what can come of it."""

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
