"""Why a model did not answer, and what its user can do about it, in one line."""

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)

_MESSAGE_CHARS = 300
SHORTEST_KEY = 8


class AnswerTooLong(ModelError):
    """The server sends more than any answer may have."""


class NoCompletion(ModelError):
    """The server answers with what is no chat completion, or no embeddings."""


_NO_COMPLETION = ("the answer is not that of an OpenAI-compatible server", "check that the URL ends in /v1")
# A time-out comes before a lost connection: clients raise it as a kind of it.
_MENDS: tuple[tuple[type[Exception], str, str], ...] = (
    (NoCompletion, *_NO_COMPLETION),
    (AnswerTooLong, "this is no answer", "use another model or server"),
    (
        ModelAuthenticationError,
        "the key was refused",
        "check the key: argosy doctor --model tells which variable holds it",
    ),
    (ModelPermissionDeniedError, "the key may not use this model", "choose another model, or ask its owner for access"),
    (ModelNotFoundError, "there is no such model, or no API at this address", "check the name and the end of the URL"),
    (ModelRateLimitError, "too many requests, or the quota is used up", "wait, or raise the quota, and run it again"),
    (ModelTimeoutError, "no answer in time", "use a faster model, and run it again"),
    (ModelConnectionError, "no connection", "start the server or check the address, and run it again"),
    (ContextOverflowError, "the prompt is longer than the model reads", "use a model with a longer context"),
    (ModelInvalidRequestError, "the request was refused", "check the model's name, and its parameters in models.yaml"),
    (ModelError, "the server failed", "run it again later, or use another model"),
)


def without_key(text: str, key: str | None) -> str:
    """The text with a note in place of the key; one so short that it would shred ordinary text is no secret.

    >>> without_key("no 12345678 here", "12345678"), without_key("extra text", "x")
    ('no [key] here', 'extra text')
    """
    return text.replace(key, "[key]") if key and len(key) >= SHORTEST_KEY else text


def explain(model: str, error: Exception, secret: str | None = None) -> str:
    """One line: the model, what happened, what the server said (without `secret`), and the mend."""
    problem, mend = next((row[1:] for row in _MENDS if isinstance(error, row[0])), _NO_COMPLETION)
    said = " ".join(str(error).split())
    said = without_key(said, secret)[:_MESSAGE_CHARS]
    # A server that refuses a key may quote parts of it.
    if isinstance(error, ModelAuthenticationError) or not said:
        return f"{model}: {problem}; {mend}"
    return f"{model}: {problem} ({said}); {mend}"
