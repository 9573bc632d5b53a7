"""Embeddings from any OpenAI-compatible server: in batches, counted against the budget, every text once."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import numpy as np
import openai
from langchain_core.exceptions import (
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from pydantic import BaseModel

from argosy.agents.models.addresses import address
from argosy.agents.models.budget import Budget
from argosy.agents.models.catalog import ModelFacts
from argosy.agents.models.chat_speaker import estimate_tokens
from argosy.agents.models.clients import only_answers
from argosy.agents.models.http import bounded_client, timeouts
from argosy.agents.models.outages import explain
from argosy.agents.models.pacing import Pace
from argosy.agents.models.speaker import BudgetSpent, ModelUnavailable, Usage
from argosy.detectors.records.embedder import MOST_CHARS, Document, document_text, each_once
from argosy.signals.arrays import Floats
from argosy.signals.errors import BadInput

BATCH_TEXTS = 32
"""An answer with more than twice as many vectors of 3,072 numbers would be longer than any answer may be."""

BATCH_CHARS = 32_000

_EMPTY = "(empty)"  # servers refuse a text of nothing
_KINDS: tuple[tuple[type[Exception], type[ModelError]], ...] = (
    (openai.APITimeoutError, ModelTimeoutError),
    (openai.APIConnectionError, ModelConnectionError),
    (openai.AuthenticationError, ModelAuthenticationError),
    (openai.PermissionDeniedError, ModelPermissionDeniedError),
    (openai.NotFoundError, ModelNotFoundError),
    (openai.RateLimitError, ModelRateLimitError),
    (openai.BadRequestError, ModelInvalidRequestError),
    (openai.APIStatusError, ModelError),
)
"""What the client raises, as the kinds that outages are explained by; a time-out is also a lost connection."""


class _Vector(BaseModel):
    index: int
    embedding: list[float | None]


class _Answer(BaseModel):
    """The part of an answer that is used; the client checks nothing of it."""

    data: list[_Vector]
    usage: object = None


class EndpointEmbedder:
    """Texts to vectors by a server's `/embeddings`. An `Embedder`; what it is given leaves this machine.

    A budget that is spent leaves the texts after it without a vector, and `notes` says so. An answer with another
    dimension than those before it, with other texts than asked for, or with what is no number raises ModelUnavailable:
    vectors of two models cannot be compared. Retries are the client's own, as many as `facts.retries`.
    """

    outward = True

    def __init__(
        self,
        spec: str,
        facts: ModelFacts,
        *,
        key: str | None,
        budget: Budget,
        clean: Callable[[str], str] = lambda text: text,
    ) -> None:
        """Nothing is sent yet; `clean` takes secrets out of what will be.

        Raises BadInput for a spec of no known form, and where a key is wanted and not there.
        """
        url, self._model = _address(spec, facts)
        if facts.key and not key and "#" not in spec:
            raise BadInput(f"--embed {spec}", "no key", f"set {facts.key}, or use one that needs none: --embed hashed")
        self.name = spec
        self.usage = Usage()
        self.dimension: int | None = None
        self._facts, self._secret, self._budget = facts, key, budget
        self._pace = Pace(facts.requests_per_minute, facts.tokens_per_minute)
        self._clean = clean
        self._known: dict[str, Floats] = {}
        self._cut = 0
        self._spent = ""
        self._client = openai.OpenAI(
            base_url=url,
            api_key=key or "none",
            http_client=bounded_client(facts.timeout_s),
            timeout=timeouts(facts.timeout_s),
            max_retries=facts.retries,
        )

    @property
    def notes(self) -> Sequence[str]:
        said = [f"{self._cut} records are embedded by their first {MOST_CHARS:,} characters"] if self._cut else []
        return [*said, f"not all records were embedded: {self._spent}"] if self._spent else said

    def fit(self, documents: Sequence[Document]) -> Self:  # noqa: ARG002
        """Nothing is learned: the server's model is what it is."""
        return self

    def embed(self, documents: Sequence[Document]) -> Floats:
        """A row for each document, NaN where the budget did not reach. Raises ModelUnavailable."""
        texts = [self._clean(document_text(document)) or _EMPTY for document in documents]
        self._cut = max(self._cut, sum(len(text) >= MOST_CHARS for text in texts))
        return each_once(texts, self._vectors)

    def _vectors(self, texts: list[str]) -> Floats:
        asked = [text for text in texts if text not in self._known]
        for batch in _batches(asked):
            if self._spent:
                break
            try:
                self._known.update(zip(batch, self._ask(batch), strict=True))
            except BudgetSpent as spent:
                self._spent = str(spent)
        missing = np.full(self.dimension or 1, np.nan)
        return np.array([self._known.get(text, missing) for text in texts]).reshape(len(texts), len(missing))

    def _ask(self, batch: list[str]) -> Floats:
        """The vectors of one batch, shape (texts, d)."""
        estimated = sum(map(estimate_tokens, batch))
        reservation = self._budget.reserve(self._usage(estimated, estimated=True))
        usage = Usage(calls=1, estimated=True)
        try:
            self._pace.take(estimated)
            answer = self._answer(batch)
            vectors = self._read(answer, len(batch))
            usage = self._measured(answer, estimated)
        finally:
            self._pace.settle(estimated, usage.input_tokens)
            self._budget.settle(reservation, usage)
            self.usage += usage
        return vectors

    def _answer(self, batch: list[str]) -> _Answer:
        """What the server says. Only its own failures, and bodies without embeddings, mean that it is not to be had."""
        try:
            with only_answers():
                answer = self._client.embeddings.create(model=self._model, input=batch, encoding_format="float")
                return _Answer.model_validate(answer, from_attributes=True)
        except (openai.OpenAIError, ModelError) as error:
            raise ModelUnavailable(self._explained(error)) from error

    def _read(self, answer: _Answer, count: int) -> Floats:
        """The vectors in the order asked for; servers may answer in another."""
        found = {each.index: each.embedding for each in answer.data}
        if sorted(found) != list(range(count)) or len(answer.data) != count:
            raise _unusable(self.name, f"{len(answer.data)} vectors came for {count} texts")
        known = self.dimension or len(found[0])
        other = next((len(found[place]) for place in range(count) if len(found[place]) != known), None)
        if other is not None:
            raise _unusable(self.name, f"a vector has {other} numbers where those before it had {known}")
        vectors = np.array([found[place] for place in range(count)], dtype=np.float64)
        if not known or not np.isfinite(vectors).all():
            raise _unusable(self.name, "a vector is empty or holds what is no number")
        self.dimension = known
        return vectors

    def _measured(self, answer: _Answer, estimated: int) -> Usage:
        """The server's count where it can be true."""
        counted = getattr(answer.usage, "prompt_tokens", None)
        if isinstance(counted, int) and 0 < counted <= 10 * estimated:
            return self._usage(counted, estimated=False)
        return self._usage(estimated, estimated=True)

    def _usage(self, tokens: int, *, estimated: bool) -> Usage:
        price = self._facts.price
        usd = 0.0 if price is None else price.usd(tokens, 0)
        return Usage(1, tokens, 0, usd if math.isfinite(usd) else 0.0, estimated)

    def _explained(self, error: Exception) -> str:
        kind = next((mapped for raised, mapped in _KINDS if isinstance(error, raised)), None)
        return explain(self.name, kind(str(error)) if kind else error, self._secret)


def _unusable(name: str, problem: str) -> ModelUnavailable:
    return ModelUnavailable(f"{name}: {problem}; ask a server that answers with one embedding model, or --embed hashed")


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    chars = 0
    for text in texts:
        if batch and (len(batch) == BATCH_TEXTS or chars + len(text) > BATCH_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(text)
        chars += len(text)
    if batch:
        yield batch


def _address(spec: str, facts: ModelFacts) -> tuple[str, str]:
    try:
        return address(spec, facts)
    except BadInput as bad:
        place = bad.place.replace("--model", "--embed")
        mend = "use hashed, wordllama, minilm, model2vec:FOLDER, PROVIDER:NAME or URL#NAME of a compatible server"
        raise BadInput(place, bad.problem, mend) from bad
