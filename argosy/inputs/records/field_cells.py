"""The cells of one field of records, as they were read: texts, numbers, and what stands for a missing value."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from argosy.inputs.quoting import shown
from argosy.inputs.tables.column import MISSING
from argosy.inputs.tables.written_number import DECIMALS, LONGEST_CHARS, PLAIN, read_number
from argosy.signals.records import Field

PLACEHOLDERS = frozenset(word.casefold() for word in MISSING) | {
    *("-", "--", "---", "–", "—", "?", ".", "nil", "(null)", "\\n", "#value!", "#div/0!", "missing", "unknown")
}
"""What stands for a missing number or time, in lower case."""

_LISTED = 5
_SAMPLED = 400
_FEWEST_OF_SAMPLE = 0.25


@dataclass(frozen=True, eq=False)
class FieldCells:
    """The cells of one field in the order of the records, None where a record has none, and the number of each record.

    `quoted` where somebody chose to write numbers as texts, as in JSON; in CSV everything is text. Beside the usual
    words those of `missing` stand for a missing value.
    """

    name: str
    cells: Sequence[Field]
    records: Sequence[int]
    quoted: bool = True
    missing: frozenset[str] = frozenset()

    @cached_property
    def texts(self) -> list[str | None]:
        """The cells that are texts, None in the place of others and of what stands for a missing one."""
        return [cell if isinstance(cell, str) and not self.is_missing(cell) else None for cell in self.cells]

    @cached_property
    def present(self) -> list[Field]:
        """The cells that are not missing."""
        return [cell for cell in self.cells if not self.is_missing(cell)]

    def is_missing(self, cell: Field) -> bool:
        """Whether a record has nothing here, or what stands for nothing."""
        return cell is None or (isinstance(cell, str) and (_is_placeholder(cell) or cell in self.missing))

    @cached_property
    def written(self) -> list[str]:
        return [text for text in self.texts if text is not None]

    @cached_property
    def different(self) -> frozenset[str]:
        """The texts, each once."""
        return frozenset(self.written)

    @cached_property
    def is_plain(self) -> bool:
        """Whether every text is a number as programs write it."""
        return bool(self.different) and all(
            len(text) <= LONGEST_CHARS and PLAIN.fullmatch(text) for text in self.different
        )

    @cached_property
    def may_be_numbers(self) -> bool:
        """Whether a sample holds some numbers; else there is no need to look at all texts of a large file."""
        sample = sorted(self.different)[:: 1 + len(self.different) // _SAMPLED]
        read = sum(any(read_number(text, sign) for sign in DECIMALS) for text in sample)
        return read >= _FEWEST_OF_SAMPLE * len(sample) and bool(sample)

    def share(self, count: int) -> float:
        """Of the cells that are not missing; 0 where all are."""
        return count / len(self.present) if self.present else 0.0

    def listed(self, places: Sequence[int]) -> str:
        """Some of the cells at these indices, each with its record."""
        named = (f"record {self.records[i]} {shown(self.cells[i])}" for i in places[:_LISTED])
        return ", ".join(named) + (", …" if len(places) > _LISTED else "")


def _is_placeholder(text: str) -> bool:
    return text.strip().casefold() in PLACEHOLDERS
