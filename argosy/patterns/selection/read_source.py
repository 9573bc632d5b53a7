"""The source of a detector that has no card yet, found without running it."""

import ast
from importlib.util import find_spec
from pathlib import Path

from argosy.agents.card_writing import UncardedDetector
from argosy.detectors.cards import CardKind
from argosy.sandbox.parsing import parse
from argosy.signals.errors import BadInput

_EXAMPLE = "write MODULE:CLASS, such as pyod.models.knn:KNN"
MOST_BYTES = 4_000_000


def read_detector_source(text: str, kind: CardKind) -> UncardedDetector:
    """The class, or function, that MODULE:CLASS names, with its source.

    The module itself is read and not imported; packages above it are imported, as Python does to find it. Raises
    BadInput.
    """
    module, colon, title = text.partition(":")
    if not colon or not title.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise BadInput(text, "does not name a class", _EXAMPLE)
    path = _path(module, text)
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(text, f"its module has more than {MOST_BYTES:,} bytes", "name a smaller one")
    try:
        whole = path.read_text(encoding="utf-8")
        tree = parse(whole)
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadInput(text, f"its module cannot be read ({type(error).__name__})", _EXAMPLE) from error
    source = _defined(tree, title, whole)
    if source is None:
        raise BadInput(text, f"its module defines no {title!r} at its top", _EXAMPLE)
    return UncardedDetector(title, kind, source)


def _path(module: str, text: str) -> Path:
    try:
        spec = find_spec(module)
    except (ImportError, ValueError, AttributeError) as error:
        raise BadInput(text, f"there is no module {module!r} here ({error})", _EXAMPLE) from error
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise BadInput(text, f"there is no Python source of {module!r} here", _EXAMPLE)
    return Path(spec.origin)


def _defined(tree: ast.Module, title: str, whole: str) -> str | None:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == title:
            head = ast.get_docstring(tree)
            body = ast.get_source_segment(whole, node) or ""
            return f'"""{head}"""\n\n\n{body}' if head else body
    return None
