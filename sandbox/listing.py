"""Whether the names that a rule takes from the libraries are on the list of those that rules may use."""

import ast
import difflib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ALLOWED = Path(__file__).with_name("allowed.json")
"""Names that rules may use, by module, and under "" those of values; written by `argosy sandbox names`."""

NEAREST = 20
"""Names of one rule that the nearest listed one is sought for."""
_PUBLIC = "use the public numeric parts of numpy, pandas and scipy"

Fault = tuple[str, str]
"""What is not listed, and what to write instead."""


def aliases_in(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, as far as that is a module: np for numpy."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for each in names:
                    found[each.asname or each.name.partition(".")[0]] = (
                        each.name if each.asname else each.name.partition(".")[0]
                    )
            case ast.ImportFrom(module=str() as module, names=names, level=0):
                found |= {each.asname or each.name: f"{module}.{each.name}" for each in names}
    return {name: module for name, module in found.items() if _is_module(module)}


def own_fields(tree: ast.Module) -> frozenset[str]:
    """The fields of tuples that the rule names itself."""
    words: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and "namedtuple" in mentioned(node.func):
            for each in ast.walk(node):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    words += each.value.replace(",", " ").split()
    return frozenset(words)


class Listing:
    """The lists for one rule, whose imported names stand for modules as `aliases` say.

    The nearest listed name is sought for the first names only: one search reads the whole list.
    """

    def __init__(self, aliases: dict[str, str]) -> None:
        self._aliases = aliases
        self._nearest: dict[tuple[str, str], str] = {}

    def unlisted_attribute(self, node: ast.Attribute) -> Fault | None:
        """An attribute that is on no list: of its module, or of any value."""
        module, name = _module_of(node.value, self._aliases), node.attr
        if module is None:
            return self.unlisted_of_values(name)
        if name in _allowed().get(module, ()) or _is_module(f"{module}.{name}"):
            return None
        return f"{module}.{name}", self._instead(name, module)

    def unlisted_of_values(self, name: str) -> Fault | None:
        """An attribute that no value has."""
        return None if name in _allowed()[""] else (f".{name}", self._instead(name, ""))

    def unlisted_import(self, module: str, name: str) -> Fault | None:
        """A name imported from a module that does not list it."""
        if name == "*" or name in _allowed().get(module, ()) or _is_module(f"{module}.{name}"):
            return None
        return f"{module}.{name}", self._instead(name, module)

    def _instead(self, name: str, module: str) -> str:
        key = (module, name)
        if key not in self._nearest and len(self._nearest) < NEAREST:
            close = difflib.get_close_matches(name, _allowed().get(module, ()), n=1)
            self._nearest[key] = f"did you mean {close[0]}?" if close else _PUBLIC
        return self._nearest.get(key, _PUBLIC)


def _is_module(name: str) -> bool:
    """Whether this is a listed module, or a package that holds one."""
    return name in _allowed() or any(module.startswith(f"{name}.") for module in _allowed())


def mentioned(expression: ast.expr) -> Iterator[str]:
    """The names in an expression."""
    for node in ast.walk(expression):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


@cache
def _allowed() -> dict[str, frozenset[str]]:
    listed = json.loads(ALLOWED.read_text(encoding="utf-8"))
    return {module: frozenset(names) for module, names in listed.items()}


def _module_of(expression: ast.expr, aliases: dict[str, str]) -> str | None:
    """The module that an expression such as np.linalg names; None if it names none."""
    match expression:
        case ast.Name(id=name):
            return aliases.get(name)
        case ast.Attribute(value=value, attr=name):
            parent = _module_of(value, aliases)
            whole = f"{parent}.{name}"
            return whole if parent and (_is_module(whole)) else None
    return None
