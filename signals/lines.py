"""Lines: a log, as it was written."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Lines:
    """A log. `texts` has one entry a line, without its end.

    `sessions` names for each line the unit of work it belongs to, such as an HDFS block; None where lines stand alone.
    Raises ValueError when the two differ in length.

    >>> len(Lines("app.log", ["started", "FATAL disk 7 failed"]))
    2
    """

    id: str
    texts: Sequence[str]
    sessions: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.sessions is not None and len(self.sessions) != len(self.texts):
            raise ValueError(f"{len(self.texts)} lines and {len(self.sessions)} sessions")

    def __len__(self) -> int:
        return len(self.texts)
