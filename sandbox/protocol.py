"""What a sandbox is asked, and what it answers.

Generated code that fails is a value (`Broke`, `TimedOut`, `TooBig`); machinery that fails is an exception (`errors`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """What one job may use. Times in wall-clock seconds, sizes in bytes."""

    job_s: float = 60.0
    memory_bytes: int = 1 << 30
    processes: int = 32
    message_bytes: int = 16_384  # of error text that comes back


@dataclass(frozen=True, eq=False)
class Input:
    """One series a rule is called with: values float64 and seconds int64, both shape (n,)."""

    values: Floats
    seconds: Ints


@dataclass(frozen=True)
class Evaluation:
    """One call of `detect` on the first `stop` points of an input (None: on all), with these parameters.

    The scores returned are those from index `keep_from` on; the rule has seen the points before it. Where there is a
    `stop`, no later point of the input, and no other input, is in the memory of the process that the rule runs in.
    """

    params: Mapping[str, float | int]
    input: int = 0
    stop: int | None = None
    keep_from: int = 0


@dataclass(frozen=True, eq=False)
class Job:
    """All evaluations of one candidate that travel together; `source` is its Python source."""

    source: str
    inputs: tuple[Input, ...]
    evaluations: tuple[Evaluation, ...]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, eq=False)
class Ran:
    """The rule kept its contract: `scores` float64 of the length asked for; `seconds` of processor time in `detect`."""

    scores: Floats
    seconds: float


@dataclass(frozen=True)
class Broke:
    """The rule raised, returned something else than scores, or could not be loaded.

    `error` is one line; `traceback` holds the rule's own frames, with their source lines.
    """

    error: str
    traceback: str


@dataclass(frozen=True)
class TimedOut:
    """The job's time was up during this evaluation or before it began."""

    limit_s: float


@dataclass(frozen=True)
class TooBig:
    """The rule asked for more of `what` (memory, output, processes, files) than the limit allows."""

    what: str
    limit: int


Outcome = Ran | Broke | TimedOut | TooBig


class Sandbox(Protocol):
    """Runs jobs. Safe to call from several threads at once."""

    name: str
    sealed: bool
    """Whether code by a language model may run here: no network, own process ids, and a root that shows nothing but
    Python and the input."""

    def run(self, job: Job) -> tuple[Outcome, ...]:
        """One outcome for each evaluation, in order. Raises SandboxUnavailable, and nothing else."""
        ...

    def close(self) -> None:
        """Ends every process and container that this sandbox started; the sandbox is not used afterwards."""
        ...
