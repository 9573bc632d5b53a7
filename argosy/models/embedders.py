"""Which embedder --embed names."""

from collections.abc import Callable
from pathlib import Path

from argosy.agents.models.budget import Budget
from argosy.detectors.records.embedder import Embedder
from argosy.detectors.records.hashed import HashedEmbedder
from argosy.detectors.records.packaged import PACKAGED, model2vec
from argosy.models.table import Models

HASHED = "hashed"
_FOLDER = "model2vec:"


def open_embedder(spec: str, models: Models, budget: Budget, seed: int, clean: Callable[[str], str]) -> Embedder:
    """The embedder of a name: hashed, wordllama, minilm, model2vec:FOLDER, PROVIDER:NAME or URL#NAME.

    `clean` takes secrets out of what is sent to a server.
    Raises BadInput for a name of no known form, and for a package, folder or key that is not there.
    """
    if spec == HASHED:
        return HashedEmbedder(seed)
    if spec in PACKAGED:
        return PACKAGED[spec]()
    if spec.startswith(_FOLDER):
        return model2vec(Path(spec.removeprefix(_FOLDER)).expanduser())
    from argosy.agents.models.embeddings import EndpointEmbedder

    facts = models.of(spec)
    return EndpointEmbedder(spec, facts, key=models.key(facts), budget=budget, clean=clean)
