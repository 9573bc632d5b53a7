"""`argosy records`, through the command line: scores, a reviewing model on a real server, and what cannot be done."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from argosy.cli.app import app
from argosy.settings import read_settings
from argosy.store.store import open_store
from tests.agents.models.chat_server import serving
from tests.agents.models.embeddings_server import embedding

Invoke = Callable[..., Result]


@pytest.fixture
def argosy() -> Invoke:
    return lambda *words: CliRunner().invoke(app, ["records", *map(str, words)])


@pytest.fixture
def signins(tmp_path: Path) -> Path:
    """Three users of 40 sign-ins; one of ann's is odd, and two users have signed in once."""
    draw = np.random.default_rng(0)
    homes = {"ann": "Rome", "bob": "Oslo", "cid": "Bari"}
    rows: list[dict[str, Any]] = [
        {"user": user, "city": city, "ms": float(draw.normal(100, 5)), "app": ("mail", "chat")[i % 2]}
        for user, city in homes.items()
        for i in range(40)
    ]
    rows[7] |= {"city": "Lagos", "ms": 180.0}
    rows += [{"user": "dan", "city": "Rome", "ms": 101.0}, {"user": "eve", "city": "Bonn", "ms": 99.0, "app": "mail"}]
    file = tmp_path / "signins.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    return file


def report(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_an_odd_record_leads_the_list_and_every_record_is_in_the_table(
    argosy: Invoke, signins: Path, tmp_path: Path
) -> None:
    found = report(argosy(signins, "--group", "user", "--json", "--out", tmp_path / "out.parquet"))
    assert (found["size"], found["groups"], found["no_opinion"]) == (122, 5, 0)
    assert (found["shown"][0]["record"], found["shown"][0]["group"]) == (8, "ann")
    assert "city 'Lagos': 1 of 40" in found["shown"][0]["unusual"]
    assert any("2 of 5 groups have fewer than 10 records" in note for note in found["notes"])
    table = pd.read_parquet(tmp_path / "out.parquet")
    assert len(table) == 122
    assert int(table["flag"].sum()) == found["flagged"]
    shown = argosy(signins, "--group", "user").stdout
    assert "flagged record 8 of ann" in shown


def test_too_few_records_to_learn_from_are_refused(argosy: Invoke, signins: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join(signins.read_text().splitlines(keepends=True)[:9]))
    for train, count in (("0.01", 1), (few, 9)):
        result = argosy(signins, "--train", train)
        assert result.exit_code == 2
        assert f"--train {train}: too few records to learn from: {count}; learn from 10 or more" in result.stderr
    assert argosy(signins, "--train", few, "--least", "5").exit_code == 0


def test_a_run_is_kept_with_its_report_and_the_stand_in_says_what_it_is(argosy: Invoke, signins: Path) -> None:
    found = report(argosy(signins, "--review", "--json", "--train", "0.5", "--percentile", "95"))
    assert found["review"]["kept"] == found["flagged"] > 0
    assert any("embedded stand-in" in note and "drops nothing" in note for note in found["notes"])
    assert any("learned from the first 61 of 122" in note for note in found["notes"])
    store = open_store(read_settings())
    row = store.sessions.find(found["session"])
    assert (row.outcome, row.base, row.report["flagged"]) == ("done", "embeddings", found["flagged"])
    assert {each.event.kind for each in store.events.of(row.id)} >= {"model", "decision", "span_end"}
    store.close()


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_a_model_keeps_and_drops_what_was_flagged_by_the_rules_of_the_business(
    argosy: Invoke, signins: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.md"
    rules.write_text("# Travel\nOnly sign-ins from Lagos matter.\n")
    with serving() as server:
        server.say('{"outliers": [1, 77], "reason": "One from Lagos.", "reasons": []}')
        model = f"{server.url}#m"
        out = tmp_path / "out.csv"
        words = ("--review", "--rules", rules, "--model", model, "--percentile", "97", "--json", "--out", out)
        found = report(argosy(signins, *words))
    review = found["review"]
    assert (review["kept"], review["made_up"], review["unread"]) == (1, 1, 0)
    assert review["dropped"] == found["flagged"] - 1 > 0
    assert found["shown"][0]["verdict"] == "kept"
    assert {each["verdict"] for each in found["shown"][1:]} == {"dropped"}
    assert found["shown"][1]["reason"] == "One from Lagos."
    assert "Only sign-ins from Lagos matter." in json.dumps(server.requests[0][2]["messages"])
    table = pd.read_csv(out)
    assert table["flag"].sum() == 1
    assert table.loc[table["verdict"] == "dropped", "score"].between(0.999, 1, inclusive="left").all()


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_vectors_of_a_server_serve_as_well_and_its_faults_are_one_line(argosy: Invoke, signins: Path) -> None:
    with embedding() as server:
        spec = f"{server.url}#m"
        found = report(argosy(signins, "--embed", spec, "--without", "ms", "--percentile", "97", "--json"))
        assert {8, 121} <= {each["record"] for each in found["shown"]}  # another town, and no app
        assert found["usage"]["calls"] == len(server.asked) == 1
        assert len(server.asked[0]) == len(set(server.asked[0]))
        server.dimensions = [4, 3]
        text = signins.with_name("texts.txt")
        text.write_text("\n".join(f"line {i} {'abcde'[i % 5]}" for i in range(60)))
        broken = argosy(text, "--embed", spec)
        assert (broken.exit_code, broken.stderr.count("\n")) == (2, 1)
        assert "3 numbers where those before it had 4" in broken.stderr
        server.dimensions = []
        spent = report(argosy(text, "--embed", spec, "--budget-calls", "1", "--json"))
    assert spent["no_opinion"] == 28
    assert any("not all records were embedded" in note for note in spent["notes"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--method", "magic"], "--method magic: is not known"),
        (["--train", "1.5"], "--train 1.5"),
        (["--train", "nowhere.csv"], "nowhere.csv"),
        (["--embed", "nonsense"], "--embed nonsense"),
        (["--embed", "model2vec:nowhere"], "no model.safetensors"),
        (["--review", "--rules", "nowhere.md"], "--rules nowhere.md"),
        (["--out", "out.txt"], "--out out.txt"),
        (["--group", "nobody"], "no such field"),
    ],
)
def test_what_cannot_be_done_is_one_line(argosy: Invoke, signins: Path, words: list[str], said: str) -> None:
    result = argosy(signins, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
