"""What the syntax tree of a rule shows to be out of bounds. A courtesy to its author: the sandbox is the wall."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from argosy.sandbox.listing import Listing, aliases_in, mentioned, own_fields
from argosy.sandbox.parsing import parse

MODULES = ("numpy", "pandas", "scipy", "math", "statistics", "collections", "itertools", "functools")
LINES = 200
NODES = 2_000
DEPTH = 60

_OUTSIDE = "a rule sees only values, seconds and its parameters"
_FILES = f"{_OUTSIDE}; remove it"
_FORGETS = "a rule remembers nothing between calls; compute it inside detect"
_FRAMES = (
    *("gi_frame", "gi_code", "gi_yieldfrom", "cr_frame", "cr_code", "cr_await", "cr_origin", "ag_frame", "ag_code"),
    *("ag_await", "tb_frame", "tb_next", "f_back", "f_builtins", "f_code", "f_globals", "f_locals", "f_trace"),
)
"""What leads from a value of Python to those who called it."""
_INSIDE = ("__class__", "__globals__", "__builtins__", "__subclasses__", "__dict__", *(f".{each}" for each in _FRAMES))
_NAMES = {
    **dict.fromkeys(("eval", "exec", "compile", "__import__"), "write the computation itself"),
    **dict.fromkeys(("open", "input", "breakpoint", "help"), _FILES),
    **dict.fromkeys(("globals", "locals", "vars", "dir"), "use local variables by name"),
    "__name__": "leave out the main block; detect is called from outside",
    **dict.fromkeys(("setattr", "delattr"), "use local variables, arrays and dicts"),
    **dict.fromkeys(("exit", "quit", "SystemExit", "KeyboardInterrupt"), "return scores; NaN is no opinion"),
}
_ATTRIBUTES = {
    **dict.fromkeys(("eval", "query"), "write the computation with arrays and masks"),
    **dict.fromkeys(("load", "loadtxt", "genfromtxt", "fromfile", "fromregex", "memmap", "open_memmap"), _FILES),
    **dict.fromkeys(("save", "savez", "savez_compressed", "savetxt", "tofile", "dump", "ExcelFile"), _FILES),
    **dict.fromkeys(("ExcelWriter", "HDFStore", "DataSource", "loadmat", "savemat", "datasets"), _FILES),
    **dict.fromkeys(("sys", "os", "io", "builtins", "importlib", "subprocess", "socket", "pathlib"), _FILES),
    **dict.fromkeys(("shutil", "threading", "pickle", "multiprocessing", "inspect", "gc", "ctypes"), _FILES),
    **dict.fromkeys(("random", "rvs", "default_rng", "RandomState", "sample"), "give the same scores every time"),
    **dict.fromkeys(("now", "today", "utcnow"), "the time of a point is in seconds"),
    **dict.fromkeys((*_FRAMES, "mro"), "use plain values"),
    **dict.fromkeys(("testing", "f2py", "ctypeslib", "seterr", "setbufsize", "set_option", "plot"), "remove it"),
    **dict.fromkeys(("test", "show_config", "show_versions", "options", "option_context", "get_option"), "remove it"),
    **dict.fromkeys(("describe_option", "reset_option", "set_eng_float_format", "LowLevelCallable"), "remove it"),
    **dict.fromkeys(("seterrcall", "set_printoptions", "info", "lookfor"), "remove it"),
}
_CONVERSIONS = frozenset({"to_numpy", "to_list", "to_frame", "to_dict", "to_datetime", "to_numeric", "to_timedelta"})
_PARTS = ("io", "odr", "datasets", "npyio", "format", "random", "testing", "ctypeslib", "f2py")
_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MUTABLE_CALLS = frozenset({"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"})
_REMEMBERING = frozenset({"lru_cache", "cache", "cached_property"})


@dataclass(frozen=True, order=True)
class Violation:
    """One thing out of bounds: the line it stands on, what it is, and what to write instead."""

    line: int
    what: str
    instead: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}; {self.instead}"


def vet(source: str) -> tuple[Violation, ...]:
    """Everything out of bounds in a rule, by line; empty if nothing is. Never raises, whatever the text.

    >>> [(each.line, each.what) for each in vet("import os")]
    [(1, 'import of os')]
    """
    tree = _parsed(source)
    if isinstance(tree, Violation):
        return (tree,)
    nodes, depth = _extent(tree)
    found = [*_sizes(source, nodes, depth)]
    if nodes > NODES or depth > DEPTH:  # the rest would take as long as the author likes
        return tuple(sorted(found))
    found += [*_module_state(tree), *_unlisted(tree), *_renamed(tree)]
    for node in ast.walk(tree):
        found.extend(_imports(node))
        found.extend(_names(node))
        found.extend(_bindings(node))
        found.extend(_memory(node))
    return tuple(sorted(set(found)))


def complexity(source: str) -> int:
    """The number of nodes in `detect` and the functions it is built from, docstrings left out.

    Raises SyntaxError when the source is not Python.
    """
    functions = [node for node in parse(source).body if isinstance(node, ast.FunctionDef)]
    return sum(1 for function in functions for _ in ast.walk(function)) - 2 * sum(
        ast.get_docstring(node) is not None
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.FunctionDef)
    )


def _parsed(source: str) -> ast.Module | Violation:
    try:
        return parse(source)
    except SyntaxError as error:
        return Violation(error.lineno or 1, f"not Python: {error.msg}", "write one complete Python module")
    except (ValueError, RecursionError, MemoryError) as error:
        return Violation(1, f"not Python: {error or 'nested too deeply'}", "write one complete, plain Python module")


def _sizes(source: str, nodes: int, depth: int) -> Iterator[Violation]:
    lines = len(source.splitlines())
    if lines > LINES:
        yield Violation(LINES, f"{lines} lines", f"say it in at most {LINES}")
    if nodes > NODES:
        yield Violation(1, f"{nodes} syntax nodes", f"a rule has at most {NODES}; keep the clauses that matter")
    if depth > DEPTH:
        yield Violation(1, f"expressions nested {depth} deep", f"at most {DEPTH}; use intermediate variables")


def _extent(tree: ast.AST) -> tuple[int, int]:
    """Number of nodes and depth of a tree; by a stack of its own, since the tree may be deep."""
    nodes, deepest, stack = 0, 0, [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        nodes, deepest = nodes + 1, max(deepest, depth)
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return nodes, deepest


def _imports(node: ast.AST) -> Iterator[Violation]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield from _module(alias.name, node.lineno)
        case ast.ImportFrom(module="__future__"):
            return
        case ast.ImportFrom(level=level) if level:
            yield Violation(node.lineno, "a relative import", "a rule is one module")
        case ast.ImportFrom(module=str() as module, names=names):
            yield from _module(module, node.lineno)
            for alias in names:
                if alias.name == "*":
                    yield Violation(node.lineno, f"from {module} import *", "import the names you use")
                yield from _attribute(alias.name, node.lineno)


def _unlisted(tree: ast.Module) -> Iterator[Violation]:
    """Names that are on no list, and that nothing else refuses."""
    listing, own = Listing(aliases_in(tree)), own_fields(tree)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str() as module, names=names, level=0) if not any(_module(module, node.lineno)):
                public = [each.name for each in names if barred(each.name) is None]
                faults = [listing.unlisted_import(module, name) for name in public]
            case ast.Attribute(ctx=ast.Load()) if node.attr not in own and not _through_barred(node):
                faults = [listing.unlisted_attribute(node)]
            case ast.MatchClass(kwd_attrs=names):
                read = [name for name in names if name not in own and barred(name) is None]
                faults = [listing.unlisted_of_values(name) for name in read]
            case _:
                continue
        yield from (Violation(_line(node), *fault) for fault in faults if fault)


def _line(node: ast.stmt | ast.expr | ast.pattern) -> int:
    return node.lineno


def _renamed(tree: ast.Module) -> Iterator[Violation]:
    """`getattr` and its like where they are not called at once, so that what they read cannot be seen."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="getattr" | "hasattr" as name, ctx=ast.Load(), lineno=line) if id(node) not in called:
                yield Violation(line, f"{name} under another name", "write the attribute's name")


