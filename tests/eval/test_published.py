"""Our figures beside those of the published implementations, recorded from an environment of their own."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from argosy.eval.affiliation import affiliation
from argosy.eval.ranges import range_f1
from argosy.eval.volume import volumes

_CASES = json.loads((Path(__file__).parent / "published.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", _CASES, ids=range(len(_CASES)))
def test_the_published_figures_come_out(case: dict[str, Any]) -> None:
    labels = np.array([mark == "1" for mark in case["labels"]])
    scores = np.array(case["scores"])
    flags = scores >= case["flag_at"]
    volume, (precision, recall) = volumes(labels, scores, case["buffer"]), affiliation(labels, flags)
    assert volume.pr == pytest.approx(case["vus_pr"], abs=1e-12)
    assert volume.roc == pytest.approx(case["vus_roc"], abs=1e-12)
    assert precision == pytest.approx(case["affiliation_precision"], abs=1e-12)
    assert recall == pytest.approx(case["affiliation_recall"], abs=1e-12)
    assert range_f1(labels, flags) == pytest.approx(case["range_f1"], abs=1e-12)
