"""Gives `detect` the signature of a rule: values, seconds, and one keyword for each of PARAMS."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field

from argosy.agents.rules.form.edits import Edit, Source
from argosy.agents.rules.form.indexing import Reading, readings, stored_names
from argosy.agents.rules.form.layout import TABLE_NAMES, find_detect, global_names
from argosy.agents.rules.form.table import Table, fold
from argosy.detectors.rules.rule import RuleUnreadable

_VALUES = ("values", "value", "v", "x", "y", "data", "series", "signal", "arr", "array", "ts", "vals")
_SECONDS = ("seconds", "second", "s", "t", "time", "times", "timestamp", "timestamps", "index", "idx", "secs")
_TABLES = (*TABLE_NAMES, "param", "p", "config", "cfg", "kwargs", "kw", "options", "opts", "hyperparams")


@dataclass
class _Plan:
    """What is to change in `detect`: lines for the top of its body, and names by which it knows the table."""

    data: list[str] = field(default_factory=list)
    tables: set[str] = field(default_factory=lambda: set(TABLE_NAMES))
    lines: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)


def take_keywords(source: Source, table: Table) -> str:
    """Makes each entry of the table a keyword of `detect`. Raises RuleUnreadable where it is not clear how."""
    detect = find_detect(source.tree)
    _refuse_helpers(source)
    plan = _Plan()
    before = dict(table.entries)
    _sort_arguments(detect, table, plan)
    found = readings(detect, plan.tables, table)
    _drop_unused(detect, table, plan, found)
    edits = [*_body_edits(source, detect, table, plan, found)]
    if not edits and table.exact and table.entries == before and not _is_off(detect, table):
        return source.text
    edits.append(_header(source, detect, table))
    if not table.exact or table.entries != before:
        edits.append(table.edit(source, detect))
    return source.apply(edits)


def _refuse_helpers(source: Source) -> None:
    for name, reads in global_names(source.text).items():
        if name not in ("", "detect") and reads & set(TABLE_NAMES):
            raise RuleUnreadable(f"PARAMS is read in {name}; give it the numbers as arguments from detect")


def _sort_arguments(detect: ast.FunctionDef, table: Table, plan: _Plan) -> None:
    """Tells data from parameters; an argument beyond both joins the table or becomes a constant by its default."""
    given = detect.args
    positional = given.posonlyargs + given.args
    padding: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    pairs = list(zip(positional, [*padding, *given.defaults], strict=True))
    for arg, default in [*pairs, *zip(given.kwonlyargs, given.kw_defaults, strict=True)]:
        _sort_argument(arg, default, table, plan)
    if given.kwarg is not None:
        plan.tables.add(given.kwarg.arg)
    if given.vararg is not None:
        raise RuleUnreadable(f"line {detect.lineno}: detect takes *{given.vararg.arg}; name each parameter")
    plan.lines += [f"{name} = {value!r}" for name, value in table.constants.items()]
    plan.lines += _aliases(detect, plan.data)


def _sort_argument(arg: ast.arg, default: ast.expr | None, table: Table, plan: _Plan) -> None:
    name = arg.arg
    if name in table.entries or name in table.constants:
        plan.keywords.append(name)
    elif name in TABLE_NAMES or (name in _TABLES and plan.data):
        plan.tables.add(name)
    elif default is None and len(plan.data) < 2:
        plan.data.append(name)
    else:
        _join_table(arg, default, table)
        plan.keywords.append(name)


def _join_table(arg: ast.arg, default: ast.expr | None, table: Table) -> None:
    if default is None:
        raise RuleUnreadable(f"line {arg.lineno}: detect takes {arg.arg}, which PARAMS does not hold")
    table.put(arg.arg, fold(default))


def _aliases(detect: ast.FunctionDef, data: list[str]) -> list[str]:
    """Lines that keep the names the body knows its data by; RuleUnreadable where it is not clear which is which."""
    read = {node.id for node in ast.walk(detect) if isinstance(node, ast.Name)}
    match data:
        case [values] if values not in _SECONDS:
            pairs = [(values, "values")]
        case [seconds, values] if seconds in _SECONDS and values in _VALUES:
            pairs = [(values, "values"), (seconds, "seconds")]
        case [values, seconds] if values not in _SECONDS and seconds not in ("values", "value"):
            if seconds in read and seconds not in (*_SECONDS, *_VALUES):
                raise RuleUnreadable(f"line {detect.lineno}: detect takes {seconds}, which PARAMS does not hold")
            pairs = [(values, "values"), (seconds, "seconds")]
        case _:
            raise RuleUnreadable(f"line {detect.lineno}: the signature must begin detect(values, seconds, …")
    return [f"{name} = {ours}" for name, ours in pairs if name != ours and name in read]


def _drop_unused(detect: ast.FunctionDef, table: Table, plan: _Plan, found: list[Reading]) -> None:
    """A number that the body never reads is not searched; unless the body takes the whole table."""
    if any(reading.key is None for reading in found):
        return
    read = {node.id for node in ast.walk(detect) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    used = (read - set(stored_names(detect))) | {reading.key for reading in found} | set(plan.keywords)
    for name in [name for name in table.entries if name not in used]:
        del table.entries[name]


def _body_edits(
    source: Source, detect: ast.FunctionDef, table: Table, plan: _Plan, found: list[Reading]
) -> Iterator[Edit]:
    kept = {reading.key for reading in found if reading.is_overwritten}
    for reading in found:
        yield from reading.edits(source, f"given_{reading.key}" if reading.key in kept else f"{reading.key}")
    whole = sorted({reading.table for reading in found if reading.key is None})
    entries = ", ".join(f'"{name}": {name}' for name in [*table.entries, *table.constants])
    lines = [
        *plan.lines,
        *(f"given_{name} = {name}" for name in table.entries if name in kept),
        *(f"{name} = {{{entries}}}" for name in whole),
    ]
    gone = {reading.statement for reading in found if not reading.is_overwritten}
    body = detect.body[1:] if ast.get_docstring(detect) is not None and len(detect.body) > 1 else detect.body
    if lines:
        yield source.insert_before(next(each for each in body if each not in gone), lines)


def _is_off(detect: ast.FunctionDef, table: Table) -> bool:
    given = detect.args
    names = [arg.arg for arg in given.posonlyargs + given.args]
    rest = sorted(names[2:] + [arg.arg for arg in given.kwonlyargs])
    return names[:2] != ["values", "seconds"] or rest != sorted(table.entries) or given.kwarg is not None


def _header(source: Source, detect: ast.FunctionDef, table: Table) -> Edit:
    names = ["values", "seconds", *(["*", *table.entries] if table.entries else [])]
    start = source.at(detect.lineno, detect.col_offset)
    code = source.raw[start:].decode()
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
        if token.string == ":" and depth == 0:
            break
    row, column = token.end
    lines = code.split("\n")
    length = len("\n".join([*lines[: row - 1], lines[row - 1][:column]]).encode())
    return Edit(start, start + length, f"def detect({', '.join(names)}):")
