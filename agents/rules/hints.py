"""What a failure of a rule usually means, beside the line that caused it: Repair is shown more than the error."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from argosy.sandbox.parsing import parse

_LINE = re.compile(r"\bline (\d+)\b")
_LINE_CHARS = 160
_MOST_LINES = 4

_SERIES_ONLY = frozenset(
    {
        "rolling",
        "ewm",
        "expanding",
        "shift",
        "diff",
        "fillna",
        "ffill",
        "bfill",
        "median",
        "quantile",
        "abs",
        "pct_change",
    }
)
_NUMPY_TWINS = {"abs": "np.abs({0})", "median": "np.nanmedian({0})", "quantile": "np.nanquantile({0}, …)"}
_WHOLE = frozenset(
    {"mean", "std", "var", "median", "quantile", "percentile", "nanmean", "nanstd", "nanmedian", "nanpercentile"}
    | {"nanquantile", "max", "min", "sum", "nanmax", "nanmin", "zscore", "rank", "polyfit", "fft", "rfft", "sort"}
    | {"gradient", "interpolate", "bfill", "filtfilt", "detrend", "argsort", "savgol_filter", "gaussian_filter1d"}
)
_WINDOWED = frozenset({"rolling", "ewm", "expanding"})


@dataclass(frozen=True)
class Hint:
    """The lines concerned, as `line N: code`, and what to do about them; both may be empty."""

    lines: tuple[str, ...] = ()
    advice: str = ""


def hint(source: str, error: str, *, looked_ahead: bool = False) -> Hint:
    """What the prompt of Repair adds about a failure of this source. Never raises, whatever the texts."""
    tree = _parsed(source)
    if looked_ahead:
        return _whole_series(source, tree)
    at = _line_of(error)
    shown = (_shown(source, at),) if at and _shown(source, at) else ()
    for pattern, advise in _ADVICE.items():
        match = pattern.search(error)
        if match:
            return Hint(shown, advise(match, _on_line(tree, at)))
    return Hint(shown)


def _parsed(source: str) -> ast.Module:
    try:
        return parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _line_of(error: str) -> int | None:
    found = _LINE.findall(error)
    return int(found[-1]) if found else None


def _shown(source: str, at: int) -> str:
    lines = source.split("\n")
    text = lines[at - 1].strip() if at <= len(lines) else ""
    return f"line {at}: {text[:_LINE_CHARS]}" if text else ""


def _on_line(tree: ast.Module, at: int | None) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if at is not None and getattr(node, "lineno", None) == at]


def _whole_series(source: str, tree: ast.Module) -> Hint:
    """The lines that look at the whole series at once."""
    at = sorted({node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _looks_ahead(node)})
    advice = (
        "These lines use every point of the series, later ones too. Use the past alone: for a pandas Series s, "
        "s.expanding().mean().shift(1) or s.rolling(window, min_periods=3).median().shift(1) in place of s.mean() "
        "or np.median(s); shift by positive numbers; no center=True."
        if at
        else ""
    )
    return Hint(tuple(filter(None, (_shown(source, line) for line in at[:_MOST_LINES]))), advice)


def _looks_ahead(call: ast.Call) -> bool:
    """Whether a call takes a statistic of a whole array, centres a window, or shifts towards the past."""
    name = _called(call)
    if any(word.arg == "center" and getattr(word.value, "value", False) for word in call.keywords):
        return True
    if name == "shift":
        return any(isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.USub) for each in call.args)
    below = call.func.value if isinstance(call.func, ast.Attribute) else None
    windowed = (
        any(isinstance(node, ast.Call) and _called(node) in _WINDOWED for node in ast.walk(below)) if below else False
    )
    along = any(word.arg == "axis" and getattr(word.value, "value", None) == 1 for word in call.keywords)
    return name in _WHOLE and not windowed and not along


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _no_attribute(match: re.Match[str], nodes: list[ast.AST]) -> str:
    owner, name = match.group(1), match.group(2)
    what = next((ast.unparse(n.value) for n in nodes if isinstance(n, ast.Attribute) and n.attr == name), "the value")
    what = what if len(what) <= 60 else "the value before it"
    if owner == "numpy.ndarray" and name in ("to_numpy", "values", "tolist"):
        return f"`{what}` is a NumPy array already: leave out .{name}()."
    if owner in ("numpy.ndarray", "float", "numpy.float64", "int") and name in _SERIES_ONLY:
        also = f", or {_NUMPY_TWINS[name].format(what)}" if name in _NUMPY_TWINS else ""
        return f"`{what}` is no pandas Series there. Write pd.Series({what}).{name}(…){also}."
    return f"`{what}` has no .{name}; compute it another way."


def _name_missing(match: re.Match[str], _nodes: list[ast.AST]) -> str:
    name = match.group(1)
    known = {"np": "import numpy as np", "pd": "import pandas as pd", "math": "import math"}
    if name in known:
        return f"Add `{known[name]}` at the top."
    return f"`{name}` is used before it is given a value: define it, or add it to PARAMS and to the keywords of detect."


def _say(text: str) -> Callable[[re.Match[str], list[ast.AST]], str]:
    return lambda _match, _nodes: text


_SHORT = "Short and empty series come too. Begin detect with: if len(values) < 3: return np.full(len(values), np.nan)"
_ADVICE: Mapping[re.Pattern[str], Callable[[re.Match[str], list[ast.AST]], str]] = {
    re.compile(r"'([\w.]+)' object has no attribute '(\w+)'"): _no_attribute,
    re.compile(r"(?:name|local variable) '(\w+)' (?:is not defined|referenced)"): _name_missing,
    re.compile(r"min_periods \d+ must be <= window"): _say("Use min_periods=1, which no window is smaller than."),
    re.compile(r"window must be an integer|must be an integer|cannot be interpreted as an integer"): _say(
        "Give that entry of PARAMS an int default, or write int(window)."
    ),
    re.compile(r"(?:wrong length|returned \d+ scores|scores for|could not be broadcast|lengths? .*match)"): _say(
        "All arrays must keep the length of values. np.diff and slices are shorter: use pd.Series(values).diff() "
        "and .shift(k), and fill what is missing with NaN."
    ),
    re.compile(r"truth value of an? (?:array|Series)"): _say(
        "An array cannot stand after `if`, `and`, `or`, `not`: use np.where(condition, a, b), &, |, ~."
    ),
    re.compile(r"zero-size array|out of bounds|index .* size 0|empty (?:sequence|slice)|at least one array"): _say(
        _SHORT
    ),
    re.compile(r"division by zero"): _say("Add 1e-12 to what you divide by."),
    re.compile(r"unsupported operand.*'tuple'|tuple indices"): _say(
        "Use the keyword argument, a plain number, not the tuple in PARAMS."
    ),
    re.compile(r"unexpected keyword argument '(\w+)'"): _say("That function does not know this keyword: leave it out."),
    re.compile(r"not callable"): _say("A value is called like a function: a missing operator, or a name used twice."),
    re.compile(r"dtype|could not convert|NoneType"): _say("End with: return np.asarray(score, dtype=float)"),
    re.compile(r"a class\b|no function detect"): _say(
        "Write one top-level function: def detect(values, seconds, *, <names in PARAMS>): no class, no self."
    ),
}
"""What a message of Python, NumPy, pandas or our own reader means for a rule; the first that fits is told."""
