"""Gives arrays the pandas methods that a rule calls on them.

Small models take `values` for a Series. What is certain to be an array has no `rolling`, so a rule that calls it there
fails for certain, and what it meant is clear; a rule that works is never touched.
"""

import ast
from collections.abc import Iterator
from enum import Enum, auto

import numpy as np
import pandas as pd

from argosy.agents.rules.form.edits import Edit, Source
from argosy.agents.rules.form.indexing import stored_names
from argosy.agents.rules.form.layout import find_detect


class _Kind(Enum):
    ARRAY = auto()
    SCALAR = auto()
    OTHER = auto()


_Kinds = dict[str, _Kind]

_MAKERS = frozenset(
    {"array", "asarray", "zeros", "ones", "full", "empty", "arange", "linspace", "where", "concatenate"}
    | {"zeros_like", "ones_like", "full_like", "empty_like"}
)
_REDUCTIONS = frozenset(
    {"mean", "median", "std", "var", "sum", "max", "min", "percentile", "quantile", "ptp", "size"}
    | {"nanmean", "nanmedian", "nanstd", "nanvar", "nansum", "nanmax", "nanmin", "nanpercentile", "nanquantile"}
)
_SAME_SHAPE = frozenset({"astype", "copy", "clip", "cumsum", "ravel", "flatten", "round"})
_SCALARS = frozenset({"len", "int", "float", "bool"})


def give_series(source: Source) -> str:
    """Wraps arrays in `pd.Series` where `detect` calls what only a Series has; `.to_numpy()` of one just goes."""
    detect = find_detect(source.tree)
    kinds: _Kinds = {arg.arg: _Kind.SCALAR for arg in detect.args.kwonlyargs}
    kinds |= {arg.arg: _Kind.ARRAY for arg in (detect.args.posonlyargs + detect.args.args)[:2]}
    edits: list[Edit] = []
    for statement in detect.body:
        kinds |= dict.fromkeys(_hidden_names(statement), _Kind.OTHER)
        edits += _edits(source, statement, kinds)
        _follow(statement, kinds)
    return source.apply(edits)


def _hidden_names(statement: ast.stmt) -> Iterator[str]:
    """Names whose kind is not followed within a statement: those of loops, branches, comprehensions and lambdas."""
    yield from (node.arg for node in ast.walk(statement) if isinstance(node, ast.arg))
    match statement:
        case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Return(value=ast.expr() as value):
            yield from stored_names(value)
        case ast.AnnAssign(value=ast.expr() as value) | ast.Expr(value=value):
            yield from stored_names(value)
        case _:
            yield from stored_names(statement)


def _follow(statement: ast.stmt, kinds: _Kinds) -> None:
    """What the names that a statement stores are after it."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            kinds[name] = _kind(value, kinds)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            kinds[name] = _kind(value, kinds)
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            kinds[name] = _joined(kinds.get(name, _Kind.OTHER), _kind(value, kinds))
        case _:
            kinds |= dict.fromkeys(stored_names(statement), _Kind.OTHER)


def _edits(source: Source, statement: ast.stmt, kinds: _Kinds) -> Iterator[Edit]:
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(value=receiver, attr="to_numpy")) if _kind(receiver, kinds) is _Kind.ARRAY:
                yield source.replace(node, f"np.asarray({source.segment(receiver)})")
            case ast.Attribute(value=receiver, attr="values", ctx=ast.Load()) if _kind(receiver, kinds) is _Kind.ARRAY:
                yield source.replace(node, f"np.asarray({source.segment(receiver)})")
            case ast.Attribute(value=receiver, attr=name, ctx=ast.Load()) if _only_series(name):
                if name != "to_numpy" and _kind(receiver, kinds) is _Kind.ARRAY:
                    yield source.replace(receiver, f"pd.Series({source.segment(receiver)})")


def _only_series(name: str) -> bool:
    return hasattr(pd.Series, name) and not hasattr(np.ndarray, name) and name not in ("loc", "iloc", "at", "iat")


def _kind(node: ast.expr, kinds: _Kinds) -> _Kind:
    match node:
        case ast.Constant(value=int() | float()):
            return _Kind.SCALAR
        case ast.Name(id=name):
            return kinds.get(name, _Kind.OTHER)
        case ast.BinOp(left=left, right=right) | ast.Compare(left=left, comparators=[right]):
            return _joined(_kind(left, kinds), _kind(right, kinds))
        case ast.UnaryOp(operand=operand):
            return _kind(operand, kinds)
        case ast.Subscript(value=value, slice=ast.Slice()):
            return _kind(value, kinds)
        case ast.Call(func=func, args=args, keywords=[]):
            return _called(func, args, kinds)
        case ast.Call(func=ast.Attribute(attr=name) as func, args=args) if name in _MAKERS | _SAME_SHAPE:
            return _called(func, args, kinds)
    return _Kind.OTHER


def _called(func: ast.expr, args: list[ast.expr], kinds: _Kinds) -> _Kind:
    match func:
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name):
            if name in _MAKERS:
                return _Kind.ARRAY
            given = _joined(_Kind.SCALAR, *(_kind(arg, kinds) for arg in args))
            return _Kind.SCALAR if name in _REDUCTIONS and given is _Kind.ARRAY else given
        case ast.Attribute(value=receiver, attr=name) if _kind(receiver, kinds) is _Kind.ARRAY:
            if name in _SAME_SHAPE:
                return _Kind.ARRAY
            return _Kind.SCALAR if name in _REDUCTIONS and not args else _Kind.OTHER
        case ast.Name(id=name) if name in _SCALARS:
            return _Kind.SCALAR
        case ast.Name(id="abs" | "zscore") | ast.Attribute(attr="zscore"):
            return _kind(args[0], kinds) if len(args) == 1 else _Kind.OTHER
    return _Kind.OTHER


def _joined(*kinds: _Kind) -> _Kind:
    """What an operation on these gives."""
    if _Kind.OTHER in kinds:
        return _Kind.OTHER
    return _Kind.ARRAY if _Kind.ARRAY in kinds else _Kind.SCALAR
