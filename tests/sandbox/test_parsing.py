"""Parsing from several threads at once, as sessions do when they assess candidates side by side."""

import ast
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from argosy.sandbox.parsing import literal, parse

_SOURCE = "\n".join(f"def step_{n}(x):\n    return [x + {n}, {{'a': (x, [x, {n}])}}]" for n in range(40))


class _Loop:
    """Rubbish that runs Python when it is collected, so that threads change places in the midst of building a tree."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(20):
            pass


@pytest.fixture
def crowded() -> Iterator[None]:
    """Threads that change places, and collections of rubbish, as often as Python lets them."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


def _often(depth: int) -> list[str]:
    if depth:
        return _often(depth - 1)
    trees = []
    for _ in range(60):
        [_Loop() for _ in range(10)]
        trees.append(ast.dump(parse(_SOURCE)))
    return trees


def test_threads_at_different_depths_parse_at_once(crowded: None) -> None:
    want = ast.dump(ast.parse(_SOURCE))
    with ThreadPoolExecutor(4) as pool:
        trees = [tree for each in pool.map(_often, (0, 10, 20, 30)) for tree in each]
    assert len(trees) == 240
    assert set(trees) == {want}


@pytest.mark.parametrize(("text", "value"), [(" [1, 2]", [1, 2]), ("{'a': -0.5}", {"a": -0.5}), ("\t'x'", "x")])
def test_a_literal_may_be_indented(text: str, value: object) -> None:
    assert literal(text) == value


@pytest.mark.parametrize("text", ["1 +", "name", "[x]", "\0"])
def test_what_is_no_literal_is_told(text: str) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        literal(text)
