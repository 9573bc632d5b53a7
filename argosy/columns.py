"""Tables on a screen: as many columns as it has room for, each wide enough to be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from argosy.terminal import printable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.table import Table

_BETWEEN = 2


@dataclass(frozen=True)
class Column:
    """A column: its cells stand whole, or are broken into lines of at least `least` characters.

    Where the screen is too narrow, columns are left out, those of `leaves` 1 first; those of 0 stay. Where not even
    those have room, each row is a list of its cells.
    """

    title: str
    least: int | None = None
    right: bool = False
    leaves: int = 0


class FittedTable:
    """A table that chooses its columns by the width it is printed at, and says which it left out."""

    def __init__(self, *columns: Column) -> None:
        self._columns = columns
        self._rows: list[tuple[tuple[str, ...], str]] = []

    def add_row(self, *cells: str, style: str = "") -> None:
        """A row with a cell for each column; text is shown as it is, never as markup."""
        self._rows.append((tuple(map(printable, cells)), style))

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "Iterator[Table]":
        yield self._fitted(options.max_width)

    def _fitted(self, width: int) -> "Table":
        from rich.table import Table
        from rich.text import Text

        natural = [self._natural(index) for index in range(len(self._columns))]
        least = [self._least(index, natural[index]) for index in range(len(self._columns))]
        kept = self._kept(least, width)
        if _total(least, kept) > width:
            return self._stacked()
        widths = self._widths(kept, least, natural, width)
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1), caption=self._left_out(kept))
        table.caption_justify, table.caption_style = "left", "dim"
        for index in kept:
            column = self._columns[index]
            table.add_column(
                Text(column.title), width=widths[index], justify="right" if column.right else "left", overflow="fold"
            )
        for cells, style in self._rows:
            table.add_row(*(Text(cells[index]) for index in kept), style=style)
        return table

    def _stacked(self) -> "Table":
        """Each row as lines of title and cell, a blank line between rows; only empty cells are left out."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for number, (cells, style) in enumerate(self._rows):
            if number:
                table.add_row()
            for column, cell in zip(self._columns, cells, strict=True):
                if cell:
                    table.add_row(Text(column.title), Text(cell), style=style)
        return table

    def _kept(self, least: Sequence[int], width: int) -> list[int]:
        """The columns that there is room for."""
        kept = list(range(len(self._columns)))
        leaving = sorted((column.leaves, index) for index, column in enumerate(self._columns) if column.leaves)
        for _, index in leaving:
            if _total(least, kept) <= width:
                break
            kept.remove(index)
        return kept

    def _widths(self, kept: Sequence[int], least: list[int], natural: list[int], width: int) -> list[int]:
        """Widths from the least up, as there is room: words before titles, and who wants least gets it first."""
        widths = least.copy()
        spare = max(0, width - _total(least, kept))
        for words in (True, False):
            wanting = [each for each in kept if (self._columns[each].least is not None) is words]
            wanting.sort(key=lambda each: natural[each] - least[each])
            for left, index in zip(range(len(wanting), 0, -1), wanting, strict=True):
                more = min(natural[index] - least[index], spare // left)
                widths[index] += more
                spare -= more
        return widths

    def _left_out(self, kept: Sequence[int]) -> str | None:
        gone = [column.title for index, column in enumerate(self._columns) if index not in kept]
        return f"no room here for {', '.join(gone)}: widen the window, or see --json" if gone else None

    def _natural(self, index: int) -> int:
        return max(len(self._columns[index].title), self._widest(index))

    def _least(self, index: int, natural: int) -> int:
        column = self._columns[index]
        word = max(map(len, column.title.split()), default=0)
        return max(word, self._widest(index)) if column.least is None else min(natural, max(word, column.least))

    def _widest(self, index: int) -> int:
        from rich.cells import cell_len

        return max((cell_len(line) for cells, _ in self._rows for line in cells[index].split("\n")), default=0)


def _total(widths: Sequence[int], kept: Sequence[int]) -> int:
    """How wide these columns are, with what is between them."""
    return sum(widths[each] + _BETWEEN for each in kept) - _BETWEEN
