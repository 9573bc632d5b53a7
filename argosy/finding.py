"""What an examination of the surroundings finds: one part, how it is, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a part is."""

    FINE = "fine"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One part of the surroundings; `mend` is empty where nothing needs mending."""

    part: str
    health: Health
    detail: str
    mend: str = ""
