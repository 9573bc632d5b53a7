"""`argosy select` and `argosy run --select`, through the command line; what earlier sessions taught joins in."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from argosy.agents.models.chain import Chain, Outages
from argosy.agents.models.speaker import Role
from argosy.cli.app import app
from argosy.detectors.cards import Card, CardKind, card_text, read_card
from argosy.inputs.tables.read_table import read_matrix
from argosy.models.open_roles import RoleSpeakers
from argosy.patterns.selection.past_results import past_results
from argosy.patterns.selection.read_source import read_detector_source
from argosy.settings import read_settings
from argosy.signals.errors import BadInput
from argosy.store.store import Store, open_store
from tests.argosy.inputs.tables.labelled import write_labelled_csv
from tests.scripted import ScriptedModel, scripted_speaker

Invoke = Callable[..., Result]


@pytest.fixture
def argosy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    monkeypatch.setenv("ARGOSY_HOME", str(tmp_path / "home"))

    def invoke(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_labelled_csv(tmp_path / "metric.csv")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(draw.normal(size=(300, 3)), columns=["a", "b", "c"])
    frame["colour"], frame["who"] = draw.choice(["red", "blue", None], 300), [f"user-{n}" for n in range(300)]
    frame["when"], frame["bad"] = pd.date_range("2026-01-01", periods=300, freq="h"), 0
    frame.to_parquet(tmp_path / "records.parquet")
    return tmp_path / "records.parquet"


MINE = {
    "name": "mine",
    "kind": "series",
    "summary": "Ours.",
    "standing": 3,
    "strengths": {"to_flag": {"weight": 3, "why": "made for it"}},
    "reviewed": False,
}


def test_a_detector_is_chosen_with_reasons_and_kept_as_a_session(argosy: Invoke, file: Path) -> None:
    result = argosy("select", file, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["choice"] == report["ranking"][0]["name"]
    assert {"no_season", "to_flag"} <= set(report["tags"])
    assert report["ranking"][0]["reasons"]
    assert (report["by"], report["usage"]["calls"]) == ("embedded", 1)
    shown = argosy("show", report["session"])
    assert "Which detector for this series?" in shown.stdout
    again = json.loads(argosy("select", "--json", file).stdout)
    assert again["ranking"] == report["ranking"]


def test_people_are_told_tags_reasons_and_who_chose(argosy: Invoke, file: Path) -> None:
    told = argosy("select", file, "--goal", "rank", "--no-past").stdout
    assert "tag     to_rank: the scores are to rank, without alarms" in told
    assert "choice  " in told
    assert "no language model, it takes the best match" in told
    assert "argosy select metric.csv" in argosy("select", "--help").stdout


def test_rows_of_a_table_are_read_as_numbers_and_what_names_them_is_left_out(argosy: Invoke, table: Path) -> None:
    matrix = read_matrix(table, ["bad"])
    assert matrix.columns == ("a", "b", "c", "colour")
    assert set(matrix.values[:, 3][~np.isnan(matrix.values[:, 3])]) == {0.0, 1.0}
    assert [note.split(" is left out: ") for note in matrix.notes] == [
        ["column 'who'", "it holds 300 different texts"],
        ["column 'when'", "it holds times"],
    ]
    report = json.loads(argosy("select", "--table", table, "--label", "bad", "--json").stdout)
    assert report["kind"] == "table"
    assert {"few_rows", "few_columns", "near_normal"} <= set(report["tags"])
    assert report["choice"] in {"mcd", "knn", "gmm", "iforest", "copod", "ecod"}
    assert len(report["notes"]) >= 2


def test_a_wide_npz_table_rules_detectors_out(argosy: Invoke, tmp_path: Path) -> None:
    np.savez(tmp_path / "wide.npz", X=np.random.default_rng(0).normal(size=(50, 400)), y=np.zeros(50))
    report = json.loads(argosy("select", "--table", tmp_path / "wide.npz", "--json").stdout)
    assert report["refused"] == {"mcd": "takes too long beyond 300 columns"}
    refused = argosy("select", "--table", tmp_path / "wide.npz", "--among", "mcd")
    assert (refused.exit_code, "leaves no detector that could run" in refused.output) == (2, True)


def test_a_card_of_ours_is_used_once_reviewed(argosy: Invoke, file: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(card_text(Card.model_validate(MINE)))
    report = json.loads(argosy("select", file, "--cards", path, "--json").stdout)
    assert report["choice"] != "mine"
    assert "nobody has reviewed it" in report["notes"][0]
    for more in (["--unreviewed"], []):
        if not more:
            path.write_text(path.read_text().replace("reviewed: false", "reviewed: true"))
        report = json.loads(argosy("select", file, "--cards", path, *more, "--json").stdout)
        assert report["choice"] == "mine"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--goal", "glory"], "--goal glory: is not known"),
        (["--among", "prophet"], "--among prophet: has no card"),
        (["--cards", "nowhere"], "nowhere: no such file or folder"),
        (["--practices", "nowhere.md"], "nowhere.md: cannot be read"),
        (["--table", "--label", "none"], "has no column 'none'"),
    ],
)
def test_what_cannot_be_used_is_one_line(argosy: Invoke, file: Path, words: list[str], problem: str) -> None:
    result = argosy("select", file, *words)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert problem in result.output


def test_odd_tables_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", Y=np.zeros(3))
    np.savez(tmp_path / "b.npz", X=np.array([[1, np.inf]] * 20))
    np.savez(tmp_path / "c.npz", X=np.array([["x"]] * 20))
    (tmp_path / "d.npz").write_bytes(b"PK\x03\x04 nonsense")
    (tmp_path / "e.csv").write_text("who\n" + "\n".join(f"user-{n}" for n in range(200)))
    (tmp_path / "f.csv").write_text("a\n1\n2\n")
    for name in "abcdef":
        path = next(tmp_path.glob(f"{name}.*"))
        with pytest.raises(BadInput, match=path.name):
            read_matrix(path)


def test_the_source_of_a_detector_is_found_without_running_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '"""A module."""\nopen("ran", "w")\n\n\nclass Mine:\n    """Counts."""\n'
    (tmp_path / "strange_module.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    unknown = read_detector_source("strange_module:Mine", CardKind.SERIES)
    assert unknown.name == "Mine"
    assert "A module." in unknown.source
    assert "open(" not in unknown.source
    assert not (tmp_path / "ran").exists()
    for wrong in (
        "strange_module",
        "strange_module:Other",
        "no_such_module:Mine",
        "math:sqrt",
        "a b:C",
        "..x:C",
        "json.no:C",
    ):
        with pytest.raises(BadInput, match="MODULE:CLASS"):
            read_detector_source(wrong, CardKind.SERIES)


def test_the_embedded_author_writes_no_card_and_a_file_is_never_overwritten(argosy: Invoke, tmp_path: Path) -> None:
    out = tmp_path / "new.yaml"
    result = argosy("select", "card", "argosy.detectors.rivals.windowed:sub_pca", "--series", "--out", out)
    assert (result.exit_code, out.exists()) == (2, False)
    assert "cannot stand in for card" in result.output
    out.write_text("mine")
    result = argosy("select", "card", "argosy.detectors.rivals.windowed:sub_pca", "--out", out)
    assert (result.exit_code, out.read_text()) == (2, "mine")


def finished(store: Store, series: str, tags: list[str], reached: dict[str, float], chosen: str = "ewma") -> None:
    row = store.sessions.begin(series, 900, "embedded", "auto")
    scores = {"base": {"lockbox": {"objective": 0.4}}}
    report = {"objective": "default", "tags": tags, "base": {"name": chosen, "reached": reached}, "scores": scores}
    store.sessions.finish(row.id, "fused", report)


def test_what_sessions_reached_is_remembered_by_series(store: Store) -> None:
    finished(store, "one", ["seasonal"], {"ewma": 0.5, "seasonal": 0.1})
    finished(store, "one", ["seasonal"], {"ewma": 0.7, "seasonal": 0.1})
    finished(store, "two", ["short"], {"ewma": 0.5})
    store.sessions.finish(store.sessions.begin("three", 9, "embedded", "auto").id, "failed", {"error": "x"})
    store.sessions.begin("four", 9, "embedded", "auto")
    (only,) = past_results(store)
    assert (only.subject, only.tags, only.reached["ewma"], only.chosen, only.held) == (
        "one",
        ("seasonal",),
        0.7,
        "ewma",
        0.4,
    )
    assert past_results(store, leave_out="one") == past_results(store, objective="point_f1") == ()


def test_past_sessions_count_in_a_choice(argosy: Invoke, file: Path) -> None:
    first = json.loads(argosy("select", file, "--json").stdout)
    store = open_store(read_settings())
    for number in range(8):
        finished(
            store, f"s{number}", first["tags"], {"iforest": 0.9, **dict.fromkeys(("robust_z", "ewma", "seasonal"), 0.1)}
        )
    store.close()
    report = json.loads(argosy("select", file, "--json").stdout)
    by_name = {each["name"]: each for each in report["ranking"]}
    assert "past: +0.800 beside the others on 8 similar subjects" in by_name["iforest"]["reasons"][-1]
    assert report["choice"] == "iforest"


@pytest.mark.slow
def test_a_session_tries_only_the_shortlist_and_can_be_replayed(argosy: Invoke, file: Path) -> None:
    few = ["--sandbox", "local", "--rounds", "1", "--candidates", "1", "--json"]
    result = argosy("run", file, "--select", *few)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert len(report["base"]["reached"]) == 3
    assert report["base"]["name"] in report["base"]["reached"]
    assert "no_season" in report["tags"]
    events = json.loads(argosy("show", report["session"], "--json").stdout)
    assert "shortlist" in json.dumps(events)
    again = argosy("replay", report["session"], "--json")
    assert again.exit_code == 0, again.output
    assert len(past_results(open_store(read_settings()))) == 1


def test_options_without_effect_are_refused(argosy: Invoke, file: Path) -> None:
    assert "leaves nothing to select" in argosy("run", file, "--select", "--base", "ewma").output
    assert "have no effect without --select" in argosy("run", file, "--practices", file).output


def spoken(monkeypatch: pytest.MonkeyPatch, *answers: str) -> ScriptedModel:
    """A scripted model in the place of the one that --model names."""
    model = ScriptedModel(answers=answers)
    speaker = scripted_speaker(model)

    @contextmanager
    def cast(*_given: object) -> Iterator[RoleSpeakers]:
        yield RoleSpeakers(dict.fromkeys(Role, Chain([speaker], Outages())), (speaker,))

    monkeypatch.setattr("argosy.patterns.pattern_run.open_roles", cast)
    return model


CARD = ("select", "card", "argosy.detectors.rivals.windowed:sub_pca", "--series", "--model", "vllm:any")


def test_a_model_drafts_a_card_that_waits_for_its_review(
    argosy: Invoke, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "new.yaml"
    drafted = {"summary": "Components.", "standing": 2, "strengths": {"to_flag": {"weight": 3, "why": "it says so"}}}
    model = spoken(monkeypatch, "I would rather not.", json.dumps({**drafted, "reviewed": True}))
    result = argosy(*CARD, "--out", out)
    assert result.exit_code == 0, result.output
    assert "set `reviewed: true`" in result.stdout
    card = read_card(out.read_text(), "new")
    assert (card.name, card.kind, card.reviewed) == ("sub_pca", CardKind.SERIES, False)
    assert "What the components with 90 %" in model.asked[0][1].text
    monkeypatch.undo()
    monkeypatch.setenv("ARGOSY_HOME", str(tmp_path / "home"))
    used = json.loads(argosy("select", file, "--cards", out, "--unreviewed", "--json").stdout)
    assert {each["name"]: each["reviewed"] for each in used["ranking"]}["sub_pca"] is False


def test_a_model_that_writes_no_card_leaves_no_file(
    argosy: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken(monkeypatch, *["no"] * 4)
    result = argosy(*CARD, "--out", tmp_path / "new.yaml")
    assert (result.exit_code, (tmp_path / "new.yaml").exists()) == (2, False)
    assert "no answer holds a card; the last because it holds no JSON object" in result.output
    assert json.loads(argosy("sessions", "--json").stdout)[0]["outcome"] == "failed"


def test_a_model_s_choice_and_a_team_s_practices(
    argosy: Invoke, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ours.md").write_text("We trust means.")
    model = spoken(monkeypatch, "{}", '{"choice": "ewma", "others": ["difference"], "reason": "They trust means."}')
    result = argosy("select", file, "--practices", tmp_path / "ours.md", "--model", "vllm:any")
    assert result.exit_code == 0, result.output
    assert "choice  ewma, by the model: They trust means." in result.stdout
    assert "note    answers that could not be used: 1" in result.stdout
    assert "We trust means." in model.asked[0][1].text
