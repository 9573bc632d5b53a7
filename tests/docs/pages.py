"""What stands in the pages of README and docs/: fenced blocks, and the comments that say how a test runs them.

A comment right before a block, `<!-- test: WORD, WORD -->`, holds words of these:

    slow          takes more than two seconds
    stored        wants a store that already holds a session on metric.csv
    server        asks a model: a server on this machine answers in its place
    exit N        ends with this code instead of 0
    skip REASON   cannot run here; the last word, as the reason may hold commas
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]

RUN = frozenset({"sh", "bash", "console", "python"})
"""Languages of blocks that are run."""

SHOWN = frozenset({"text", "yaml", "toml", "json", "jsonl", "csv", "mermaid", "markdown", "sql", "ini", "diff", "http"})
"""Languages of blocks that are only shown."""

_FENCE = re.compile(
    r"(?P<comments>(?:^[ ]*<!--(?:(?!-->).)*-->[ ]*\n+)*)"
    r"^(?P<indent>[ ]*)(?P<fence>```+|~~~+)(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=indent)(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_NOTE = re.compile(r"<!--\s*test:\s*(.*?)\s*-->", re.DOTALL)
_WORD = re.compile(r"(?P<word>slow|stored|server)|exit (?P<exit>\d+)|skip\b\s*(?P<skip>.*)", re.DOTALL)
_COMMAND = re.compile(r"^\s*\$ |^(\.venv/bin/)?(argosy|make|python|pytest|pip|git|docker) ", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `place` is its page and line."""

    place: str
    language: str
    text: str
    exit: int = 0
    words: frozenset[str] = frozenset()
    skip: str | None = None

    @property
    def runs(self) -> bool:
        return self.language in RUN and self.skip is None

    @property
    def commands(self) -> str:
        """What is executed; of a console block, the lines behind its prompts, which may go on behind a backslash."""
        if self.language != "console":
            return self.text
        kept, goes_on = [], False
        for line in self.text.splitlines():
            if goes_on or line.startswith("$ "):
                kept.append(line.removeprefix("$ "))
                goes_on = line.endswith("\\")
        return "\n".join(kept) + "\n"


def pages() -> list[Path]:
    """All pages that a reader is sent to."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str, page: str) -> Iterator[Block]:
    """The blocks of a page. Raises ValueError with the place of one that is not as it must be."""
    for found in _FENCE.finditer(text):
        place = f"{page}:{text.count(chr(10), 0, found.start('fence')) + 1}"
        language = found["info"].strip().partition(" ")[0]
        if language not in RUN | SHOWN:
            raise ValueError(f"{place}: a block of {language or 'no language'}; name one of {sorted(RUN | SHOWN)}")
        notes = _NOTE.findall(found["comments"])
        if notes and language not in RUN:
            raise ValueError(f"{place}: a block of {language} is not run, and needs no test comment")
        block = Block(place, language, dedent(found["text"]), **_meaning(", ".join(notes), place))
        if language in SHOWN and _COMMAND.search(block.text):
            raise ValueError(f"{place}: commands in a block of {language}; make it sh, or console with its output")
        if language == "console" and not block.commands.strip():
            raise ValueError(f"{place}: a console block without a line that begins with '$ '")
        yield block


def _meaning(note: str, place: str) -> dict[str, object]:
    meaning: dict[str, object] = {}
    words = set[str]()
    while note:
        found = _WORD.match(note)
        if not found or (found["skip"] is not None and not found["skip"].strip()):
            raise ValueError(f"{place}: test: {note}: write slow, stored, server, exit N or skip REASON")
        if found["word"]:
            words.add(found["word"])
        elif found["exit"]:
            meaning["exit"] = int(found["exit"])
        else:
            meaning["skip"] = found["skip"].strip()
        note = note[found.end() :].lstrip(", ")
    return {**meaning, "words": frozenset(words)}
