"""Clients of chat completions: where a named model answers, and how it is asked in the way of its server."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable

from argosy.agents.direct import INDICES_SCHEMA
from argosy.agents.explanation import SENTENCES_SCHEMA
from argosy.agents.models.catalog import ModelFacts, Structured
from argosy.agents.models.grammars import FORMS as GRAMMARS
from argosy.agents.models.grammars import fields
from argosy.agents.models.speaker import Pattern, Role, Task
from argosy.agents.outliers import OUTLIERS_SCHEMA
from argosy.agents.rules.review import VERDICT_SCHEMA
from argosy.agents.selection import SELECTION_SCHEMA
from argosy.signals.errors import BadInput

Asked = Runnable[LanguageModelInput, AIMessage]

FORMS = "use embedded, PROVIDER:NAME, URL#NAME for any OpenAI-compatible server, or gguf:FILE"
_SCHEMAS: Mapping[Task, Mapping[str, object]] = {
    Role.REVIEW: VERDICT_SCHEMA,
    Pattern.DIRECT: INDICES_SCHEMA,
    Pattern.EXPLANATION: SENTENCES_SCHEMA,
    Pattern.OUTLIERS: OUTLIERS_SCHEMA,
    Pattern.SELECTION: SELECTION_SCHEMA,
}
"""The tasks whose reply is JSON, where a server can be held to it."""


def address(spec: str, facts: ModelFacts) -> tuple[str, str]:
    """Base URL and model name. Raises BadInput for a spec of no known form."""
    place = f"--model {spec}"
    url, mark, name = (part.strip() for part in spec.partition("#"))
    if not mark:
        provider, colon, name = (part.strip() for part in spec.partition(":"))
        if colon and facts.url is None and facts.model_fields_set:
            raise BadInput(
                place, f"no address for {provider}", f"give it a url in models.yaml: '{provider}:*': {{url: …}}"
            )
        if not colon or facts.url is None:
            raise BadInput(place, "no model is named like this", FORMS)
        if not name:
            raise BadInput(place, f"no name after '{provider}:'", f"write for instance {provider}:NAME")
        url = facts.url
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise BadInput(place, f"not an address: {error}", FORMS) from error
    if parts.username or parts.password:
        mend = "leave them out and set ARGOSY_SERVER_KEY, or name a variable as its key in models.yaml"
        raise BadInput("--model", "the URL holds a user or password", mend)
    if not usable or not name:
        raise BadInput(place, "no model is named like this", FORMS)
    return url.rstrip("/"), name


def chat_client(
    url: str, name: str, key: str | None, facts: ModelFacts, seed: int | None
) -> tuple[BaseChatModel, Mapping[Task, Asked]]:
    """The model behind an address, and how it is asked in those roles whose reply is JSON. Nothing is sent yet."""
    from langchain_openai import AzureChatOpenAI, ChatOpenAI
    from pydantic import SecretStr

    from argosy.agents.models.http import bounded_client, timeouts

    body: dict[str, Any] = {facts.length_field.value: facts.max_output_tokens}
    shared: dict[str, Any] = {
        # The client always sends a key; servers of one's own often want none.
        "api_key": SecretStr(key or "none"),
        "http_client": bounded_client(facts.timeout_s),
        "timeout": timeouts(facts.timeout_s),
        "max_retries": facts.retries,
        "temperature": facts.temperature,
        "top_p": facts.top_p,
        "seed": seed,
        "extra_body": body,
        # All servers have chat completions in common; some names would choose OpenAI's newer API by themselves.
        "use_responses_api": False,
    }
    model: BaseChatModel
    if facts.api_version is not None:
        deployment = url if "/deployments/" in url else f"{url}/openai/deployments/{name}"
        model = AzureChatOpenAI(
            base_url=deployment, azure_endpoint=None, api_version=facts.api_version, model=name, **shared
        )
    else:
        model = ChatOpenAI(model=name, base_url=url, **shared)
    numeric = {task: model.bind(extra_body={**body, **fields(facts.grammar, form)}) for task, form in GRAMMARS.items()}
    return model, {**_held_to_form(model, facts.structured, body), **numeric}


def _held_to_form(model: Any, structured: Structured, body: dict[str, Any]) -> Mapping[Task, Asked]:
    """The model as it is asked for JSON. Sent as extra fields: what comes back is read by us, also where it is cut."""
    match structured:
        case Structured.PROMPT:
            return {}
        case Structured.FUNCTION_CALLING:
            return {role: model.bind_tools([schema], tool_choice=schema["title"]) for role, schema in _SCHEMAS.items()}
        case Structured.JSON_MODE:
            form: Callable[[Mapping[str, object]], object] = lambda _: {"type": "json_object"}  # noqa: E731
        case Structured.JSON_SCHEMA:
            form = _schema_form
    return {role: model.bind(extra_body=body | {"response_format": form(each)}) for role, each in _SCHEMAS.items()}


def _schema_form(schema: Mapping[str, object]) -> object:
    return {"type": "json_schema", "json_schema": {"name": schema["title"], "schema": schema, "strict": True}}
