"""Records: rows of a table, JSON objects, or texts, of which each is judged for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in a record: as it is `written` there, and when that is, with the offset that it was written with.

    >>> str(Moment("2.3.2026", datetime(2026, 3, 2, tzinfo=UTC)))
    '2.3.2026'
    """

    written: str | int | float
    at: datetime

    def __str__(self) -> str:
        return str(self.written)

    @property
    def seconds(self) -> float:
        """Unix seconds."""
        return (self.at - _EPOCH).total_seconds()


Field = str | int | float | bool | Moment | None


@dataclass(frozen=True, eq=False)
class Records:
    """Things to be judged one by one. `rows` has their fields by name; a plain text is a record with one field.

    `groups` names for each record the ones it is compared with; None where all are compared with all. Raises ValueError
    when the two differ in length.

    >>> sign_ins = Records("sign-ins", [{"user": "ada", "country": "DE"}, {"user": "ben", "country": "PE"}])
    >>> len(sign_ins)
    2
    """

    id: str
    rows: Sequence[Mapping[str, Field]]
    groups: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.groups is not None and len(self.groups) != len(self.rows):
            raise ValueError(f"{len(self.rows)} records and {len(self.groups)} groups")

    def __len__(self) -> int:
        return len(self.rows)
