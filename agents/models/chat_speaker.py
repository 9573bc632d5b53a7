"""A chat model as a speaker: every call is paced, counted, and capped before it is made."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from threading import BoundedSemaphore

from langchain_core.exceptions import ModelError
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from argosy.agents.models.budget import Budget
from argosy.agents.models.catalog import Price
from argosy.agents.models.clients import BoundModel
from argosy.agents.models.outages import NoCompletion, explain, without_key
from argosy.agents.models.pacing import Pace
from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.sampling import sampling_parameters
from argosy.agents.models.speaker import CallKey, ModelUnavailable, Parameter, Reply, Task, Usage
from argosy.agents.models.tracing import untraced

_CHARS_PER_TOKEN = 2.5  # evidence is digits and brackets, which tokenizers split finely; prose has more than 4
_TOKENS_PER_MESSAGE = 8
_MOST_TOKENS_PER_CHAR = 4
_MOST_CHARS_PER_TOKEN = 50
_SLACK_TOKENS = 1_000


Bind = Callable[[Task, ReplyForm | None], BoundModel]
"""The model as it is asked for a task with a reply of a form."""


class ChatSpeaker:
    """A langchain chat model as a Speaker.

    `parameters` are what the replies depend on beside the messages. `failures` are the exceptions by which this
    client says that it cannot answer; any other is a fault of ours and passes. `call` is entered round each call, and
    may raise other exceptions in the place of the client's. Retries are the client's own.
    """

    def __init__(
        self,
        bind: Bind,
        name: str,
        *,
        is_language_model: bool,
        price: Price | None,
        budget: Budget,
        parameters: Mapping[str, Parameter],
        max_output_tokens: int,
        failures: tuple[type[Exception], ...] = (ModelError,),
        call: Callable[[], AbstractContextManager[None]] = nullcontext,
        secret: str | None = None,
        pace: Pace | None = None,
        at_once: int | None = None,
    ) -> None:
        self.name = name
        self.is_language_model = is_language_model
        self.price = price
        self.parameters = dict(parameters)
        self._bind = bind
        self._budget = budget
        self._max_output_tokens = max_output_tokens
        self._failures, self._call = failures, call
        self._secret = secret
        self._pace = pace or Pace(None, None)
        self._turns = BoundedSemaphore(at_once) if at_once else nullcontext()

    @property
    def note(self) -> str:
        """What the user should know about its costs; empty when there is nothing."""
        if self.price is not None:
            return ""
        note = f"the price of {self.name} is not known: its dollars are counted as 0"
        return note + (", and the cap on dollars does not hold" if self._budget.caps.usd is not None else "")

    def ask(self, messages: Sequence[BaseMessage], key: CallKey, form: ReplyForm | None = None) -> Reply:
        """Asks once. Raises BudgetSpent before anything is sent, ModelUnavailable when no answer comes."""
        asked = sum(estimate_tokens(message.text) + _TOKENS_PER_MESSAGE for message in messages)
        expected = self._usage(asked, self._max_output_tokens, estimated=True)
        model = self._bind(key.role, form)
        reservation = self._budget.reserve(expected)
        usage = Usage(calls=1, estimated=True)
        try:
            self._pace.take(asked + self._max_output_tokens)
            answer = self._answer(model, messages, key)
            usage = self._measure(answer, asked)
        finally:
            self._pace.settle(asked + self._max_output_tokens, usage.input_tokens + usage.output_tokens)
            self._budget.settle(reservation, usage)
        return Reply(self._text(answer), usage, _is_cut(answer))

    def _answer(self, model: BoundModel, messages: Sequence[BaseMessage], key: CallKey) -> AIMessage:
        """The model's own call, and nothing else: only its failures mean that the model is not to be had."""
        config: RunnableConfig = {"run_name": key.role.value, "metadata": asdict(key)}
        parameters = sampling_parameters(self.parameters, key)
        with self._turns, untraced():
            try:
                with self._call():
                    answer: BaseMessage = model.invoke(list(messages), config, **parameters)
            except self._failures as error:
                raise ModelUnavailable(explain(self.name, error, self._secret)) from error
        if not isinstance(answer, AIMessage):
            wrong = NoCompletion(f"the message is by the role {answer.type!r}")
            raise ModelUnavailable(explain(self.name, wrong, self._secret))
        return answer

    def _text(self, answer: AIMessage) -> str:
        """What was answered, be it as the arguments of a function; without the key, which a server might repeat."""
        text = answer.text or (json.dumps(answer.tool_calls[0]["args"]) if answer.tool_calls else "")
        return without_key(text, self._secret)

    def _measure(self, answer: AIMessage, asked: int) -> Usage:
        """The server's own counts, where they can be true."""
        counted = answer.usage_metadata
        if counted is not None:
            read, written = counted["input_tokens"], counted["output_tokens"]
            chars = asked * _CHARS_PER_TOKEN
            if _plausible(read, chars) and _plausible(written, len(answer.text), self._max_output_tokens):
                return self._usage(read, written, estimated=not self.is_language_model)
        return self._usage(asked, estimate_tokens(answer.text), estimated=True)

    def _usage(self, input_tokens: int, output_tokens: int, *, estimated: bool) -> Usage:
        usd = 0.0 if self.price is None else self.price.usd(input_tokens, output_tokens)
        return Usage(1, input_tokens, output_tokens, usd, estimated)


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has, from its characters alone; rather too many than too few."""
    return math.ceil(len(text) / _CHARS_PER_TOKEN)


def _plausible(tokens: object, chars: float, unseen: int = 0) -> bool:
    """Whether a text of so many characters can have so many tokens, `unseen` beside what is shown of it.

    Servers send whatever they like as a count, and langchain passes it on.
    """
    if not isinstance(tokens, int) or isinstance(tokens, bool):
        return False
    least = max(min(1.0, chars), chars / _MOST_CHARS_PER_TOKEN - 1)
    return least <= tokens <= chars * _MOST_TOKENS_PER_CHAR + unseen + _SLACK_TOKENS


def _is_cut(answer: AIMessage) -> bool:
    metadata = answer.response_metadata
    incomplete = metadata.get("incomplete_details") or {}
    return metadata.get("finish_reason") == "length" or incomplete.get("reason") == "max_output_tokens"
