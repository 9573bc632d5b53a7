"""Lines: a log, as it was written."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Lines:
    """A log. `texts` has one entry a line, without its end, or a few lines that are one event.

    `sessions` names for each entry the unit of work it belongs to, such as an HDFS block; None where they stand alone.
    `numbers` says where each begins in its file, from 1; None where every line is an entry. Raises ValueError when
    they differ in length.

    >>> len(Lines("app.log", ["started", "FATAL disk 7 failed"]))
    2
    """

    id: str
    texts: Sequence[str]
    sessions: Sequence[str] | None = None
    numbers: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if self.sessions is not None and len(self.sessions) != len(self.texts):
            raise ValueError(f"{len(self.texts)} lines and {len(self.sessions)} sessions")
        if self.numbers is not None and len(self.numbers) != len(self.texts):
            raise ValueError(f"{len(self.texts)} lines and {len(self.numbers)} numbers")

    def number(self, place: int) -> int:
        """Where an entry begins in its file, from 1."""
        return place + 1 if self.numbers is None else self.numbers[place]

    def __len__(self) -> int:
        return len(self.texts)
