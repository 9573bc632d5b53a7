"""The generated pages: which there are, and whether they say what the code says."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from argosy.cli.graph import GRAPHS, all_drawn_in, drawing
from argosy.documentation import commands, models, store, transcripts
from argosy.documentation.tables import Table, with_tables
from argosy.signals.errors import BadInput

COMMANDS = Path("reference/commands.md")
DRAWINGS = Path("concepts/graphs.md")
TABLES: Mapping[Path, Callable[[], Mapping[str, Table]]] = {
    Path("reference/models.md"): models.tables,
    Path("reference/transcripts.md"): transcripts.tables,
    Path("reference/store.md"): store.tables,
}


def pages(docs: Path) -> Iterator[tuple[Path, str]]:
    """Each page with what it should hold. Raises BadInput for one that must be written by a person first."""
    yield docs / COMMANDS, commands.page()
    yield docs / DRAWINGS, all_drawn_in(docs / DRAWINGS, {name: drawing(name) for name in GRAPHS})
    for page, tables in TABLES.items():
        yield docs / page, with_tables(str(docs / page), _text(docs / page), tables())


def write(docs: Path) -> list[Path]:
    """Brings the pages up to date; returns those that were not."""
    changed = [(page, text) for page, text in pages(docs) if not page.is_file() or page.read_text("utf-8") != text]
    for page, text in changed:
        page.write_text(text, "utf-8")
    return [page for page, _ in changed]


def check(docs: Path) -> None:
    """Raises BadInput where a page is not up to date."""
    for page, text in pages(docs):
        if _text(page) != text:
            raise BadInput(str(page), "does not say what the code says", "run: make docs")


def _text(page: Path) -> str:
    try:
        return page.read_text("utf-8")
    except OSError as error:
        raise BadInput(str(page), (error.strerror or str(error)).lower(), "write the page") from error
