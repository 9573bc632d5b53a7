"""Carries a rule from the series it was tuned on to another one: its unit, its seasons, and where a search begins."""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass

from argosy.detectors.rules.rule import Number, Param, Rule, RuleUnreadable, read_rule
from argosy.sandbox.parsing import parse
from argosy.signals.profile import Profile

UNIT = "UNIT"
CLOSE = 1.25
"""Units within this factor of each other count as the same: the search makes up for the rest."""

_RECIPE = "# recipe: "


@dataclass(frozen=True)
class Unit:
    """What a series is measured in: `size` is its noise, in its own unit; `periods` in points, strongest first."""

    size: float
    step_s: int
    periods: tuple[int, ...] = ()


def read_unit(kept: object) -> Unit | None:
    """A unit out of plain JSON values; None for anything else."""
    match kept:
        case {"size": int() | float() as size, "step_s": int() as step_s, "periods": list() as periods}:
            return Unit(float(size), step_s, tuple(int(each) for each in periods))
    return None


def unit_of(found: Profile, step_s: int) -> Unit:
    """The unit of a profiled series."""
    size = found.noise if found.noise > 0 else found.scale
    return Unit(float(size), step_s, tuple(found.periods))


def transfer_rule(source: str, params: Mapping[str, Number], there: Unit | None, here: Unit) -> str:
    """The rule's source for a series with the unit `here`, its numbers as defaults; `there` is where they come from.

    Values are multiplied into the unit that the rule was written for, and periods of the one series become those of
    the other. Without `there`, or where the source does not allow it, only the defaults change. The result reads as a
    rule; raises RuleUnreadable when the source itself does not.
    """
    rule = read_rule(source)
    try:
        moved = _moved(rule, params, there, here)
        read_rule(moved)
    except (RuleUnreadable, ValueError):
        return source
    return moved


def _moved(rule: Rule, params: Mapping[str, Number], there: Unit | None, here: Unit) -> str:
    tree, lines = parse(rule.source), rule.source.split("\n")
    edits: dict[tuple[int, int], list[str]] = {}
    factor = _factor(there, here)
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="PARAMS")]) | ast.AnnAssign(target=ast.Name(id="PARAMS")):
                edits[_span(node)] = [_params_line(rule.params, params)]
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() as points)) if there:
                if name != UNIT and (fitting := _fitting(points, there, here)) != points:
                    edits[_span(node)] = [f"{name} = {fitting}"]
    if factor is not None:
        edits |= _unit_edits(tree, factor)
    if len(edits) > 1:  # a recipe speaks of the series that the rule comes from
        edits |= {(i, i + 1): [] for i, line in enumerate(lines) if line.startswith(_RECIPE)}
    for (first, after), text in sorted(edits.items(), reverse=True):
        lines[first:after] = text
    return "\n".join(lines)


def _span(node: ast.stmt) -> tuple[int, int]:
    return node.lineno - 1, node.end_lineno or node.lineno


def _params_line(declared: tuple[Param, ...], params: Mapping[str, Number]) -> str:
    entries = []
    for param in declared:
        at = min(max(params.get(param.name, param.default), param.low), param.high)
        entries.append(f'"{param.name}": ({round(at) if param.whole else float(at)!r}, {param.low!r}, {param.high!r})')
    return f"PARAMS = {{{', '.join(entries)}}}"


def _factor(there: Unit | None, here: Unit) -> float | None:
    """By what to multiply values, to three digits; None where the units are alike or not known."""
    if there is None or not (there.size > 0 and here.size > 0):
        return None
    ratio = there.size / here.size
    if not math.isfinite(ratio) or 1 / CLOSE <= ratio <= CLOSE:
        return None
    return float(f"{ratio:.3g}")


def _fitting(points: int, there: Unit, here: Unit) -> int:
    """The period that takes the place of one: as long in time, or that of this series which comes next to it."""
    if points not in there.periods:
        return points
    as_long = max(2, round(points * there.step_s / here.step_s))
    if not here.periods:
        return as_long
    nearest = min(here.periods, key=lambda period: abs(math.log(period / as_long)))
    return nearest if abs(nearest - as_long) > 0.05 * as_long else as_long


def _unit_edits(tree: ast.Module, factor: float) -> dict[tuple[int, int], list[str]]:
    """Multiplies the values at the beginning of `detect`, or changes the factor of a rule that was carried before."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=float() as before)) if name == UNIT:
                return {_span(node): [f"{UNIT} = {float(f'{before * factor:.3g}')!r}"]}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "detect")
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    if UNIT in names or first.lineno == function.lineno:
        raise ValueError("the source leaves no place for a unit")
    at, above = first.lineno - 1, function.lineno - 1
    multiplied = f"{' ' * first.col_offset}values = values * {UNIT}  # in the unit of the series this rule comes from"
    return {(at, at): [multiplied], (above, above): [f"{UNIT} = {factor!r}", "", ""]}


def is_unit(node: ast.stmt) -> bool:
    """Whether a statement is the one that takes values into another unit."""
    match node:
        case ast.Assign(targets=[ast.Name(id="values")], value=ast.BinOp(right=ast.Name(id=name))):
            return name == UNIT
    return False
