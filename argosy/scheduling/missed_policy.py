"""What becomes of times that passed while nobody could run what was due."""

import re
from dataclasses import dataclass

from argosy.signals.errors import BadInput

MOST_CAUGHT_UP = 100


@dataclass(frozen=True)
class MissedPolicy:
    """How many runs may make good for times that were missed: none (skip), one (once), or N (catch-up:N)."""

    most: int

    @classmethod
    def read(cls, text: str) -> "MissedPolicy":
        """Reads skip, once or catch-up:N. Raises BadInput."""
        match = re.fullmatch(r"catch-up:(\d{1,4})", text)
        if text in ("skip", "once"):
            return cls(int(text == "once"))
        if match and 1 <= int(match[1]) <= MOST_CAUGHT_UP:
            return cls(int(match[1]))
        mend = f"give skip, once or catch-up:N with N from 1 to {MOST_CAUGHT_UP}"
        raise BadInput(f"--missed {text}", "no policy for missed runs", mend)

    def __str__(self) -> str:
        return ("skip", "once")[self.most] if self.most < 2 else f"catch-up:{self.most}"

    def room(self, on_time: bool, waiting: int) -> int:
        """How many of the times that are due may be run: the last that came on time always, unless one waits."""
        return max(0, max(self.most, int(on_time)) - waiting)
