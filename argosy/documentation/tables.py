"""Tables in pages that must agree with the code: they stand between two comments, in the midst of a person's prose.

What is known to the code fills the first columns. A cell that is None is a person's to write: what the page says
there for the row of the same name is kept.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from argosy.signals.errors import BadInput

_ESCAPED_BAR = "\\|"


@dataclass(frozen=True)
class Table:
    """The first cell of a row is its name; the last column may have cells of None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def with_tables(page: str, text: str, tables: Mapping[str, Table]) -> str:
    """The page's text with each table in its place. Raises BadInput where one has none, or a person's cell is empty."""
    for name, table in tables.items():
        text = _with_table(page, text, name, table)
    known = {_marks(name)[0] for name in tables}
    for line in text.splitlines():
        if line.startswith("<!-- table ") and line.endswith(": begin -->") and line not in known:
            raise BadInput(page, f"has a place for a table that is no more: {line}", "take it out")
    return text


def _with_table(page: str, text: str, name: str, table: Table) -> str:
    start, stop = _marks(name)
    head, begin, rest = text.partition(start)
    body, end, tail = rest.partition(stop)
    if not begin or not end:
        raise BadInput(page, f"has no place for the table {name}", f"put {start} and {stop} where it goes")
    kept = {cells[0]: cells[-1] for cells in map(_cells, body.splitlines()) if len(cells) == len(table.columns)}
    rows = [_filled(page, name, row, kept) for row in table.rows]
    lines = [_line(table.columns), _line(["---"] * len(table.columns)), *map(_line, rows)]
    return f"{head}{start}\n" + "\n".join(lines) + f"\n{stop}{tail}"


def _filled(page: str, name: str, row: tuple[str | None, ...], kept: Mapping[str, str]) -> Sequence[str]:
    *known, last = row
    if last is None:
        last = kept.get(escaped(known[0] or ""), "")
        if not last:
            raise BadInput(page, f"the table {name} does not say what {known[0]} is", "write it into its last column")
        return [*(escaped(cell or "") for cell in known), last]
    return [escaped(cell or "") for cell in row]


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- table {name}: begin -->", f"<!-- table {name}: end -->"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|").replace(_ESCAPED_BAR, "\0")
    return [cell.strip().replace("\0", _ESCAPED_BAR) for cell in inner.split("|")]


def escaped(text: str) -> str:
    """Text as a cell of a table holds it, which is one line."""
    return " ".join(text.split()).replace("|", _ESCAPED_BAR)


def code(text: str) -> str:
    """Text as code in a cell. Within backticks no two renderers agree on what an escaped bar is."""
    return f"<code>{html.escape(text, quote=False).replace('|', '&#124;')}</code>" if "|" in text else f"`{text}`"