def _module(name: str, line: int) -> Iterator[Violation]:
    first, *parts = name.split(".")
    if first not in MODULES:
        yield Violation(line, f"import of {name}", f"only {', '.join(MODULES)} may be imported")
    for part in parts:
        if part in _PARTS or part.startswith("_"):
            yield Violation(line, f"import of {name}", "use the public numeric parts of numpy, pandas and scipy")
            return


def _names(node: ast.AST) -> Iterator[Violation]:
    match node:
        case ast.Name(id=name, lineno=line):
            if name in _NAMES:
                yield Violation(line, name, _NAMES[name])
            elif _dunder(name):
                yield Violation(line, name, "use plain names")
        case ast.Attribute(attr=name, lineno=line):
            yield from _attribute(name, line)
        case ast.Call(func=ast.Name(id="getattr" | "hasattr" as name), args=args, lineno=line):
            match args:
                case [given, ast.Constant(value=str() as named), *_] if not isinstance(given, ast.Starred):
                    yield from _attribute(named, line)
                case _:
                    yield Violation(line, f"{name} with a computed name", "write the attribute's name")
        case ast.Call(
            func=ast.Attribute(attr="datetime64" | "Timestamp" | "to_datetime"), args=[given, *_], lineno=line
        ):
            if isinstance(given, ast.Constant) and given.value in ("now", "today"):
                yield Violation(line, f"the time of day, {given.value!r}", _ATTRIBUTES["now"])
        case (
            ast.FunctionDef(name=name, lineno=line)
            | ast.ClassDef(name=name, lineno=line)
            | ast.arg(arg=name, lineno=line)
        ) if _dunder(name):
            yield Violation(line, name, "use plain names")
        case ast.MatchClass(kwd_attrs=names, lineno=line):
            for name in names:
                yield from _attribute(name, line)
        case ast.Constant(value=str() as text, lineno=line) if _reaches_inside(text):
            yield Violation(line, "a string that names Python's internals", "use plain names")


