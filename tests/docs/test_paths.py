"""Files and modules that pages name are there: a page that a move has left behind is found here."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
_TOP = "argosy|graphs|agents|detectors|eval|signals|prompts|sandbox|tests|docs"
_PATH = re.compile(rf"`((?:{_TOP})/[\w./-]*[\w/])`")
_MODULE = re.compile(r"`(argosy(?:\.[a-z_]+){2,})`")


def _made_by(text: str) -> set[str]:
    """What a recipe has its reader make: paths in a comment `<!-- makes: a b -->`."""
    return {path for made in re.findall(r"<!-- makes: ([^>]*?) -->", text) for path in made.split()}


@pytest.mark.parametrize("page", [each for each in PAGES if each.is_file()], ids=lambda page: page.name)
def test_paths_and_modules_on_a_page_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    made = _made_by(text)
    named = {path for path in _PATH.findall(text) if not re.search(r"NAME|NNNN", path)}
    missing = [path for path in named - made if not (ROOT / path).exists()]
    for module in set(_MODULE.findall(text)):
        parts = module.split(".")
        if not any(_is_module(".".join(parts[:n])) for n in range(len(parts), 1, -1)):
            missing.append(module)
    assert not missing, f"{page.name} names what is not there: {sorted(missing)}"


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
