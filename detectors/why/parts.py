"""What a rule's score is put together from: expressions, as a tree that says how each one is decided by its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """How the value of an expression comes from its parts."""

    LARGEST = "the largest of these"
    SMALLEST = "the smallest of these"
    CHOICE = "one of two, by a condition"
    COMPARISON = "a comparison"
    OPPOSITE = "the opposite"
    PRODUCT = "a product"
    QUOTIENT = "a quotient"
    ARITHMETIC = "computed from these"
    WINDOW = "an extreme over a window"
    SAME = "the same value in another form"
    NAME = "a name"
    LEAF = "a value"


@dataclass(frozen=True, eq=False)
class Part:
    """An expression of a rule. `note` is where its value is noted when the rule runs; negative when it is not.

    `parts` by kind: of a choice its condition, what is taken where it holds, and what otherwise; of a name the
    expressions that may have been assigned to it. `fixed` says that it depends on the rule's numbers alone, `statement`
    that the text is a whole assignment.
    """

    note: int
    text: str
    kind: PartKind
    parts: tuple["Part", ...] = ()
    fixed: bool = False
    statement: bool = False


NO_OPINION = Part(-1, "no opinion", PartKind.LEAF, fixed=True)
"""What a condition without an alternative leaves."""

Known = Mapping[str, tuple[Part, ...]]
"""For each local name the expressions that may have been assigned to it last."""
