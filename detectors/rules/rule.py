"""A rule: Python source with a docstring, `PARAMS` and `detect`, read without running it."""

import ast
import hashlib
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from argosy.sandbox.parsing import parse

Number = float | int


class Direction(StrEnum):
    """What a rule does to its base: `FLAG` adds alarms that the base missed, `CLEAR` takes false ones back."""

    FLAG = "flag"
    CLEAR = "clear"


class RuleUnreadable(Exception):
    """The source breaks the shape of a rule; the message says where and what to write instead."""


@dataclass(frozen=True)
class Param:
    """One entry of `PARAMS`: searched between `low` and `high`, integers where the default is one."""

    name: str
    default: Number
    low: Number
    high: Number

    @property
    def whole(self) -> bool:
        return isinstance(self.default, int)

    @property
    def logarithmic(self) -> bool:
        """Whether the search steps by ratio; so it does when the range spans a factor of ten."""
        return self.low > 0 and self.high / self.low >= 10


@dataclass(frozen=True)
class Rule:
    """A readable rule. `summary` is the first line of its docstring."""

    source: str
    summary: str
    params: tuple[Param, ...]

    @property
    def defaults(self) -> dict[str, Number]:
        return {param.name: param.default for param in self.params}


def rule_id(source: str, params: Mapping[str, Number], direction: Direction) -> str:
    """The identity of a rule in the store: the same source, numbers and direction have the same id."""
    text = "\0".join([direction.value, source, repr(sorted((k, float(v)) for k, v in params.items()))])
    return "r-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def read_rule(source: str) -> Rule:
    """Reads summary and parameters from the syntax tree. Raises RuleUnreadable with the line and the mend.

    >>> rule = read_rule('''
    ... "Flags values above a bound."
    ... PARAMS = {"bound": (5.0, 1.0, 20.0)}
    ... def detect(values, seconds, *, bound):
    ...     return values / bound
    ... ''')
    >>> rule.summary, rule.defaults
    ('Flags values above a bound.', {'bound': 5.0})
    """
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise RuleUnreadable(f"line {line or 1}: not Python: {getattr(error, 'msg', error)}") from error
    summary = (ast.get_docstring(tree) or "").strip().partition("\n")[0]
    if not summary:
        raise RuleUnreadable("line 1: no module docstring; say in one line what the rule flags or clears")
    params = _params(tree)
    _check_signature(tree, params)
    return Rule(source, summary, params)


def _params(tree: ast.Module) -> tuple[Param, ...]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="PARAMS")], value=value):
                break
            case ast.AnnAssign(target=ast.Name(id="PARAMS"), value=ast.expr() as value):
                break
    else:
        raise RuleUnreadable('no PARAMS; write PARAMS = {"name": (default, low, high)} at the top level')
    try:
        table = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise RuleUnreadable(f"line {node.lineno}: PARAMS is not a literal dict of numbers") from error
    if not isinstance(table, dict) or not all(isinstance(name, str) and name.isidentifier() for name in table):
        raise RuleUnreadable(f"line {node.lineno}: PARAMS is a dict from parameter names to (default, low, high)")
    return tuple(_param(name, entry, node.lineno) for name, entry in table.items())


def _param(name: str, entry: object, line: int) -> Param:
    match entry:
        case bool():
            pass
        case int() | float() if _is_finite(10 * entry):
            low, high = sorted((entry / 10, entry * 10))
            if isinstance(entry, int):
                low, high = math.ceil(low), math.floor(high)
            return Param(name, entry, low, high)
        case (int() | float() as default, int() | float() as low, int() | float() as high) if all(
            _is_finite(x) and not isinstance(x, bool) for x in (default, low, high)
        ):
            if not low <= default <= high:
                raise RuleUnreadable(f"line {line}: PARAMS[{name!r}]: {low} ≤ {default} ≤ {high} does not hold")
            return Param(name, default, low, high)
    raise RuleUnreadable(
        f"line {line}: PARAMS[{name!r}] is {_shown(entry)}; write (default, low, high) as finite numbers"
    )


def _shown(entry: object) -> str:
    try:
        return f"{entry!r:.200}"
    except ValueError:  # Python writes no integer of thousands of digits
        return "a number of thousands of digits"


def _is_finite(number: float) -> bool:
    """Whether an int or a float is the number of some float; an int may have any number of digits."""
    return abs(number) <= sys.float_info.max


def _check_signature(tree: ast.Module, params: tuple[Param, ...]) -> None:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "detect":
            break
    else:
        raise RuleUnreadable("no function detect(values, seconds, *, …) at the top level")
    given = node.args
    positional = [arg.arg for arg in given.posonlyargs + given.args]
    keywords = [arg.arg for arg in given.kwonlyargs]
    wanted = [param.name for param in params]
    named = sorted(positional[2:] + keywords)
    if positional[:2] != ["values", "seconds"] or named != sorted(wanted) or given.vararg or given.kwarg:
        names = ", ".join(["values", "seconds", "*", *wanted] if wanted else ["values", "seconds"])
        raise RuleUnreadable(
            f"line {node.lineno}: the signature must be detect({names}), one keyword for each of PARAMS"
        )
