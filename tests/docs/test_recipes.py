"""The changes that recipes show can still be made: the lines around them stand in the files that they name."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

RECIPES = sorted((ROOT / "docs" / "extend").glob("*.md"))
_DIFF = re.compile(r"^```diff\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^# (\S+)$", re.MULTILINE)


def hunks(page: str) -> Iterator[tuple[str, str]]:
    """Each changed place of a page: its file, and the lines as they are before the change."""
    for diff in _DIFF.findall(page):
        _, *parts = _FILE.split(diff)
        for file, text in zip(parts[::2], parts[1::2], strict=True):
            for hunk in text.split("\n …\n"):
                before = [line[1:] for line in hunk.strip("\n").splitlines() if not line.startswith("+")]
                yield file, "\n".join(before).strip("\n")


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.name for recipe in RECIPES])
def test_the_lines_around_a_change_are_there(recipe: Path) -> None:
    gone = [
        f"{file}: {before!r}"
        for file, before in hunks(recipe.read_text("utf-8"))
        if before not in (ROOT / file).read_text("utf-8")
    ]
    assert gone == []


def test_recipes_show_changes() -> None:
    assert sum(1 for recipe in RECIPES for _ in hunks(recipe.read_text("utf-8"))) > 20
