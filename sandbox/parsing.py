"""Python source to syntax tree, from any thread.

CPython 3.11 counts the depth of the tree that it builds in one place for all threads, and raises SystemError when two
threads parse at once (https://github.com/python/cpython/issues/106905). Sessions assess their candidates in threads,
so whoever parses takes turns here.
"""

import ast
from threading import RLock
from typing import cast

_TURN = RLock()


def parse(source: str) -> ast.Module:
    """The tree of a module. Raises what `ast.parse` does: SyntaxError, ValueError, RecursionError, MemoryError."""
    return cast(ast.Module, _tree(source, "exec"))


def literal(source: str) -> object:
    """The value of a Python literal. Raises what `ast.literal_eval` does: what `parse` raises, and TypeError."""
    return ast.literal_eval(cast(ast.Expression, _tree(source.lstrip(" \t"), "eval")))


def _tree(source: str, mode: str) -> ast.AST:
    with _TURN:
        try:
            return ast.parse(source, mode=mode)
        except SystemError:  # a library parsed in a thread of its own meanwhile
            return ast.parse(source, mode=mode)
