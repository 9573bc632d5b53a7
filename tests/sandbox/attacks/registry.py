"""The table of attacks. A new attack is one function with a decorator.

The function's body becomes the body of `detect`. It returns an array whose first score is 1 once its harm is done; harm
that does not show there is told by another `Harm`. It raises, or returns less than 1, when it was stopped.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any

from argosy.sandbox.protocol import Broke, Limits, Outcome

QUICK = Limits(job_s=20.0)


class Protection(Enum):
    """What a control container may lack."""

    CALLS = auto()
    """The filter of system calls: a job's own one, and the container's."""
    FILES = auto()
    """Landlock: a job reads nothing but the libraries."""
    NOTHING_WRITABLE = auto()
    """No file system that can be written to. Without it there is a small /tmp."""
    OWN_ROOT = auto()
    """A root without anything of the host. Without it a folder of the test's shows, with a secret and a socket."""
    NETWORK = auto()
    """No network. Without it there is the host's."""
    PRIVILEGES = auto()
    """An unprivileged user without capabilities, who can get none."""
    PROCESSES = auto()
    """At most so many processes. Without it many more."""
    OWN_PROCESSES = auto()
    """The harness is process 1 of a namespace of its own. Without it that of the host."""
    LIMITS = auto()
    """Time and memory of the job. Without it twenty seconds, and what the container has."""
    HARNESS = auto()
    """A process for each job, arrays and a module for each call, a private channel, no environment, every answer
    checked. Without it a naive runner calls one rule after another and believes what it gets."""


class Harm(StrEnum):
    """How harm shows."""

    RETURNED = "the first score is 1"
    NEXT = "the next, honest rule gets no answer or a wrong one"
    FLOOD = "megabytes reach the host"
    ACCEPTED = "what is no scores is taken for scores"
    DIED = "the sandbox dies"
    FROZE = "the sandbox never answers again"


@dataclass(frozen=True)
class Attack:
    """One attack: `lacks` is what must be missing for its harm, `stopped` what becomes of it where nothing is.

    `says` is part of the error, where that is a `Broke`; `shows` part of the naive runner's report; `limits` the job's.
    """

    name: str
    source: str
    harm: Harm
    lacks: frozenset[Protection]
    stopped: type[Outcome]
    says: str
    shows: str
    limits: Limits


ATTACKS: dict[str, Attack] = {}


@dataclass(frozen=True)
class Row:
    """What the decorator is told beside the function; see Attack."""

    lacks: frozenset[Protection]
    stopped: type[Outcome] = Broke
    says: str = ""
    harm: Harm = Harm.RETURNED
    shows: str = ""
    limits: Limits = field(default_factory=lambda: QUICK)


def attack(*lacks: Protection, **told: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a function as an attack; the keywords are Row's."""
    row = Row(frozenset(lacks), **told)

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        assert name not in ATTACKS
        ATTACKS[name] = Attack(
            name, _source(function), row.harm, row.lacks, row.stopped, row.says, row.shows, row.limits
        )
        return function

    return register


def _source(function: Callable[..., Any]) -> str:
    """The function as a rule."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list, definition.name = [], "detect"
    for node in ast.walk(definition):  # annotations name what a rule has not imported
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return f'"""{function.__doc__}"""\nimport numpy as np\nimport pandas as pd\n\n\n{ast.unparse(tree)}\n'
