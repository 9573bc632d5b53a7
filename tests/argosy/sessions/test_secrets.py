"""Thirty secrets are planted in files, names, replies and errors; afterwards all that is left is searched for them."""

import json
import logging
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from typer.testing import CliRunner

from argosy.cli.app import app
from argosy.graphs.recording.redaction import Redaction
from tests.agents.models.hostile_server import hostile, replies, sends
from tests.argosy.inputs.tables.labelled import labelled_table
from tests.graphs.refine.session_data import embedded
from tests.secrets import HIDDEN, SECRETS

MAKE: dict[str, Callable[[str], BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
SERVER_KEY = "house-key-7f3d9c2e"


def test_there_are_thirty_and_each_goes():
    assert len(SECRETS) == 30
    for name, secret in SECRETS.items():
        for around in ("{}", "key: {}.", '{{"k":"{}"}}', "a\n{}\nb", "# {} #"):
            assert HIDDEN[name] not in Redaction().text(around.format(secret)), name


@pytest.fixture
def planted(tmp_path: Path) -> list[str]:
    """A file whose name, columns, series and incident notes hold secrets; as the arguments that name them."""
    table = labelled_table()
    names = {"value": f"value {SECRETS['GitHub']}", "timestamp": f"time {SECRETS['OpenAI']}"}
    series = f"cpu of {SECRETS['e-mail']} {SECRETS['Databricks']}"
    path = tmp_path / f"metric {SECRETS['JWT']}.csv"
    table.drop(columns="label").rename(columns=names).assign(id=series).to_csv(path, index=False)
    starts = table.timestamp[table.label.diff() == 1].tolist()
    notes = tmp_path / "incidents.json"
    rows = [
        {"start": start, "end": start + 480, "kind": " ".join(SECRETS.values()), "author": SECRETS["e-mail"]}
        for start in starts
    ]
    notes.write_text(json.dumps(rows))
    columns = ["--id-column", "id", "--value", names["value"], "--time", names["timestamp"]]
    return [str(path), *columns, "--base", "mine", "--incidents", str(notes)]


def confiding(messages: list[dict[str, str]]) -> str:
    """What the embedded author answers, with every secret, and the key of this server, in and around its rule."""
    reply = embedded([MAKE[each["role"]](each["content"]) for each in messages])
    said = "\n".join([*SECRETS.values(), SERVER_KEY])
    comments = "".join(f"# {line}\n" for line in said.split("\n"))
    if "def detect" not in reply:
        return reply.replace('"reason": "', '"reason": "ask jane.doe+alerts@mail.example.com ', 1)
    head, _, tail = reply.partition('"""')
    return f"{said}\n\n{head}" + f'"""Written by {SECRETS["e-mail"]}: {SECRETS["Stripe"]}. {tail}'.replace(
        "\nPARAMS", f"\n{comments}\nPARAMS", 1
    )


def left_in(home: Path) -> Iterator[tuple[str, bytes]]:
    """All that a folder holds, what is compressed in a database taken apart."""
    for path in home.rglob("*"):
        if path.is_file():
            yield path.name, path.name.encode() + path.read_bytes()
    for path in home.rglob("*.db"):
        with sqlite3.connect(path) as database:
            database.text_factory = bytes
            tables = [row[0].decode() for row in database.execute("select name from sqlite_master where type='table'")]
            for table in tables:
                for row in database.execute(f"select * from {table}"):
                    for cell in row:
                        data = cell if isinstance(cell, bytes) else str(cell).encode()
                        yield table, zlib.decompress(data) if data[:1] == b"\x78" else data


def found_in(places: Iterator[tuple[str, bytes]]) -> set[tuple[str, str]]:
    hidden = {name: secret.encode() for name, secret in HIDDEN.items()} | {"server": SERVER_KEY.encode()}
    return {(place, name) for place, data in places for name, secret in hidden.items() if secret in data}


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_nothing_that_is_left_of_a_session_holds_a_secret(
    planted: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for library in ("openai", "httpx2", "langchain_openai", "sqlalchemy"):
        caplog.set_level(logging.DEBUG, logger=library)
    monkeypatch.setenv("ARGOSY_SERVER_KEY", SERVER_KEY)
    home, outputs = tmp_path / "kept", list[str]()
    monkeypatch.setenv("ARGOSY_HOME", str(home))

    def argosy(*words: object) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words])
        outputs.append(result.output)
        assert result.exit_code == 0, result.output
        return result.stdout

    with hostile() as server:
        server.acts.append(replies(confiding))
        url = f"{server.url}#m"
        options = ["--sandbox", "local", "--run-model-code-without-isolation", "--rounds", "1", "--candidates", "2"]
        report = json.loads(
            argosy("run", *planted, "--model", url, *options, "--picture", tmp_path / "out.png", "--json")
        )
    assert report["rules"], report["outcome"]
    assert "[removed: e-mail address]" in report["series"]["id"]
    assert all(headers["authorization"] == f"Bearer {SERVER_KEY}" for _, headers, _ in server.requests)
    scores = tmp_path / "scores.parquet"
    argosy("score", "latest", *planted[:7], "--out", scores, "--run-model-code-without-isolation")
    outputs.append(pd.read_parquet(scores).to_csv())
    for words in (
        ["show", "latest"],
        ["show", "latest", "--json"],
        ["rules"],
        ["rules", "--json"],
        ["sessions", "--json"],
    ):
        argosy(*words)
    argosy("rule", "show", report["rules"][0]["id"])
    assert any(b"[removed: API key]" in data for _, data in left_in(home))
    exported = [("picture", (tmp_path / "out.png").read_bytes()), ("scores", scores.read_bytes())]
    told = [(f"output {at}", output.encode()) for at, output in enumerate(outputs)]
    logged = [("log", record.getMessage().encode()) for record in caplog.records]
    assert not found_in(iter([*left_in(home), *exported, *told, *logged]))


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_an_error_that_repeats_secrets_is_told_and_kept_without_them(
    planted: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGOSY_SERVER_KEY", SERVER_KEY)
    home = tmp_path / "kept"
    monkeypatch.setenv("ARGOSY_HOME", str(home))
    for secret in (SERVER_KEY, SECRETS["OpenAI"], SECRETS["database"]):
        body = json.dumps({"error": {"message": f"your request with {secret} failed"}}).encode()
        with hostile(sends(body, 400)) as server:
            options = ["--sandbox", "local", "--run-model-code-without-isolation"]
            result = CliRunner().invoke(app, ["run", *planted, "--model", f"{server.url}#m", *options])
        assert result.exit_code == 2
        assert "the request was refused" in result.output
        assert not found_in(iter([*left_in(home), ("output", result.output.encode())]))
