"""The house keeps its measures: short functions, few broad excepts, and tests that stand where the code stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("argosy", "graphs", "agents", "detectors", "eval", "signals", "prompts", "sandbox")
SERVERS = {"models", "postgres", "prometheus"}
"""Folders of tests that hold what tests need, and none."""

OF_THE_WHOLE = {"cases", "docs", "wheel"}
"""Folders of tests of what is no room."""


def sources() -> Iterator[Path]:
    """Every file of the rooms, each once: what is reached through the links within argosy/ stands elsewhere."""
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if path.resolve() == path)


def functions() -> list[int]:
    """The length of every function, in lines."""
    trees = (ast.parse(path.read_text("utf-8")) for path in sources())
    return [
        node.end_lineno - node.lineno + 1
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    ]


def test_nine_functions_of_ten_read_in_one_breath() -> None:
    lengths = functions()
    assert len(lengths) > 2_000
    assert np.percentile(lengths, 90) <= 18


def test_broad_excepts_stay_few() -> None:
    broad = re.compile(r"^ *except(?: \(?(?:\w+, )*(?:Base)?Exception\b.*)?:", re.MULTILINE)
    found = [path for path in sources() for _ in broad.finditer(path.read_text("utf-8"))]
    assert 0 < len(found) <= 14


def test_tests_stand_where_the_code_stands() -> None:
    tests = ROOT / "tests"
    for folder in sorted(tests.rglob("*")):
        place = folder.relative_to(tests)
        if not folder.is_dir() or "__pycache__" in place.parts or place.parts[0] in SERVERS | OF_THE_WHOLE:
            continue
        if place.parts[:2] == ("sandbox", "attacks") or not list(folder.glob("test_*.py")):
            continue
        assert (ROOT / place).is_dir(), f"tests/{place} mirrors no folder"
