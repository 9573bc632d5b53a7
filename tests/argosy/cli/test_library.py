"""`argosy run --library`, through the command line: rules of one series are tried on another before any model."""

import json
from pathlib import Path

import numpy as np
import pytest

from argosy.sessions.request import recall
from argosy.settings import read_settings
from argosy.store.store import open_store
from argosy.terminal import several
from tests.argosy.cli.invoking import Invoke

pytestmark = pytest.mark.slow

RUN = ["--step", "60", "--sandbox", "local", "--rounds", "1", "--candidates", "2", "--base", "mine", "--json"]


def write(path: Path, seed: int, factor: float) -> Path:
    rng = np.random.default_rng(seed)
    values, labels = 100 + rng.normal(0, 1, 1800), np.zeros(1800, dtype=int)
    for number, start in enumerate(np.linspace(100, 1700, 13).astype(int)):
        values[start : start + 6] -= 25 if number % 2 else 9
        labels[start : start + 6] = 1
    mine = (np.abs(values - 100) > 15).astype(int)
    rows = "".join(
        f"{i},{v * factor},{label},{m}\n" for i, (v, label, m) in enumerate(zip(values, labels, mine, strict=True))
    )
    path.write_text(f"index,value,label,mine\n{rows}")
    return path


def test_a_rule_of_one_series_serves_another_without_a_call_and_keeps_its_lineage(
    argosy: Invoke, tmp_path: Path
) -> None:
    first, second = write(tmp_path / "web-a.csv", 1, 1.0), write(tmp_path / "web-b.csv", 2, 37.0)
    author = json.loads(argosy("run", first, *RUN).stdout)
    assert author["rules"]
    assert author["library"] == {"tried": 0, "accepted": 0}
    result = argosy("run", second, *RUN, "--library", "web-*")
    assert result.exit_code == 0, result.output
    heir = json.loads(result.stdout)
    assert heir["usage"]["calls"] == 0
    assert heir["library"]["accepted"] >= 1
    (rule, *_) = heir["rules"]
    assert rule["ancestor"] in {each["id"] for each in json.loads(argosy("rules", "--json").stdout)}
    story = json.loads(argosy("rule", "show", rule["id"], "--json").stdout)
    assert story["parents"] == [rule["ancestor"]]

    gained = rule["events"]["lockbox"]["gained"]
    scores = heir["scores"]
    assert len(gained) == scores["fused"]["lockbox"]["detected"] - scores["base"]["lockbox"]["detected"]
    assert all(each["ends"] - each["begins"] == 6 * 60 and each["alone"] for each in gained)
    assert (
        f"events  {rule['id']} lockbox: {several(len(gained), 'incident')} gained (index "
        in argosy("show", heir["session"]).stdout
    )

    store = open_store(read_settings())
    request, _ = recall(store.sessions.find(heir["session"]))
    store.close()
    assert rule["ancestor"] in {offer.rule for offer in request.library.offers}

    refused = argosy("run", second, *RUN, "--library", "disk-*")
    assert refused.exit_code == 2
    assert "no session looked at a series of that name" in refused.output
