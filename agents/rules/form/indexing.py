"""Where a function reads PARAMS by name, and what each such place means."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from argosy.agents.rules.form.edits import Edit, Source
from argosy.agents.rules.form.table import Entry, Table
from argosy.detectors.rules.rule import RuleUnreadable

_Parents = Mapping[ast.AST, ast.AST]


@dataclass(frozen=True)
class Reading:
    """One place that reads the table: the entry `key`, or None where it takes the table as a whole.

    `text` says it, with `{}` for the keyword. `statement` is the one that does nothing but give entries their own
    names. `is_overwritten` when the body stores something else under that name, so that the number is kept aside.
    """

    node: ast.expr
    table: str
    key: str | None = None
    text: str = "{}"
    statement: ast.stmt | None = None
    is_overwritten: bool = False

    def edits(self, source: Source, name: str) -> Iterator[Edit]:
        if self.key is None:
            return
        if self.statement is not None and not self.is_overwritten:
            yield source.remove(self.statement)
        else:
            yield source.replace(self.node, self.text.format(name))


def readings(function: ast.FunctionDef, tables: set[str], table: Table) -> list[Reading]:
    """Every place in the body that reads the table under one of its names. Raises RuleUnreadable for unknown keys."""
    parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    found = [
        _read(node, parents, table)
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in tables
    ]
    statements = {node: statement for statement in function.body for node in ast.walk(statement)}
    keys = {id(each.node): each.key for each in found if each.text == "{}"}
    found = [replace(each, statement=_naming(statements[each.node], keys)) for each in found]
    body = _Body(function, found)
    return [replace(each, is_overwritten=body.overwrites(each)) for each in found]


def stored_names(node: ast.AST) -> list[str]:
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]


def _read(name: ast.Name, parents: _Parents, table: Table) -> Reading:
    match parents[name]:
        case ast.Subscript(slice=ast.Constant(value=str() as key), ctx=ast.Load()) as node:
            return _entry(node, name.id, key, parents, table)
        case ast.Attribute(attr="get") as method:
            match parents[method]:
                case ast.Call(func=func, args=[ast.Constant(value=str() as key), *_]) as call if func is method:
                    return _entry(call, name.id, key, parents, table)
    return Reading(name, name.id)


def _entry(node: ast.expr, name: str, key: str, parents: _Parents, table: Table) -> Reading:
    if key in table.constants:
        return Reading(node, name, key, key)
    if key not in table.entries:
        raise RuleUnreadable(f"line {node.lineno}: PARAMS has no entry {key!r}")
    entry = table.entries[key]
    match parents[node]:
        case ast.Subscript(value=value, slice=ast.Constant(value=int() as at)) as outer if value is node:
            return Reading(outer, name, key, _part(entry, at, outer.lineno))
        case ast.Assign(targets=[ast.Tuple(elts=[_, _, _])]) if isinstance(entry, tuple):
            return Reading(node, name, key, f"({{}}, {entry[1]!r}, {entry[2]!r})")
    return Reading(node, name, key)


def _part(entry: Entry, at: int, line: int) -> str:
    if at == 0:
        return "{}"
    if isinstance(entry, tuple) and at in (1, 2):
        return repr(entry[at])
    raise RuleUnreadable(f"line {line}: PARAMS is indexed in a way that is not clear; take each number as a keyword")


def _naming(statement: ast.stmt, keys: Mapping[int, str | None]) -> ast.stmt | None:
    """The statement, if it is `a = PARAMS["a"]`, or `a, b = PARAMS["a"], PARAMS["b"]`; `keys` by the nodes read."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if keys.get(id(value)) == name:
            return statement
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            if [getattr(each, "id", None) for each in names] == [keys.get(id(each), "") for each in values]:
                return statement
    return None


class _Body:
    """What a function stores, and how often each entry is read there; looked through once for all readings."""

    def __init__(self, function: ast.FunctionDef, found: list[Reading]) -> None:
        self._stored = Counter(stored_names(function))
        self._read = Counter(each.key for each in found)
        self._named = Counter(each.key for each in found if each.statement is not None)
        self._first: dict[str, ast.stmt] = {}
        for statement in function.body:
            for name in stored_names(statement):
                self._first.setdefault(name, statement)

    def overwrites(self, reading: Reading) -> bool:
        """Whether the body stores something else under the name of this entry."""
        key = reading.key
        if key is None or self._stored[key] <= self._named[key]:
            return False
        # Read once, in a statement that runs once, before the name is given away: the keyword itself will do.
        first = self._first.get(key)
        if self._read[key] > 1 or not isinstance(first, ast.Assign):
            return True
        return all(reading.node is not each for each in ast.walk(first.value))
