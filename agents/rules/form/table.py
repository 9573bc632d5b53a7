"""Reads PARAMS as models write it: with arithmetic, lists, small dicts, pairs, or constants that are no numbers."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from argosy.agents.rules.form.edits import Edit, Source
from argosy.agents.rules.form.layout import TABLE_NAMES

Number = float | int
Entry = Number | tuple[Number, Number, Number]

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_RANGE_KEYS = (("default", "low", "high"), ("default", "min", "max"), ("value", "low", "high"), ("value", "min", "max"))


@dataclass
class Table:
    """`entries` are what is searched; `constants` what is not a number; `node` is where PARAMS stands, if it does.

    `exact` when the source says all of this already in the form of a rule.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    constants: dict[str, str | bool | None] = field(default_factory=dict)
    node: ast.Assign | ast.AnnAssign | None = None
    exact: bool = False

    def put(self, name: str, value: object) -> None:
        """Takes a value as it was written. Raises ValueError for what is neither an entry nor a constant."""
        if value is None or isinstance(value, bool | str):
            self.constants[name] = value
        else:
            self.entries[name] = _entry(name, value)

    def edit(self, source: Source, before: ast.stmt) -> Edit:
        """Writes the table where PARAMS stands, or before a statement."""
        rows = ", ".join(f'"{name}": {entry!r}' for name, entry in self.entries.items())
        text = f"PARAMS = {{{rows}}}"
        if len(text) > 110:
            rows = "".join(f'    "{name}": {entry!r},\n' for name, entry in self.entries.items())
            text = f"PARAMS = {{\n{rows}}}"
        return source.insert_before(before, [text, ""]) if self.node is None else source.replace(self.node, text)


def read_table(source: Source) -> Table:
    """The table of a rule; empty where there is none. Raises ValueError for a table that cannot be read."""
    for node in source.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in TABLE_NAMES:
                return _read(node, name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in TABLE_NAMES:
                return _read(node, name, value)
    return Table()


def _read(node: ast.Assign | ast.AnnAssign, name: str, value: ast.expr) -> Table:
    table = Table(node=node)
    folded = fold(value)
    if not isinstance(folded, dict):
        raise ValueError('PARAMS is not a dict; write PARAMS = {"name": (default, low, high)}')
    for key, given in folded.items():
        if not isinstance(key, str) or not key.isidentifier():
            raise ValueError(f"PARAMS has the key {key!r}, which cannot be the name of a keyword")
        table.put(key, given)
    table.exact = name == "PARAMS" and _literal(value) == table.entries
    return table


def _entry(key: str, given: object) -> Entry:
    """A number, or (default, low, high); three numbers in another order are put in this one."""
    if isinstance(given, dict):
        given = next((tuple(given[k] for k in keys) for keys in _RANGE_KEYS if set(keys) <= set(given)), None)
    if _is_number(given):
        return given
    numbers: list[Number] = list(given) if isinstance(given, tuple) else []
    if all(_is_number(number) for number in numbers):
        match numbers:
            case [only]:
                return only
            case [low, high] if low < high:
                whole = isinstance(low, int) and isinstance(high, int)
                return ((low + high) // 2 if whole else (low + high) / 2, low, high)
            case [default, low, high] | [default, low, high, _] if low <= default <= high:
                return (default, low, high)
            case [_, _, _]:
                low, default, high = sorted(numbers)
                return (default, low, high)
    raise ValueError(f"PARAMS[{key!r}] is {given!r}; write (default, low, high) as finite numbers")


def _is_number(value: object) -> TypeGuard[Number]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _literal(value: ast.expr) -> object:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError):
        return None


def fold(node: ast.expr) -> object:
    """The value of a literal, with arithmetic on numbers, `dict(…)`, `int(…)` and `float(…)`; ValueError otherwise."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(fold(item) for item in items)
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {k.value if isinstance(k, ast.Constant) else None: fold(v) for k, v in pairs}
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=words):
            return {str(word.arg): fold(word.value) for word in words}
        case ast.Call(func=ast.Name(id="int" | "float"), args=[only], keywords=[]):
            return fold(only)
        case ast.UnaryOp(op=ast.USub(), operand=operand) if _is_number(number := fold(operand)):
            return -number
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            a, b = fold(left), fold(right)
            if _is_number(a) and _is_number(b) and not (b == 0 and isinstance(op, ast.Div | ast.FloorDiv)):
                return _ARITHMETIC[type(op)](a, b)
    raise ValueError(f"line {node.lineno}: PARAMS holds {ast.unparse(node)[:60]!r}; write plain numbers")
