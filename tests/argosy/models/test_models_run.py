"""Models of a session through the command line: by role, fallbacks, the user's table, and what doctor says."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from argosy.cli.app import app
from tests.agents.models.hostile_server import completion, hostile, replies, sends
from tests.argosy.inputs.tables.labelled import write_labelled_csv
from tests.argosy.sessions.test_secrets import MAKE
from tests.graphs.refine.session_data import embedded

RUN = [
    "--sandbox",
    "local",
    "--run-model-code-without-isolation",
    "--rounds",
    "1",
    "--candidates",
    "2",
    "--base",
    "mine",
]


def argosy(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_labelled_csv(tmp_path / "metric.csv")


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_a_model_that_fails_is_followed_by_its_fallback_and_the_transcript_says_so(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "models.yaml"
    monkeypatch.setenv("ARGOSY_MODELS", str(table))
    failing = sends(b'{"error": {"message": "overloaded"}}', 503)
    with hostile() as server, hostile() as reviewer:
        # One answer, then none.
        server.acts += [replies(answered), failing]
        reviewer.acts.append(sends(completion('{"verdict": "accept", "reason": "fine", "feedback": ""}', _usage())))
        table.write_text(f"'house:*': {{url: '{server.url}', retries: 0, input_usd: 1, output_usd: 1}}")
        models = ["--model", "house:m|embedded", "--model", f"review={reviewer.url}#r"]
        result = argosy("run", file, *RUN, *models, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["model"] == f"house:m|embedded,review={reviewer.url}#r"
    assert report["usage"]["usd"] > 0
    events = json.loads(argosy("show", "latest", "--json").stdout)
    switched = [each for each in events if each["kind"] == "decision" and each["verdict"] == "switched"]
    assert [(each["facts"]["left"], each["facts"]["taken"]) for each in switched] == [("house:m", "embedded")]
    assert "overloaded" in switched[0]["why"]
    calls = [(each["role"], each["model"]) for each in events if each["kind"] == "model"]
    assert set(calls) >= {("detection", "house:m"), ("detection", "embedded")}
    assert {model for role, model in calls if role == "review"} <= {f"{reviewer.url}#r"}
    assert len(server.requests) <= 3  # what was in flight may fail twice; nothing is asked after that


def answered(asked: list[dict[str, str]]) -> str:
    return embedded([MAKE[each["role"]](each["content"]) for each in asked])


def _usage() -> dict[str, int]:
    return {"prompt_tokens": 500, "completion_tokens": 20, "total_tokens": 520}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("gpt-4", "no model is named like this"),
        ("openai:gpt-4.1", "set OPENAI_API_KEY"),
        ("reviewer=embedded", "there is no role 'reviewer'"),
        ("review=embedded", "names no model for detection and repair"),
        ("gguf:/no/such.gguf", "the file cannot be read"),
        ("azure:gpt", "no address for azure; give it a url in models.yaml"),
    ],
)
def test_a_model_that_cannot_be_is_one_line(file: Path, model: str, said: str) -> None:
    result = argosy("run", file, *RUN, "--model", model)
    assert result.exit_code == 2
    (line,) = result.stderr.strip().split("\n")
    assert said in line


@pytest.mark.slow
def test_doctor_explains_the_table_and_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "models.yaml"
    table.write_text(
        "'house:*': {url: 'https://models.example/v1', key: HOUSE_TOKEN, context_tokens: 8000, requests_per_minute: 30}"
    )
    monkeypatch.setenv("ARGOSY_MODELS", str(table))
    monkeypatch.setenv("HOUSE_TOKEN", "t-0123456789")
    models = "house:large|openai:gpt-4.1,review=embedded,repair=gguf:/no/such.gguf"
    result = argosy("doctor", "--model", models, "--json")
    found = json.loads(result.stdout)
    (about,) = (each["detail"] for each in found if each["part"] == "models")
    assert str(table) in about
    assert "house (HOUSE_TOKEN is set)" in about
    assert "openai (OPENAI_API_KEY is not set)" in about
    said = {each["detail"].partition(": ")[0]: each for each in found if each["part"] == "model"}
    assert said["house:large"]["health"] == "fine"
    assert "context 8,000 tokens" in said["house:large"]["detail"]
    assert "at most 30 requests a minute" in said["house:large"]["detail"]
    assert "price not known" in said["house:large"]["detail"]
    assert said["openai:gpt-4.1"]["mend"] == "set it to your key"
    assert said["gguf:/no/such.gguf"]["health"] == "missing"
    assert "t-0123456789" not in result.output


@pytest.mark.slow
def test_doctor_names_what_is_wrong_with_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "models.yaml"
    table.write_text("'house:*': {adress: 'https://models.example/v1'}")
    monkeypatch.setenv("ARGOSY_MODELS", str(table))
    result = argosy("doctor", "--json")
    assert result.exit_code == 1
    (broken,) = (each for each in json.loads(result.stdout) if each["part"] == "models")
    assert broken["health"] == "broken"
    assert "no field 'adress'" in broken["detail"]


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_an_outage_names_the_command_that_goes_on_and_an_unknown_call_shows_its_diff(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hostile(sends(b'{"error": {"message": "overloaded"}}', 503)) as server:
        table = tmp_path / "models.yaml"
        table.write_text(f"'house:*': {{url: '{server.url}', retries: 0}}")
        monkeypatch.setenv("ARGOSY_MODELS", str(table))
        result = argosy("run", file, *RUN, "--model", "house:m")
        refused = argosy("run", file, *RUN, "--model", "house:m", "--budget-usd", "1")
        estimated = argosy("run", file, *RUN, "--model", "house:m", "--budget-usd", "1", "--dry-run")
    failed = json.loads(argosy("sessions", "--json").stdout)[0]["session"]
    assert result.exit_code == refused.exit_code == estimated.exit_code == 2
    assert result.stderr.strip().endswith(f"argosy resume {failed} goes on with it")
    assert "the price of house:m is not known" in refused.stderr
    assert refused.stderr == estimated.stderr
    assert argosy("run", file, *RUN, "--seed", "3").exit_code == 0
    whole = json.loads(argosy("sessions", "--json").stdout)[0]["session"]
    again = argosy("run", file, *RUN, "--model", "replay:latest", "--candidates", "3", "--prompt-tokens", "400")
    assert again.exit_code == 2
    assert f"replay:{whole} holds no reply" in again.stderr  # the id: what is latest now is not so later
    assert "goes on with it" not in again.stderr
    assert "--- known: detection" in again.stderr
    kept = json.loads(argosy("sessions", "--json").stdout)[0]
    assert kept["model"] == f"replay:{whole}"
