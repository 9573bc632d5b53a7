"""What turns the texts of records into vectors."""

from collections.abc import Callable, Sequence
from typing import Protocol, Self

import numpy as np

from argosy.signals.arrays import Floats

Document = Sequence[tuple[str, str]]
"""The texts of one record: (field, text). Empty where a record has none."""

MOST_CHARS = 6_000
"""Of a document written out, the part that a language model's embedding is asked for."""


class Embedder(Protocol):
    """Texts to vectors.

    `fit` may learn which words are usual from the training documents; `embed` gives a row for each document, shape
    (n, d) with the same d every time, and a row of NaN for a document that could not be asked for. `outward` says
    that documents leave this machine. `notes` are sentences on what was cut or left out.
    """

    name: str

    @property
    def outward(self) -> bool: ...

    @property
    def notes(self) -> Sequence[str]: ...

    def fit(self, documents: Sequence[Document]) -> Self: ...

    def embed(self, documents: Sequence[Document]) -> Floats: ...


def document_text(document: Document) -> str:
    """A document as the text that embedding models read: a line for each field, a lone field without its name."""
    if len(document) == 1:
        return document[0][1][:MOST_CHARS]
    return "\n".join(f"{field}: {text}" for field, text in document)[:MOST_CHARS]


def each_once(texts: Sequence[str], encode: Callable[[list[str]], Floats]) -> Floats:
    """Encodes every different text once, in order of appearance; shape (n, d), a row for each text."""
    places: dict[str, int] = {}
    rows = np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.int64)
    vectors: Floats = np.asarray(encode(list(places)), dtype=np.float64)[rows]
    return vectors
