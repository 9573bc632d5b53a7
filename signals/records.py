"""Records: rows of a table, JSON objects, or texts, of which each is judged for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Field = str | int | float | bool | None


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
