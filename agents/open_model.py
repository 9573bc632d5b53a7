"""Opening a model: from a name on the command line to a speaker."""

from typing import Any

from langchain_core.exceptions import ModelError

from argosy.agents.models.addresses import address
from argosy.agents.models.budget import Budget
from argosy.agents.models.catalog import EMBEDDED, ModelFacts
from argosy.agents.models.chat_speaker import ChatSpeaker
from argosy.agents.models.clients import BoundModel, chat_model, only_answers, with_reply_form
from argosy.agents.models.pacing import Pace
from argosy.agents.models.reply_form import ReplyForm
from argosy.agents.models.speaker import Parameter, Task
from argosy.signals.errors import BadInput


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
    shared: dict[str, Any] = {
        "price": facts.price,
        "budget": budget,
        "max_output_tokens": facts.max_output_tokens,
        "secret": key,
        "pace": Pace(facts.requests_per_minute, facts.tokens_per_minute),
        "at_once": facts.at_once,
    }
    if spec == EMBEDDED:
        return _embedded(seed, shared)
    return _served(spec, facts, key, seed, name, shared)


def _embedded(seed: int | None, shared: dict[str, Any]) -> ChatSpeaker:
    from argosy.agents.embedded import EmbeddedAuthor
    from argosy.agents.embedded.standins import STANDINS

    model = EmbeddedAuthor(seed=seed or 0)

    def bind(task: Task, _form: ReplyForm | None) -> BoundModel:
        return model.bind(pattern=task.value) if task in STANDINS else model

    return ChatSpeaker(bind, EMBEDDED, is_language_model=False, parameters={"seed": seed}, **shared)


def _served(
    spec: str, facts: ModelFacts, key: str | None, seed: int | None, name: str | None, shared: dict[str, Any]
) -> ChatSpeaker:
    import openai

    url, found = address(spec, facts)
    if facts.key and not key and "#" not in spec:
        mend = f"set {facts.key}, or use a model that needs none: --model {EMBEDDED}"
        raise BadInput(f"--model {spec}", "no key", mend)
    parameters: dict[str, Parameter] = {
        "seed": seed,
        "temperature": facts.temperature,
        "top_p": facts.top_p,
        "max_output_tokens": facts.max_output_tokens,
        "structured": facts.structured.value,
    }
    model = chat_model(url, name or found, key, facts, seed)
    return ChatSpeaker(
        lambda _task, form: with_reply_form(model, form, facts),
        spec,
        is_language_model=True,
        parameters=parameters,
        failures=(ModelError, openai.OpenAIError),
        call=only_answers,
        **shared,
    )
