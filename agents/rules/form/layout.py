"""Which top-level statements of a reply belong to the rule."""

import ast
import re
import symtable
from collections.abc import Iterator

from argosy.agents.rules.form.edits import Edit, Source
from argosy.detectors.rules.rule import RuleUnreadable

TABLE_NAMES = ("PARAMS", "PARAMETERS", "params", "parameters", "Params", "DEFAULT_PARAMS")


def find_detect(tree: ast.Module) -> ast.FunctionDef:
    """The function `detect` at the top level. Raises RuleUnreadable where there is none."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "detect":
            return node
    raise RuleUnreadable(_missing(tree))


def _missing(tree: ast.Module) -> str:
    """Why there is no `detect`, as far as the tree tells."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                return f"line {node.lineno}: {name} is a class; write a plain function detect(values, seconds, *, …)"
            case ast.AsyncFunctionDef(name="detect"):
                return f"line {node.lineno}: detect is async; write a plain function (no function detect found)"
            case ast.Assign(targets=[ast.Name(id="detect")]):
                return f"line {node.lineno}: detect is a variable; write def detect(values, seconds, *, …)"
    return "no function detect(values, seconds, *, …) at the top level"


def name_detect(source: Source) -> str:
    """Renames the one function that must be meant by `detect` where none has that name."""
    functions = [node for node in source.tree.body if isinstance(node, ast.FunctionDef)]
    if any(node.name == "detect" for node in functions):
        return source.text
    meant = [node for node in functions if re.search("detect|anomal|rule|score", node.name)] or functions
    if len(meant) != 1:
        raise RuleUnreadable(_missing(source.tree))
    name = meant[0].name
    uses = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name) and node.id == name]
    return source.apply([_rename(source, meant[0]), *(source.replace(use, "detect") for use in uses)])


def _rename(source: Source, function: ast.FunctionDef) -> Edit:
    start = source.at(function.lineno, function.col_offset)
    found = re.compile(rb"def\s+([^\s(\[\\]+)").match(source.text.encode(), start)
    if found is None:
        raise RuleUnreadable(f"line {function.lineno}: write def detect(values, seconds, *, …) on one line")
    return Edit(*found.span(1), "detect")


def keep_definitions(source: Source) -> str:
    """Drops what is not a docstring, an import, PARAMS, or something that `detect` needs; the last of a name counts."""
    needed = _needed(source)
    edits: list[Edit] = []
    seen: set[str] = set()
    for node in reversed(source.tree.body):
        names = set(_defines(node))
        if isinstance(node, ast.Import | ast.ImportFrom) or node is _docstring(source.tree):
            continue
        if names & needed and not names & seen:
            seen |= names
        else:
            edits.append(source.remove(node))
    text = source.apply(edits)
    if _docstring(source.tree) is None:
        stray = next((node for node in source.tree.body if _is_text(node)), None)
        text = f"{source.segment(stray)}\n{text}" if stray is not None else text
    return text


def global_names(text: str) -> dict[str, set[str]]:
    """For each top-level function or class, and "" for the module itself, the module's names that it reads."""
    module = symtable.symtable(text, "rule", "exec")
    reads: dict[str, set[str]] = {"": {each.get_name() for each in module.get_symbols() if each.is_referenced()}}
    for child in module.get_children():
        reads.setdefault(child.get_name(), set()).update(_globals(child))
    return reads


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (each.get_name() for each in table.get_symbols() if each.is_global())
    for child in table.get_children():
        yield from _globals(child)


def _needed(source: Source) -> set[str]:
    """Names that `detect` reads, what those read in turn, and PARAMS."""
    reads = global_names(source.text)
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            names = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            for name in _defines(node):
                reads[name] = reads.get(name, set()) | names
    needed: set[str] = set()
    waiting = ["detect", *TABLE_NAMES]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += reads.get(name, ())
    return needed


def _defines(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _docstring(tree: ast.Module) -> ast.stmt | None:
    return tree.body[0] if tree.body and _is_text(tree.body[0]) else None
