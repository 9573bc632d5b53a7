"""A rule taken apart, and the copy of it that hands out its intermediate values at the last point it is given."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from argosy.detectors.rules.rule import Number, RuleUnreadable
from argosy.detectors.why.parts import Part
from argosy.detectors.why.reader import Reader
from argosy.sandbox.parsing import parse
from argosy.signals.arrays import Floats

_NOTEBOOK = """

import numpy as {p}np

{p}seen = {{}}
{p}points = [0, 0]


def {p}note(number, value):
    kind, last = 1.0, {p}np.nan
    try:
        entry = value
        if getattr(value, "shape", ()) != ():
            entry = None
            if value.shape == ({p}points[0],):
                entry = value.iloc[-1] if hasattr(value, "iloc") else value[-1]
        if isinstance(entry, (bool, {p}np.bool_)):
            kind = 2.0
        last = float(entry)
    except (TypeError, ValueError, IndexError, OverflowError):
        kind = 0.0
    {p}points[1] += 1
    {p}seen[number] = (kind, last, float({p}points[1]))
    return value


{p}rule = detect


def detect(values, seconds, *, {p}first, **numbers):
    {p}points[0] = len(values)
    score = {p}rule(values, seconds, **numbers)
    told = [float({p}np.asarray(score, dtype=float)[-1])]
    for number in range({notes}):
        told.extend({p}seen.get(number, (-1.0, {p}np.nan, 0.0)))
    slots = {p}np.full(len(values), {p}np.nan)
    some = told[{p}first : {p}first + len(values)]
    slots[len(values) - len(some) :] = some
    return slots
"""


class NotedValue(Enum):
    """What became of an expression when the rule ran."""

    NOT_RUN = -1
    UNSHOWN = 0
    NUMBER = 1
    FLAG = 2


@dataclass(frozen=True)
class ExpressionValue:
    """The value of an expression at the point; NaN unless it is a number or a flag. `order` grows as the rule runs."""

    noted: NotedValue
    value: float
    order: float

    def same(self, other: "ExpressionValue") -> bool:
        """Whether both hold one value; what cannot be shown is not known to be the same."""
        shown = (NotedValue.NUMBER, NotedValue.FLAG)
        alike = self.value == other.value or (self.value != self.value and other.value != other.value)
        return self.noted in shown and other.noted in shown and alike


UNREAD = ExpressionValue(NotedValue.NOT_RUN, float("nan"), 0.0)


@dataclass(frozen=True, eq=False)
class Anatomy:
    """A rule as parts. `source` is the copy that notes; `returns` are its return expressions, `assigned` its names."""

    source: str
    returns: tuple[Part, ...]
    assigned: tuple[tuple[str, Part], ...]
    notes: int
    prefix: str

    @property
    def slots(self) -> int:
        """How many numbers there are to hand out."""
        return 1 + 3 * self.notes

    def settings(self, params: Mapping[str, Number], points: int) -> list[dict[str, Number]]:
        """The evaluations that together hand out everything, at the end of a series of so many points."""
        return [{**params, f"{self.prefix}first": first} for first in range(0, self.slots, points)]

    def decode(self, outcomes: Sequence[Floats]) -> tuple[float, dict[int, ExpressionValue]]:
        """The rule's score at the last point, and the readings by note; of each outcome the last `slots` scores."""
        told = np.concatenate([each[-(self.slots - len(each) * i) :] for i, each in enumerate(outcomes)])
        rows = told[1:].reshape(self.notes, 3)
        readings = {
            number: ExpressionValue(NotedValue(int(kind)), float(value), float(order))
            for number, (kind, value, order) in enumerate(rows)
        }
        return float(told[0]), readings


def dissect(source: str) -> Anatomy:
    """Takes a rule apart. Raises RuleUnreadable when the source is no rule."""
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise RuleUnreadable(f"not Python: {error}") from error
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "detect"), None)
    if function is None:
        raise RuleUnreadable("no function detect at the top level")
    prefix = unused_prefix(tree)
    given = function.args
    params = frozenset(each.arg for each in (*(given.posonlyargs + given.args)[2:], *given.kwonlyargs))
    reader = Reader(f"{prefix}note", params, _modules(tree), _constants(tree))
    reader.read(function)
    copy = ast.unparse(ast.fix_missing_locations(tree)) + _NOTEBOOK.format(p=prefix, notes=reader.notes)
    return Anatomy(copy, tuple(reader.returns), tuple(reader.assigned), reader.notes, prefix)


def unused_prefix(tree: ast.Module) -> str:
    """A prefix that no name of the rule begins with."""
    names = {each for node in ast.walk(tree) for each in _names(node)}
    prefix = "why_"
    while any(name.startswith(prefix) for name in names):
        prefix = f"_{prefix}"
    return prefix


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
            return [name]
        case ast.alias(name=name, asname=asname):
            return [asname or name]
    return []


def _modules(tree: ast.Module) -> frozenset[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return frozenset(found)


def _constants(tree: ast.Module) -> frozenset[str]:
    return frozenset(
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    )
