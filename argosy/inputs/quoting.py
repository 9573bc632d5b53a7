"""Cells, names and paths of somebody's file, as they may stand in a message of one line."""

from pathlib import Path

LONGEST_QUOTE, LONGEST_SAID = 60, 200
PIPED = "argosy-pipe-"
"""How folders begin that hold a copy of what came down a pipe, of which only the name is told."""


def shown(text: object) -> str:
    """A cell or name from a file, quoted, on one line, and short enough for a message."""
    quoted = repr(str(text)[: LONGEST_QUOTE + 1])
    return quoted if len(str(text)) <= LONGEST_QUOTE else quoted[:LONGEST_QUOTE] + "…'"


def on_one_line(text: str) -> str:
    """What a server says, as it may stand in a message: printable, on one line, and no longer than two of a screen."""
    line = "".join(each if each.isprintable() else " " for each in text[: 4 * LONGEST_SAID])
    return " ".join(line.split())[:LONGEST_SAID]


def named(path: Path) -> str:
    """A path as it may stand in a message of one line."""
    text = path.name if path.parent.name.startswith(PIPED) else str(path)
    return text if text.isprintable() else repr(text)