def _bindings(node: ast.AST) -> Iterator[Violation]:
    """Names that are bound otherwise than by an assignment."""
    match node:
        case (
            ast.MatchAs(name=str() as name)
            | ast.MatchStar(name=str() as name)
            | ast.MatchMapping(rest=str() as name)
            | ast.ExceptHandler(name=str() as name)
            | ast.alias(asname=str() as name)
        ) if _dunder(name):
            yield Violation(node.lineno, name, "use plain names")


def _attribute(name: str, line: int) -> Iterator[Violation]:
    instead = barred(name)
    if instead is not None:
        yield Violation(line, f".{name}", instead)


def barred(name: str) -> str | None:
    """What to use instead of an attribute that no rule may use, whatever it belongs to; None for any other."""
    if name in _ATTRIBUTES:
        return _ATTRIBUTES[name]
    if name.startswith("read_") or (name.startswith("to_") and name not in _CONVERSIONS):
        return _FILES
    return "use public attributes" if name.startswith("_") else None


def _through_barred(node: ast.expr) -> bool:
    """Whether an attribute, or one on the way to it, is refused by name already."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute) and barred(node.attr) is not None:
            return True
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return False


def _reaches_inside(text: str) -> bool:
    """Whether a format string or the like could walk from an object to its class, globals or builtins."""
    return any(part in text for part in _INSIDE)


def _memory(node: ast.AST) -> Iterator[Violation]:
    """What would let one call of `detect` tell the next one something."""
    match node:
        case ast.Global(lineno=line):
            yield Violation(line, "global", _FORGETS)
        case ast.Nonlocal(lineno=line):
            yield Violation(line, "nonlocal", "return the value from the inner function")
        case ast.FunctionDef(args=given, decorator_list=decorators, lineno=line):
            yield from _defaults(given, line)
            if any(name in _REMEMBERING for each in decorators for name in mentioned(each)):
                yield Violation(line, "a cached function", _FORGETS)
        case ast.Lambda(args=given, lineno=line):
            yield from _defaults(given, line)
        case ast.AsyncFunctionDef(lineno=line) | ast.Await(lineno=line):
            yield Violation(line, "async code", "write plain functions")
        case ast.ClassDef(lineno=line):
            yield Violation(line, "a class", "write plain functions")
        case ast.Assign(targets=targets, lineno=line):
            if any(isinstance(target, ast.Attribute) for target in targets):
                yield Violation(
                    line, "an assignment to an attribute", "use local variables; copy an array to change it"
                )
        case ast.AugAssign(target=ast.Attribute(), lineno=line):
            yield Violation(line, "an assignment to an attribute", "use local variables; copy an array to change it")


def _defaults(given: ast.arguments, line: int) -> Iterator[Violation]:
    if any(_mutable(default) for default in [*given.defaults, *given.kw_defaults] if default is not None):
        yield Violation(line, "a mutable default argument", _FORGETS)


def _module_state(tree: ast.Module) -> Iterator[Violation]:
    """Module-level values that a function could change and find changed; `PARAMS` is the exception, if it is a dict."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="PARAMS")]) | ast.AnnAssign(target=ast.Name(id="PARAMS")):
                continue
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) if _mutable(value):
                yield Violation(node.lineno, "a mutable value at module level", f"{_FORGETS}, or use a tuple")
            case ast.For() | ast.While() | ast.With() | ast.Try() | ast.AugAssign() | ast.Delete():
                yield Violation(node.lineno, "a statement at module level", "put the computation into detect")


def _mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return any(name in _MUTABLE_CALLS for name in mentioned(value.func))
    return isinstance(value, _MUTABLE)


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
