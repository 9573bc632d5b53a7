"""Imports, annotations, prints and the docstring: what a rule needs beside its logic."""

import ast
import builtins
import re
from collections.abc import Iterator

from argosy.agents.rules.form.edits import Edit, Source
from argosy.agents.rules.form.layout import find_detect, global_names
from argosy.agents.rules.form.table import read_table

_SUMMARY_CHARS = 200

_IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "pd": "import pandas as pd",
    "pandas": "import pandas",
    "math": "import math",
    "scipy": "import scipy",
    "statistics": "import statistics",
    "itertools": "import itertools",
    "functools": "import functools",
    "collections": "import collections",
    "stats": "from scipy import stats",
    "signal": "from scipy import signal",
    "ndimage": "from scipy import ndimage",
    "deque": "from collections import deque",
    "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter",
    "partial": "from functools import partial",
    "reduce": "from functools import reduce",
    "sliding_window_view": "from numpy.lib.stride_tricks import sliding_window_view",
    "zscore": "from scipy.stats import zscore",
    "Series": "from pandas import Series",
    "DataFrame": "from pandas import DataFrame",
    "float64": "from numpy import float64",
    "nan": "from numpy import nan",
    "inf": "from numpy import inf",
    "sqrt": "from math import sqrt",
    "exp": "from math import exp",
    "log": "from math import log",
    "isnan": "from math import isnan",
    "floor": "from math import floor",
    "ceil": "from math import ceil",
}


def strip_typing(source: Source) -> str:
    """Takes annotations out of modules that import names for them from where a rule may not import."""
    modules = ("typing", "numpy.typing", "__future__", "typing_extensions")
    nodes = list(ast.walk(source.tree))
    if not any(isinstance(node, ast.ImportFrom) and node.module in modules for node in nodes):
        return source.text
    return source.apply(edit for node in nodes for edit in _strip(source, node))


def _strip(source: Source, node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.arg(arg=name, annotation=ast.expr() as annotation):
            start = source.at(node.lineno, node.col_offset)
            yield Edit(start, source.replace(annotation, "").end, name)
        case ast.FunctionDef(returns=ast.expr() as returns):
            edit = source.replace(returns, "")
            yield Edit(source.raw.rindex(b"->", 0, edit.start), edit.end, "")
        case ast.AnnAssign(target=ast.Name() as target, annotation=annotation, value=ast.expr()):
            yield Edit(source.replace(target, "").end, source.replace(annotation, "").end, "")


def drop_prints(source: Source) -> str:
    """Takes calls of `print` out of functions: a rule has nobody to speak to."""
    edits = []
    for block in _blocks(source.tree):
        prints = [node for node in block if _is_print(node)]
        edits += [source.remove(node) for node in prints[: -1 if len(prints) == len(block) else None]]
        edits += [source.replace(node, "pass") for node in prints[-1:] if len(prints) == len(block)]
    return source.apply(edits)


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                yield block


def _is_print(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
    return False


def mend_imports(source: Source) -> str:
    """Drops imports that nothing uses and adds those that are used and missing."""
    names = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    edits, bound = [], set(dir(builtins))
    for node in source.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            brought = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            bound |= brought
            edits += [] if brought & names or "*" in brought else [source.remove(node)]
    bound |= {node.name for node in source.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    bound |= {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name) and _is_stored(node)}
    missing = set().union(*global_names(source.text).values()) - bound
    lines = [line for name, line in _IMPORTS.items() if name in missing]
    text = source.apply(edits)
    if not lines:
        return text
    fresh = Source.parse(text)
    body = fresh.tree.body[1:] if ast.get_docstring(fresh.tree) is not None else fresh.tree.body
    return fresh.apply([fresh.insert_before(body[0], lines)])


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def add_docstring(source: Source) -> str:
    """Gives a module without docstring one: that of `detect`, a comment outside it, or the names of its numbers."""
    given = ast.get_docstring(source.tree)
    if (given or "").strip():
        return source.text
    text = source.text if given is None else source.apply([source.remove(source.tree.body[0])])
    return f'"""{_summary(source)}"""\n{text}'


def _summary(source: Source) -> str:
    detect = find_detect(source.tree)
    comment = re.search(r"^#+\s*(\w.*)$", source.text, re.MULTILINE)
    said = (ast.get_docstring(detect) or "").strip().partition("\n")[0] or (comment.group(1) if comment else "")
    said = re.sub(r'["\\]', "'", " ".join(said.split()))[:_SUMMARY_CHARS]
    return said or "A rule over " + (", ".join(read_table(source).entries) or "fixed numbers") + "."
