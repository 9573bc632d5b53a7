"""What a transcript is made of: frozen, typed, versioned events, told apart by `kind`.

Prompts, replies, rules and sandbox outcomes are blobs, named by their SHA-256; an event holds the names.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    at: float = Field(description="Unix seconds when it happened")
    span: str = Field(description="the node's run within the session, such as 'propose#2'")


class SpanBegin(_Event):
    """A node starts."""

    kind: Literal["span_begin"] = "span_begin"
    node: str
    round: int


class SpanEnd(_Event):
    """A node is done."""

    kind: Literal["span_end"] = "span_end"
    node: str
    round: int
    seconds: float


class ModelCall(_Event):
    """A model was asked and answered.

    `key` names the call by model, messages, tools, parameters and place in the session; older recordings have none.
    A `replayed` reply was taken from another session's recording, and cost nothing here.
    """

    kind: Literal["model"] = "model"
    role: str
    round: int
    candidate: int
    attempt: int
    model: str
    prompt: Sha256
    reply: Sha256
    input_tokens: int
    output_tokens: int
    estimated: bool
    usd: float
    cut: bool
    seconds: float
    key: Sha256 | None = None
    parameters: dict[str, float | int | str | None] = Field(default_factory=dict)
    replayed: bool = False


class SandboxJob(_Event):
    """A candidate's code ran: `evaluations` calls, of which `outcome` is the first that was not clean, or 'ran'.

    `in_time` counts the evaluations that were done when the time was up; None where it never was. `spent_s` are the
    seconds inside the rule by evaluation, None where it did not return.
    """

    kind: Literal["sandbox"] = "sandbox"
    sandbox: str
    purpose: str
    source: Sha256
    evaluations: int
    outcome: Literal["ran", "broke", "timed_out", "too_big"]
    detail: str = ""
    seconds: float
    in_time: int | None = None
    spent_s: tuple[float | None, ...] = ()


class ScoreMeasured(_Event):
    """Something was measured on a part of the data."""

    kind: Literal["score"] = "score"
    subject: str = Field(description="'base', 'fused' or a candidate's id")
    part: Literal["train", "validation", "lockbox"]
    metrics: dict[str, float | int | None]


class Decision(_Event):
    """A gate decided; `why` is a sentence, `facts` the numbers it went by."""

    kind: Literal["decision"] = "decision"
    subject: str
    verdict: str
    why: str
    facts: dict[str, float | int | str | bool | None] = Field(default_factory=dict)


class Failure(_Event):
    """Machinery failed, and the session stopped."""

    kind: Literal["error"] = "error"
    error: str
    mend: str = ""


Event = Annotated[
    SpanBegin | SpanEnd | ModelCall | SandboxJob | ScoreMeasured | Decision | Failure, Field(discriminator="kind")
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
