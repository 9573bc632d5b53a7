"""The command `argosy`: its commands, and what becomes of their errors.

Whatever a person can mend is one line on stderr and exit code 2, and so is a wrong use of the command line.
"""

import errno
import gc
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from argosy.agents.models.speaker import ModelUnavailable
from argosy.cli.usage import UsageError, is_help, usage_line
from argosy.sandbox.errors import SandboxUnavailable
from argosy.signals.errors import BadInput
from argosy.store.errors import StoreUnavailable

COMMANDS = {
    "run": "run",
    "demo": "run",
    "resume": "replay",
    "replay": "replay",
    "fork": "replay",
    "bench": "bench",
    "show": "show",
    "sessions": "sessions",
    "rules": "rules",
    "score": "score",
    "refresh": "refresh",
    "approvals": "approvals",
    "approve": "approvals",
    "reject": "approvals",
    "worker": "worker",
    "why": "why",
    "detect": "detect",
    "logs": "logs",
    "records": "records",
    "sigllm": "sigllm",
    "doctor": "doctor",
    "graph": "graph",
    "rule": "rules",
    "detector": "detector",
    "schedule": "schedule",
    "select": "select",
    "sandbox": "sandbox",
}
"""Commands as help lists them, and the module of each, whose `register(app)` makes it. A module is imported when its
command is called, and all of them for help; none brings anything heavy before its command runs."""

_MENDABLE = (BadInput, StoreUnavailable, SandboxUnavailable, ModelUnavailable)
"""The errors that name their mend."""

TRACEBACK = "ARGOSY_TRACEBACK"
"""Set in the environment, a fault of Argosy's own ends with its traceback, and warnings of libraries are seen."""

_FAULT_CHARS = 300
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


class _Commands(MutableMapping[str, Any]):
    """Commands by their names, each made when somebody asks for it."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        self._made = dict(made)

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            made = typer.Typer()
            import_module(f"argosy.cli.{COMMANDS[name]}").register(made)
            self._made |= get_group(made).commands
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*COMMANDS, *self._made)))

    def __len__(self) -> int:
        return len({*COMMANDS, *self._made})


class _Group(TyperGroup):
    """Makes commands as they are called, and turns the errors that a person can mend into one line."""

    def __init__(self, *, commands: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _Commands(commands or {})

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **options: Any) -> Any:
        try:
            return super().make_context(info_name, args, *rest, **options)
        except UsageError as error:
            raise _refused(error, "argosy") from error

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise _refused(error, f"argosy {ctx.invoked_subcommand}") from error
        except KeyboardInterrupt as error:
            kept = "; ".join(("interrupted; what was recorded until now is kept", *_notes(error)))
            typer.echo(f"\nargosy: {kept}", err=True)
            raise typer.Exit(130) from error
        except _MENDABLE as error:
            typer.echo(f"argosy: {_one_line('; '.join((str(error), *_notes(error))))}", err=True)
            if diff := getattr(error, "diff", ""):
                typer.echo(_lines(diff), err=True)
            raise typer.Exit(2) from error


app = typer.Typer(
    name="argosy",
    cls=_Group,
    help="Agents that write, prove and keep anomaly-detection rules for time series.",
    epilog="Example: argosy run metric.csv, then argosy show latest",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"argosy {version('argosy')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Agents that write, prove and keep anomaly-detection rules for time series."""


def _refused(error: Exception, command: str) -> Exception:
    """What ends a command that was used wrongly, once that is said."""
    if is_help(error):
        return error
    typer.echo(f"argosy: {_one_line(usage_line(error, command))}", err=True)
    return typer.Exit(2)


def main() -> None:
    """Runs the command line and exits with its code."""
    gc.set_threshold(10_000, 10, 100)  # what is loaded stays: looking through it for garbage took a tenth of a second
    _quieten()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 gets escapes, not an error
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            _tell_full(error)
            sys.exit(2)
        if os.environ.get(TRACEBACK):
            raise
        _tell_fault(error)
        sys.exit(1)


def _quieten() -> None:
    """Keeps warnings and log lines of libraries off the screen: what matters to a user is a note of ours."""
    if sys.warnoptions or os.environ.get(TRACEBACK):
        return
    warnings.simplefilter("ignore")
    os.environ["PYTHONWARNINGS"] = "ignore"  # for processes that are started
    logging.getLogger().addHandler(logging.NullHandler())  # without any, Python writes them to standard error


def _tell_full(error: OSError) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would fail again at the end
    why = (error.strerror or str(error)).lower()
    typer.echo(f"argosy: standard output: cannot be written ({why}); make room, or write elsewhere", err=True)


def _tell_fault(error: Exception) -> None:
    """A fault of ours in one line: what and where, and how to see the rest."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(os.path.dirname(last.filename))}/{os.path.basename(last.filename)} line {last.lineno}"
    said = f"{type(error).__name__}: {error}"[:_FAULT_CHARS]
    mend = f"please report it; {TRACEBACK}=1 shows the traceback"
    typer.echo(f"argosy: {_one_line(f'a fault of its own at {where} ({said})')}; {mend}", err=True)


def _notes(error: BaseException) -> tuple[str, ...]:
    """What was added to an error on its way, such as the command that goes on from there; LangGraph's own left out."""
    return tuple(note for note in getattr(error, "__notes__", ()) if not note.startswith("During task with name"))


def _lines(text: str) -> str:
    return "\n".join(map(_clean, text.splitlines()))


def _one_line(message: str) -> str:
    return _clean(" ".join(message.split()))


def _clean(message: str) -> str:
    from argosy.graphs.recording.redaction import Redaction
    from argosy.terminal import printable

    return printable(Redaction().text(message))
