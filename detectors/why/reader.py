"""Reads `detect` into parts, and rewrites it so that the value of each part is noted when it runs."""

import ast

from argosy.detectors.why.parts import NO_OPINION, Known, Part, PartKind
from argosy.detectors.why.shapes import of_module, shape_of

LONGEST_TEXT = 100
Flow = dict[str, tuple[Part, ...]]


class Reader:
    """Reads one function in place. What it changes is that values pass through `note` on their way.

    Straight-line code is followed exactly. Of what branches and loops assign, every version is kept, and the noted
    values tell afterwards which one it was. What is computed in nested functions and comprehensions stays whole.
    """

    def __init__(self, note: str, params: frozenset[str], modules: frozenset[str], constants: frozenset[str]) -> None:
        self._note, self._params, self._modules, self._constants = note, params, modules, constants
        self.notes = 0
        self.returns: list[Part] = []
        self.assigned: list[tuple[str, Part]] = []

    def read(self, function: ast.FunctionDef) -> None:
        """Rewrites the body; afterwards `returns` holds what it may return, and `assigned` every assignment."""
        function.body = self._block(function.body, {})

    def _block(self, body: list[ast.stmt], known: Flow) -> list[ast.stmt]:
        return [after for statement in body for after in self._statement(statement, known)]

    def _statement(self, statement: ast.stmt, known: Flow) -> list[ast.stmt]:
        match statement:
            case ast.Return(value=ast.expr() as value):
                part, statement.value = self._expression(value, known)
                self.returns.append(part)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                part, statement.value = self._expression(value, known)
                self._assign(name, part, known)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                part, statement.value = self._expression(value, known)
                self._assign(name, part, known)
            case ast.AugAssign(target=ast.Name()):
                return self._changed_by_operator(statement, known)
            case ast.Assign(targets=[ast.Subscript() as place]) if _held_by(place):
                return self._changed_in_places(statement, place, known)
            case ast.If() | ast.For() | ast.While() | ast.With() | ast.Try():
                self._branches(statement, known)
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.Delete() | ast.FunctionDef():
                _forget(statement, known)
        return [statement]

    def _assign(self, name: str, part: Part, known: Flow) -> None:
        known[name] = (part,)
        self.assigned.append((name, part))

    def _changed_by_operator(self, statement: ast.AugAssign, known: Flow) -> list[ast.stmt]:
        assert isinstance(statement.target, ast.Name)
        name, text = statement.target.id, ast.unparse(statement)
        before, noted = self._name_noted(name, known)
        kind, _ = shape_of(ast.BinOp(statement.target, statement.op, statement.value), self._modules)
        value, statement.value = self._expression(statement.value, known)
        return [noted, statement, self._changed(name, text, kind, (before, value), known)]

    def _changed_in_places(self, statement: ast.Assign, place: ast.Subscript, known: Flow) -> list[ast.stmt]:
        """`x[where] = value`: a choice between the new value and the old one."""
        name, text = _held_by(place), ast.unparse(statement)
        before, noted = self._name_noted(name, known)
        where = NO_OPINION
        if not isinstance(place.slice, ast.Slice | ast.Tuple):
            where, place.slice = self._expression(place.slice, known)
        value, statement.value = self._expression(statement.value, known)
        return [noted, statement, self._changed(name, text, PartKind.CHOICE, (where, value, before), known)]

    def _changed(self, name: str, text: str, kind: PartKind, parts: tuple[Part, ...], known: Flow) -> ast.stmt:
        part = Part(self.notes, _short(text), kind, parts, all(each.fixed for each in parts), statement=True)
        self._assign(name, part, known)
        return ast.Expr(self._noted(ast.Name(name, ast.Load())))

    def _name_noted(self, name: str, known: Flow) -> tuple[Part, ast.stmt]:
        part, expression = self._expression(ast.Name(name, ast.Load()), known)
        return part, ast.Expr(expression)

    def _branches(self, statement: ast.stmt, known: Flow) -> None:
        """Reads every block of a compound statement; what they assign is one of several versions afterwards."""
        ends = [dict(known)]
        for owner in (statement, *getattr(statement, "handlers", ())):
            for field in ("body", "orelse", "finalbody"):
                if block := getattr(owner, field, None):
                    flow = dict(ends[-1] if field == "finalbody" else known)
                    setattr(owner, field, self._block(block, flow))
                    ends.append(flow)
        for name in {name for flow in ends for name in flow}:
            known[name] = tuple(dict.fromkeys(part for flow in ends for part in flow.get(name, ())))
        _forget(statement, known, bound_only=True)

    def _expression(self, node: ast.expr, known: Known) -> tuple[Part, ast.expr]:
        text = _short(ast.unparse(node))
        kind, slots = shape_of(node, self._modules)
        parts = []
        for slot in slots:
            part, inner = self._expression(slot.get(), known)
            slot.put(inner)
            parts.append(part)
        if kind is PartKind.CHOICE and len(parts) == 2:
            parts.append(NO_OPINION)
        fixed = bool(parts) and all(each.fixed for each in parts)
        match node:
            case ast.Name(id=name):
                kind, parts, fixed = self._named(name, known)
            case ast.Constant():
                fixed = True
            case ast.Attribute():
                fixed = fixed or of_module(node, self._modules)
        part = Part(self.notes, text, kind, tuple(parts), fixed)
        return part, self._noted(node)

    def _named(self, name: str, known: Known) -> tuple[PartKind, list[Part], bool]:
        versions = list(known.get(name, ()))
        if versions:
            return PartKind.NAME, versions, all(each.fixed for each in versions)
        return PartKind.LEAF, [], name in self._params or name in self._constants

    def _noted(self, node: ast.expr) -> ast.expr:
        number = self.notes
        self.notes += 1
        return ast.Call(ast.Name(self._note, ast.Load()), [ast.Constant(number), node], [])


def _held_by(place: ast.Subscript) -> str:
    """The local name whose entries are assigned to; empty when it is something else."""
    match place.value:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name), attr="loc" | "iloc" | "values"):
            return name
    return ""


def _forget(statement: ast.stmt, known: Flow, bound_only: bool = False) -> None:
    """Names that are bound in ways that are not followed have no known expression any more."""
    inside = (
        [getattr(statement, "target", None), *(each.optional_vars for each in getattr(statement, "items", ()))]
        if bound_only
        else [statement]
    )
    for each in inside:
        for node in ast.walk(each) if each is not None else ():
            match node:
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.FunctionDef(name=name):
                    known.pop(name, None)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
