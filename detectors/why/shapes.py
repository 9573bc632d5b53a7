"""Which expressions can be taken apart, and where in the syntax tree their parts stand."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from argosy.detectors.why.parts import PartKind


@dataclass(frozen=True)
class Slot:
    """Where an expression hangs: a field of its owner, or an entry of a list there."""

    owner: ast.AST
    field: str
    index: int | None = None

    def get(self) -> ast.expr:
        held = getattr(self.owner, self.field)
        found: ast.expr = held if self.index is None else held[self.index]
        return found

    def put(self, expression: ast.expr) -> None:
        if self.index is None:
            setattr(self.owner, self.field, expression)
        else:
            getattr(self.owner, self.field)[self.index] = expression


Shape = tuple[PartKind, list[Slot]]
WHOLE: Shape = (PartKind.LEAF, [])

_LARGEST = frozenset({"maximum", "fmax", "logical_or"})
_SMALLEST = frozenset({"minimum", "fmin", "logical_and"})
_OPERATORS: dict[type[ast.operator], PartKind] = {
    ast.Mult: PartKind.PRODUCT,
    ast.Div: PartKind.QUOTIENT,
    ast.BitAnd: PartKind.SMALLEST,
    ast.BitOr: PartKind.LARGEST,
}
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_PAIRS = {
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "gt", "ge", "lt", "le"), PartKind.COMPARISON),
    **dict.fromkeys(("divide", "true_divide", "div", "truediv"), PartKind.QUOTIENT),
    **dict.fromkeys(("multiply", "mul"), PartKind.PRODUCT),
    **dict.fromkeys(("subtract", "sub", "add", "power", "hypot"), PartKind.ARITHMETIC),
}
_SINGLES = {
    **dict.fromkeys(("asarray", "array", "nan_to_num", "clip", "Series", "float64", "float"), PartKind.SAME),
    **dict.fromkeys(("ascontiguousarray", "copy"), PartKind.SAME),
    **dict.fromkeys(("abs", "absolute", "fabs", "sqrt", "log", "log1p", "exp", "sign", "square"), PartKind.ARITHMETIC),
    **dict.fromkeys(("negative",), PartKind.ARITHMETIC),
    "logical_not": PartKind.OPPOSITE,
}
_METHODS = {
    **dict.fromkeys(("to_numpy", "astype", "fillna", "copy", "clip", "ravel", "squeeze", "flatten"), PartKind.SAME),
    "abs": PartKind.ARITHMETIC,
}


def shape_of(node: ast.expr, modules: frozenset[str]) -> Shape:
    """How the expression is put together, and where its parts hang; `WHOLE` when it is not taken apart.

    `modules` are the names under which modules were imported: what hangs on them is a function, not a value.
    """
    match node:
        case ast.BinOp(op=op):
            return _OPERATORS.get(type(op), PartKind.ARITHMETIC), [Slot(node, "left"), Slot(node, "right")]
        case ast.UnaryOp(op=op):
            return PartKind.OPPOSITE if isinstance(op, ast.Invert | ast.Not) else PartKind.ARITHMETIC, [
                Slot(node, "operand")
            ]
        case ast.Compare(ops=[op], comparators=[_]) if isinstance(op, _ORDERED):
            return PartKind.COMPARISON, [Slot(node, "left"), Slot(node, "comparators", 0)]
        case ast.IfExp():
            return PartKind.CHOICE, [Slot(node, "test"), Slot(node, "body"), Slot(node, "orelse")]
        case ast.Attribute(attr="values", value=owner) if not of_module(owner, modules):
            return PartKind.SAME, [Slot(node, "value")]
        case ast.Call(func=ast.Name(id=name)) if name in ("abs", "float"):
            return _function(node, name, None)
        case ast.Call(func=ast.Attribute(attr=name, value=owner) as function):
            if any(isinstance(each, ast.Starred | ast.Lambda) for each in node.args):
                return WHOLE
            return _function(node, name, owner) if of_module(owner, modules) else _method(node, function, name)
    return WHOLE


def _function(node: ast.Call, name: str, owner: ast.expr | None) -> Shape:
    arguments = [Slot(node, "args", i) for i in range(len(node.args))]
    if extreme := _extreme(name if len(arguments) > 1 else ""):
        return extreme, arguments[:2]
    if listed := _reduced(node, name, owner):
        return listed
    if name == "where" and len(arguments) == 3:
        return PartKind.CHOICE, arguments
    if name in _PAIRS and len(arguments) == 2:
        return _PAIRS[name], arguments
    return (_SINGLES[name], arguments[:1]) if name in _SINGLES and arguments else WHOLE


def _reduced(node: ast.Call, name: str, owner: ast.expr | None) -> Shape | None:
    """`np.maximum.reduce([a, b])`, `np.max([a, b], axis=0)` and their like."""
    match node.args, owner:
        case [ast.List(elts=elements) | ast.Tuple(elts=elements) as held], ast.Attribute(attr=function) if (
            name == "reduce" and (extreme := _extreme(function))
        ):
            return extreme, _entries(held, elements)
        case [ast.List(elts=elements) | ast.Tuple(elts=elements) as held], _ if name in ("max", "nanmax", "any"):
            return PartKind.LARGEST, _entries(held, elements)
        case [ast.List(elts=elements) | ast.Tuple(elts=elements) as held], _ if name in ("min", "nanmin", "all"):
            return PartKind.SMALLEST, _entries(held, elements)
    return None


def _entries(held: ast.expr, elements: Sequence[ast.expr]) -> list[Slot]:
    return [Slot(held, "elts", i) for i in range(len(elements))]


def _extreme(name: str) -> PartKind | None:
    return PartKind.LARGEST if name in _LARGEST else PartKind.SMALLEST if name in _SMALLEST else None


def _method(node: ast.Call, function: ast.Attribute, name: str) -> Shape:
    owner, arguments = Slot(function, "value"), [Slot(node, "args", i) for i in range(len(node.args))]
    if name == "where" and arguments:
        return PartKind.CHOICE, [arguments[0], owner, *arguments[1:2]]
    if name == "mask" and len(arguments) > 1:
        return PartKind.CHOICE, [arguments[0], arguments[1], owner]
    if name in ("max", "min"):
        match function.value:
            case ast.Call(func=ast.Attribute(attr="rolling") as rolling):
                return PartKind.WINDOW, [Slot(rolling, "value")]
        return WHOLE
    if name in _PAIRS and len(arguments) == 1:
        return _PAIRS[name], [owner, arguments[0]]
    return (_METHODS[name], [owner]) if name in _METHODS else WHOLE


def of_module(node: ast.expr, modules: frozenset[str]) -> bool:
    """Whether an expression is something that a module offers, such as `np.nan` or `np.maximum.reduce`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in modules
