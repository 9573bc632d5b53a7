"""Clients of chat completions: how a model is asked in the way of its server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, assert_never

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable

from argosy.agents.models.catalog import Grammar, ModelFacts, Structured
from argosy.agents.models.outages import NoCompletion
from argosy.agents.models.reply_form import JsonForm, ReplyForm, TextForm

BoundModel = Runnable[LanguageModelInput, AIMessage]
"""A chat model with what is sent beside the messages."""


def chat_model(url: str, name: str, key: str | None, facts: ModelFacts, seed: int | None) -> BaseChatModel:
    """The model behind an address. Nothing is sent yet."""
    from langchain_openai import AzureChatOpenAI, ChatOpenAI
    from pydantic import SecretStr

    from argosy.agents.models.http import bounded_client, timeouts

    shared: dict[str, Any] = {
        # The client always sends a key; servers of one's own often want none.
        "api_key": SecretStr(key or "none"),
        "http_client": bounded_client(facts.timeout_s),
        "timeout": timeouts(facts.timeout_s),
        "max_retries": facts.retries,
        "temperature": facts.temperature,
        "top_p": facts.top_p,
        "seed": seed,
        "extra_body": _body(facts),
        # All servers have chat completions in common; some names would choose OpenAI's newer API by themselves.
        "use_responses_api": False,
    }
    if facts.api_version is None:
        return ChatOpenAI(model=name, base_url=url, **shared)
    deployment = url if "/deployments/" in url else f"{url}/openai/deployments/{name}"
    return AzureChatOpenAI(
        base_url=deployment, azure_endpoint=None, api_version=facts.api_version, model=name, **shared
    )


def with_reply_form(model: BaseChatModel, form: ReplyForm | None, facts: ModelFacts) -> BoundModel:
    """The model bound to a reply form, in the way that its server supports, if it supports one."""
    match form:
        case None:
            return model
        case TextForm():
            return model.bind(extra_body={**_body(facts), **grammar_fields(facts.grammar, form)})
        case JsonForm(schema=schema):
            return _held_to_json(model, schema, facts)
    assert_never(form)


def _held_to_json(model: BaseChatModel, schema: Mapping[str, object], facts: ModelFacts) -> BoundModel:
    """Sent as extra fields: what comes back is read by us, also where it is cut."""
    match facts.structured:
        case Structured.PROMPT:
            return model
        case Structured.FUNCTION_CALLING:
            return model.bind_tools([dict(schema)], tool_choice=str(schema["title"]))
        case Structured.JSON_MODE:
            return model.bind(extra_body={**_body(facts), "response_format": {"type": "json_object"}})
        case Structured.JSON_SCHEMA:
            named = {"name": schema["title"], "schema": schema, "strict": True}
            response_format = {"type": "json_schema", "json_schema": named}
            return model.bind(extra_body={**_body(facts), "response_format": response_format})
    assert_never(facts.structured)


def grammar_fields(grammar: Grammar, form: TextForm) -> Mapping[str, Any]:
    """The fields of a request that hold the model to a form."""
    match grammar:
        case Grammar.NONE:
            return {}
        case Grammar.GBNF:
            return {"grammar": form.gbnf}
        case Grammar.GUIDED_REGEX:
            return {"guided_regex": form.regex}
        case Grammar.STRUCTURED_OUTPUTS:
            return {"structured_outputs": {"regex": form.regex}}
    assert_never(grammar)


def _body(facts: ModelFacts) -> Mapping[str, Any]:
    return {facts.length_field.value: facts.max_output_tokens}


@contextmanager
def only_answers() -> Iterator[None]:
    """Within it, what the client library raises on a body that is no such answer as was asked for is NoCompletion.

    The library raises the same kinds of exception for a fault of ours, but that before any answer has come: those pass.
    """
    from argosy.agents.models.http import exchange

    with exchange() as this:
        try:
            yield
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            if this.answered:
                raise NoCompletion(str(error)) from error
            raise
