"""Access to models: from a name on the command line to a speaker that counts and caps what it spends."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

from langchain_core.exceptions import ModelError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from pydantic import SecretStr

from agents.budget import Budget
from agents.outages import explain
from agents.prices import Price, Prices
from agents.speech import CallKey, ModelUnavailable, Reply, Usage
from signals.errors import BadInput

Parameter = float | int | None

_FORMS = "use 'embedded', 'openai:NAME', or 'URL#NAME' for any OpenAI-compatible server (http://127.0.0.1:8089/v1#qwen)"
_OPENAI_URL = "https://api.openai.com/v1"
_CHARS_PER_TOKEN = 2.5  # evidence is digits and brackets, which tokenizers split finely; prose has more than 4
_TOKENS_PER_MESSAGE = 8


class ChatSpeaker:
    """A langchain chat model as a Speaker.

    `parameters` are what the replies depend on beside the messages. `failures` are the exceptions by which this
    client says that it cannot answer; any other is a fault of ours and passes. Retries are the client's own.
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
            answer = self._model.invoke(list(messages), {"run_name": key.role.value, "metadata": asdict(key)})
            usage = self._measure(answer, asked)
        except self._failures as error:
            raise ModelUnavailable(explain(self.name, error, self._secret)) from error
        finally:
            self._budget.settle(reservation, usage)
        return Reply(answer.text, usage, _is_cut(answer))

    def _measure(self, answer: AIMessage, asked: int) -> Usage:
        counted = answer.usage_metadata
        if counted is None:
            return self._usage(asked, estimate_tokens(answer.text), estimated=True)
        return self._usage(counted["input_tokens"], counted["output_tokens"], estimated=not self.is_language_model)

    def _usage(self, input_tokens: int, output_tokens: int, *, estimated: bool) -> Usage:
        usd = 0.0 if self.price is None else self.price.usd(input_tokens, output_tokens)
        return Usage(1, input_tokens, output_tokens, usd, estimated)


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has, from its characters alone; rather too many than too few."""
    return math.ceil(len(text) / _CHARS_PER_TOKEN)


def open_model(
    spec: str,
    *,
    key: str | None,
    prices: Prices,
    budget: Budget,
    timeout_s: float = 120.0,
    max_retries: int = 2,
    temperature: float | None = 0.75,
    top_p: float | None = 0.95,
    max_output_tokens: int = 4096,
    seed: int | None = None,
) -> ChatSpeaker:
    """The model that `spec` names. A parameter that is None is left to the server.

    Raises BadInput for a spec of no known form, and for 'openai:' without a key. Nothing is sent yet.
    """
    parameters: dict[str, Parameter] = {"seed": seed}
    failures: tuple[type[Exception], ...] = (ModelError,)
    if spec == "embedded":
        from agents.embedded import EmbeddedAuthor

        model: BaseChatModel = EmbeddedAuthor(seed=seed or 0)
    else:
        import openai
        from langchain_openai import ChatOpenAI

        url, name, secret = _address(spec, key)
        parameters |= {"temperature": temperature, "top_p": top_p, "max_output_tokens": max_output_tokens}
        # Servers other than OpenAI's know the length limit by its older name only.
        older = None if url == _OPENAI_URL else {"max_tokens": max_output_tokens}
        model = ChatOpenAI(
            model=name,
            base_url=url,
            api_key=SecretStr(secret),
            timeout=timeout_s,
            max_retries=max_retries,
            temperature=temperature,
            top_p=top_p,
            seed=seed,
            max_completion_tokens=max_output_tokens if older is None else None,
            extra_body=older,
            stream_usage=True,
        )
        # The last four are what langchain raises on bodies that are no chat completion.
        failures = (ModelError, openai.OpenAIError, ValueError, TypeError, LookupError, AttributeError)
    return ChatSpeaker(
        model,
        spec,
        is_language_model=spec != "embedded",
        price=prices.of(spec),
        budget=budget,
        parameters=parameters,
        max_output_tokens=max_output_tokens,
        failures=failures,
        secret=key,
    )


def _address(spec: str, key: str | None) -> tuple[str, str, str]:
    """Base URL, model name and key. Servers of one's own often want no key, but the client sends one always."""
    place = f"--model {spec}"
    if spec.startswith("openai:"):
        name = spec.removeprefix("openai:").strip()
        if not name:
            raise BadInput(place, "no name after 'openai:'", "write for instance openai:gpt-4.1-mini")
        if not key:
            raise BadInput(place, "no key", "set OPENAI_API_KEY, or use a model that needs none: --model embedded")
        return _OPENAI_URL, name, key
    url, _, name = (part.strip() for part in spec.partition("#"))
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise BadInput(place, f"not an address: {error}", _FORMS) from error
    if not usable or not name:
        raise BadInput(place, "no model is named like this", _FORMS)
    if parts.username or parts.password:
        raise BadInput("--model", "the URL holds a user or password", "leave them out and set ARGOSY_SERVER_KEY")
    return url.rstrip("/"), name, key or "none"


def _is_cut(answer: AIMessage) -> bool:
    metadata = answer.response_metadata
    incomplete = metadata.get("incomplete_details") or {}
    return metadata.get("finish_reason") == "length" or incomplete.get("reason") == "max_output_tokens"
