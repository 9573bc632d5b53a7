"""How agents speak to a model: what a call is known by, what a reply holds, and what can go wrong.

Exception
└── ModelUnavailable     no key, no server, no answer in time: the session stops and can be resumed
    └── BudgetSpent      the next call would pass a cap; nothing was asked
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

from argosy.agents.models.reply_form import ReplyForm

Parameter = float | int | str | None


class ModelUnavailable(Exception):
    """The model cannot be asked; the message says how to mend it."""


class BudgetSpent(ModelUnavailable):
    """A cap on calls, tokens, dollars or seconds would be passed."""


class Role(StrEnum):
    """Who speaks in the refinement loop."""

    DETECTION = "detection"
    REPAIR = "repair"
    REVIEW = "review"


class Pattern(StrEnum):
    """What else a model is asked for: one member for each agent beside the refinement loop."""

    LOGS = "logs"
    PROMPTER = "prompter"
    FORECASTER = "forecaster"
    DIRECT = "direct"
    EXPLANATION = "explanation"
    OUTLIERS = "outliers"
    SELECTION = "selection"
    CARD = "card"


Task = Role | Pattern


@dataclass(frozen=True)
class CallKey:
    """Which call of a session this is; with model, messages and parameters it names a recorded reply."""

    role: Task
    round: int
    candidate: int
    attempt: int = 0


@dataclass(frozen=True)
class Usage:
    """What calls cost. `estimated` when the server (or the embedded author) counted no tokens itself."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.usd + other.usd,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True)
class Reply:
    """A model's answer. `cut` when it ended at its length limit, so that code in it may be incomplete.

    `by` names who answered, where the speaker that was asked is a chain of several.
    """

    text: str
    usage: Usage
    cut: bool = False
    by: str = field(default="", compare=False)


class Speaker(Protocol):
    """Something that answers. Safe to call from several threads at once."""

    name: str
    is_language_model: bool
    """False for the embedded author alone: what it writes is trusted outside Docker and namespaces."""

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """What its replies depend on beside the messages."""
        ...

    def ask(self, messages: "Sequence[BaseMessage]", key: CallKey, form: ReplyForm | None = None) -> Reply:
        """Asks once, with the bounded retries of its client. Raises ModelUnavailable or BudgetSpent.

        `form` is what the reply should be; a server that cannot be held to one goes by the messages alone.
        """
        ...
