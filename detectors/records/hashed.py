"""Embedding without a model: hashed words weighed by rarity, reduced by singular vectors. Nothing is downloaded."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import TfidfTransformer

from argosy.detectors.records.embedder import Document
from argosy.detectors.records.fields import NAME_CHARS, are_ids
from argosy.detectors.records.words import words
from argosy.signals.arrays import Floats

DIMENSIONS = 16
"""Each is standardised and so weighs as much as the first: more of them would drown what sets records apart."""

FEATURES = 1 << 18
FIT_DOCUMENTS = 20_000
"""Singular vectors are found on at most so many documents, drawn by chance."""

_CACHED_FIELDS = 200_000


class HashedEmbedder:
    """TF-IDF of hashed words and values in at most 16 dimensions, one more for what they leave, one for what is new.

    A short value counts as a whole and by its words, so that a new address or country is seen; a field whose values
    hardly ever come back counts by its words alone. New is what at most one training document has. Same documents and
    seed, same vectors.
    """

    name = "hashed"
    outward = False
    notes: Sequence[str] = ()

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._ids = frozenset[str]()
        self._hasher = FeatureHasher(FEATURES, input_type="string", alternate_sign=False)
        self._weights = TfidfTransformer(sublinear_tf=True)
        self._seldom = np.zeros(FEATURES, dtype=np.bool_)
        self._directions: Floats = np.zeros((0, FEATURES))

    def fit(self, documents: Sequence[Document]) -> Self:
        self._ids = _ids(documents)
        hashed = self._hashed(documents)
        weighed = self._weights.fit_transform(hashed)
        self._seldom = np.bincount(hashed.indices, minlength=FEATURES) <= 1
        most = min(DIMENSIONS, weighed.shape[0] - 1)
        if most > 0 and weighed.nnz:
            self._directions = self._singular(weighed, most)
        return self

    def embed(self, documents: Sequence[Document]) -> Floats:
        weighed = self._weights.transform(self._hashed(documents))
        inside: Floats = np.asarray(weighed @ self._directions.T, dtype=np.float64)
        whole = np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel()
        rest = np.sqrt(np.maximum(whole - np.square(inside).sum(axis=1), 0.0))
        seldom = np.sqrt(np.asarray(weighed.multiply(weighed) @ self._seldom.astype(np.float64)))
        return np.column_stack((inside, rest, seldom))

    def _singular(self, weighed: sparse.csr_matrix, most: int) -> Floats:
        if weighed.shape[0] > FIT_DOCUMENTS:
            drawn = np.random.default_rng(self._seed).choice(weighed.shape[0], FIT_DOCUMENTS, replace=False)
            weighed = weighed[np.sort(drawn)]
        seen = np.unique(weighed.indices)  # of a quarter of a million hashes a table uses a few thousand
        directions = np.zeros((min(most, len(seen)), FEATURES))
        model = TruncatedSVD(len(directions), random_state=self._seed, n_iter=4)
        with np.errstate(all="ignore"):  # documents that are all alike have no variance to explain
            model.fit(weighed[:, seen])
        directions[:, seen] = model.components_
        return directions

    def _hashed(self, documents: Sequence[Document]) -> sparse.csr_matrix:
        known: dict[tuple[str, str], list[str]] = {}
        hashed: sparse.csr_matrix = self._hasher.transform(self._tokens(document, known) for document in documents)
        return hashed

    def _tokens(self, document: Document, known: dict[tuple[str, str], list[str]]) -> list[str]:
        found: list[str] = []
        for pair in document:
            tokens = known.get(pair)
            if tokens is None:
                tokens = self._of_field(*pair)
                if len(known) < _CACHED_FIELDS:
                    known[pair] = tokens
            found += tokens
        return found

    def _of_field(self, field: str, text: str) -> list[str]:
        tokens = [f"{field}:{word}" for word in words(text)]
        if len(text) <= NAME_CHARS and field not in self._ids:
            tokens.append(f"{field}={text}")
        return tokens


def _ids(documents: Sequence[Document]) -> frozenset[str]:
    """The fields whose values hardly ever come back."""
    values: dict[str, list[str]] = {}
    for document in documents:
        for field, text in document:
            values.setdefault(field, []).append(text)
    return frozenset(field for field, texts in values.items() if are_ids(texts))
