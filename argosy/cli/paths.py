"""Paths that a command reads and writes, kept apart: nothing is ever written onto what is read.

Each option of a command that names a file has one of these callbacks. They look as options are read, before what works
on the files is loaded.
"""

import atexit
import os
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import typer

from argosy.inputs.piped import is_pipe, keep_piped
from argosy.inputs.quoting import named
from argosy.signals.errors import BadInput

_STDIN = {Path("-"): Path("/dev/stdin")}
"""A pipe may be a file all the same: argosy logs - < app.log."""

_READ, _WRITTEN = "argosy.read", "argosy.written"

Callback = Callable[[typer.Context, typer.CallbackParam, Any], Any]


def read(check: Callable[[Path], None] = lambda _path: None, keep_pipes: bool = False) -> Callback:
    """The callback of an option or argument for files that are read, once `check` finds nothing wrong with each.

    With `keep_pipes`, what comes down a pipe is copied, and the copy is there as long as the command runs. Raises
    BadInput, also where one of the files would be written.
    """

    def callback(ctx: typer.Context, _param: typer.CallbackParam, value: Any) -> Any:
        is_kept = keep_pipes and isinstance(value, Path) and is_pipe(value)
        for path in _paths(value):
            if not is_kept:
                check(path)
            ctx.meta.setdefault(_READ, []).append(path)
        _compare(ctx)
        return _kept(ctx, value, check) if is_kept else value

    return callback


def _kept(ctx: typer.Context, pipe: Path, check: Callable[[Path], None]) -> Path:
    kept = keep_piped(pipe)
    remove = partial(shutil.rmtree, kept.parent, ignore_errors=True)
    ctx.call_on_close(remove)
    atexit.register(remove)  # where another option is refused, the context never closes
    try:
        check(kept)
    except BadInput:
        remove()
        raise
    return kept


def written(ctx: typer.Context, param: typer.CallbackParam, value: Any) -> Any:
    """The callback of an option for a file that is written. Raises BadInput where it is read, or written by two."""
    option = max(param.opts, key=len)
    for path in _paths(value):
        for other, earlier in ctx.meta.get(_WRITTEN, []):
            if is_same(path, earlier):
                raise BadInput(f"{option} {named(path)}", f"is what {other} writes, too", "name another file")
        ctx.meta.setdefault(_WRITTEN, []).append((option, path))
    _compare(ctx)
    return value


def keep_apart(option: str, goal: Path, sources: Iterable[Path]) -> None:
    """Raises BadInput where what an option writes would be written onto one of the files that are read."""
    for source in sources:
        if is_same(goal, _STDIN.get(source, source)):
            which = "" if goal == source else f" ({named(source)})"
            problem = f"would be written over what is read{which}"
            raise BadInput(f"{option} {named(goal)}", problem, "name another file")


def is_same(path: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, through whatever links; it need not be there yet."""
    try:
        return os.path.samefile(path, other)
    except OSError:
        return os.path.realpath(path) == os.path.realpath(other)


def _compare(ctx: typer.Context) -> None:
    for (option, goal), source in product(ctx.meta.get(_WRITTEN, []), ctx.meta.get(_READ, [])):
        keep_apart(option, goal, [source])


def _paths(value: Any) -> list[Path]:
    """One path, several or none; of other words those that name a file."""
    each = value if isinstance(value, list | tuple) else [value]
    return [Path(one) for one in each if isinstance(one, Path) or (isinstance(one, str) and os.path.isfile(one))]
