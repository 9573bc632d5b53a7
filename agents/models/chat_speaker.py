"""Access to models: from a name on the command line to a speaker that counts and caps what it spends."""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from threading import BoundedSemaphore

from langchain_core.exceptions import ModelError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from argosy.agents.models.budget import Budget
from argosy.agents.models.catalog import ModelFacts, Price
from argosy.agents.models.clients import Asked, address, chat_client
from argosy.agents.models.outages import explain
from argosy.agents.models.pacing import Pace
from argosy.agents.models.sampling import drawn
from argosy.agents.models.speaker import CallKey, ModelUnavailable, Parameter, Reply, Task, Usage
from argosy.agents.models.tracing import untraced
from argosy.signals.errors import BadInput

EMBEDDED = "embedded"
_CHARS_PER_TOKEN = 2.5  # evidence is digits and brackets, which tokenizers split finely; prose has more than 4
_TOKENS_PER_MESSAGE = 8
_MOST_TOKENS_PER_CHAR = 4
_MOST_CHARS_PER_TOKEN = 50
_SLACK_TOKENS = 1_000


class ChatSpeaker:
    """A langchain chat model as a Speaker.

    `parameters` are what the replies depend on beside the messages. `failures` are the exceptions by which this
    client says that it cannot answer; any other is a fault of ours and passes. Retries are the client's own. `asked`
    holds the model as it is asked in those roles whose reply has a form that the server is told.
    """

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        *,
        is_language_model: bool,
        price: Price | None,
        budget: Budget,
        parameters: Mapping[str, Parameter],
        max_output_tokens: int,
        failures: tuple[type[Exception], ...] = (ModelError,),
        secret: str | None = None,
        pace: Pace | None = None,
        asked: Mapping[Task, Asked] | None = None,
        at_once: int | None = None,
    ) -> None:
        self.name = name
        self.is_language_model = is_language_model
        self.price = price
        self.parameters = dict(parameters)
        self._model = model
        self._budget = budget
        self._max_output_tokens = max_output_tokens
        self._failures = failures
        self._secret = secret
        self._pace = pace or Pace(None, None)
        self._asked = dict(asked or {})
        self._turns = BoundedSemaphore(at_once) if at_once else nullcontext()

    @property
    def note(self) -> str:
        """What the user should know about its costs; empty when there is nothing."""
        if self.price is not None:
            return ""
        note = f"the price of {self.name} is not known: its dollars are counted as 0"
        return note + (", and the cap on dollars does not hold" if self._budget.caps.usd is not None else "")

    def ask(self, messages: Sequence[BaseMessage], key: CallKey) -> Reply:
        """Asks once. Raises BudgetSpent before anything is sent, ModelUnavailable when no answer comes."""
        asked = sum(estimate_tokens(message.text) + _TOKENS_PER_MESSAGE for message in messages)
        expected = self._usage(asked, self._max_output_tokens, estimated=True)
        reservation = self._budget.reserve(expected)
        usage = Usage(calls=1, estimated=True)
        try:
            self._pace.take(asked + self._max_output_tokens)
            with self._turns:
                answer = self._answer(messages, key)
            usage = self._measure(answer, asked)
        except self._failures as error:
            raise ModelUnavailable(explain(self.name, error, self._secret)) from error
        finally:
            self._pace.settle(asked + self._max_output_tokens, usage.input_tokens + usage.output_tokens)
            self._budget.settle(reservation, usage)
        return Reply(self._text(answer), usage, _is_cut(answer))

    def _answer(self, messages: Sequence[BaseMessage], key: CallKey) -> AIMessage:
        model: Asked = self._asked.get(key.role, self._model)
        config: RunnableConfig = {"run_name": key.role.value, "metadata": asdict(key)}
        with untraced():
            return model.invoke(list(messages), config, **drawn(self.parameters, key))

    def _text(self, answer: AIMessage) -> str:
        """What was answered, be it as the arguments of a function; without the key, which a server might repeat."""
        text = answer.text or (json.dumps(answer.tool_calls[0]["args"]) if answer.tool_calls else "")
        return text.replace(self._secret, "[key]") if self._secret else text

    def _measure(self, answer: AIMessage, asked: int) -> Usage:
        """The server's own counts, where they can be true."""
        counted = answer.usage_metadata
        if counted is not None:
            given, written = counted["input_tokens"], counted["output_tokens"]
            chars = asked * _CHARS_PER_TOKEN
            if _plausible(given, chars) and _plausible(written, len(answer.text), self._max_output_tokens):
                return self._usage(given, written, estimated=not self.is_language_model)
        return self._usage(asked, estimate_tokens(answer.text), estimated=True)

    def _usage(self, input_tokens: int, output_tokens: int, *, estimated: bool) -> Usage:
        usd = 0.0 if self.price is None else self.price.usd(input_tokens, output_tokens)
        return Usage(1, input_tokens, output_tokens, usd, estimated)


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has, from its characters alone; rather too many than too few."""
    return math.ceil(len(text) / _CHARS_PER_TOKEN)


def _plausible(tokens: int, chars: float, unseen: int = 0) -> bool:
    """Whether a text of so many characters can have so many tokens, `unseen` beside what is shown of it."""
    least = max(min(1.0, chars), chars / _MOST_CHARS_PER_TOKEN - 1)
    return least <= tokens <= chars * _MOST_TOKENS_PER_CHAR + unseen + _SLACK_TOKENS


def open_model(
    spec: str,
    facts: ModelFacts,
    *,
    key: str | None,
    budget: Budget,
    seed: int | None = None,
    name: str | None = None,
) -> ChatSpeaker:
    """The model that `spec` names, by what is known of it; `name` is what its server is told, where not in `spec`.

    Raises BadInput for a spec of no known form, and for a provider whose key is not there. Nothing is sent yet.
    """
    parameters: dict[str, Parameter] = {"seed": seed}
    failures: tuple[type[Exception], ...] = (ModelError,)
    asked: Mapping[Task, Asked] = {}
    if spec == EMBEDDED:
        from argosy.agents.embedded import EmbeddedAuthor
        from argosy.agents.embedded.standins import STANDINS

        model: BaseChatModel = EmbeddedAuthor(seed=seed or 0)
        asked = {pattern: model.bind(pattern=pattern.value) for pattern in STANDINS}
    else:
        import openai

        url, found = address(spec, facts)
        if facts.key and not key and "#" not in spec:
            mend = f"set {facts.key}, or use a model that needs none: --model {EMBEDDED}"
            raise BadInput(f"--model {spec}", "no key", mend)
        parameters |= {
            "temperature": facts.temperature,
            "top_p": facts.top_p,
            "max_output_tokens": facts.max_output_tokens,
            "structured": facts.structured.value,
        }
        model, asked = chat_client(url, name or found, key, facts, seed)
        # The last five are what langchain raises on bodies that are no chat completion.
        failures = (
            ModelError, openai.OpenAIError, ValueError, TypeError, LookupError, AttributeError, RecursionError
        )  # fmt: skip
    return ChatSpeaker(
        model,
        spec,
        is_language_model=spec != EMBEDDED,
        price=facts.price,
        budget=budget,
        parameters=parameters,
        max_output_tokens=facts.max_output_tokens,
        failures=failures,
        secret=key,
        pace=Pace(facts.requests_per_minute, facts.tokens_per_minute),
        asked=asked,
        at_once=facts.at_once,
    )


def _is_cut(answer: AIMessage) -> bool:
    metadata = answer.response_metadata
    incomplete = metadata.get("incomplete_details") or {}
    return metadata.get("finish_reason") == "length" or incomplete.get("reason") == "max_output_tokens"
