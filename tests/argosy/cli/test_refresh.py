"""The commands of what is in service: one line and exit code 2 for what a person can mend, JSON on request."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from argosy.cli.app import app
from argosy.settings import read_settings
from argosy.store.store import open_store
from tests.argosy.inputs.tables.labelled import labelled_table
from tests.argosy.service.line import Line, in_process, make_line

HELPED = ("refresh", "approvals", "approve", "reject", *(f"detector {each}" for each in ("show", "list", "retire")))


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    in_process(monkeypatch)
    return make_line(open_store(read_settings()))


@pytest.mark.parametrize("command", [*HELPED, "detector rollback"])
def test_help_gives_an_example(command: str) -> None:
    code, told = run(*command.split(), "--help")
    assert code == 0
    assert "Example: argosy" in told


def test_a_line_is_shown_listed_and_taken_back(line: Line) -> None:
    line.values[3_000:] -= 7
    line.refresh(3_400)
    new = line.refresh(3_900).live
    code, told = run("detector", "show", "latest")
    assert code == 0
    assert f"in service: {new}" in told
    assert "retune of" in told
    listed = json.loads(run("detector", "list", "--json")[1])
    assert [(each["id"], each["status"], each["predecessor"]) for each in listed] == [(new, "live", line.first)]
    assert len(json.loads(run("detector", "list", "--all", "--json")[1])) == 2
    assert json.loads(run("detector", "rollback", new, "--why", "no", "--json")[1])["live"] == line.first
    assert run("detector", "retire", line.first, "--by", "ada")[1].strip() == f"{line.first} is retired"
    code, told = run("detector", "rollback", new)
    assert (code, "has nothing in service" in told) == (2, True)


def test_an_open_question_is_listed_and_answered(line: Line) -> None:
    line.values[3_000:] -= 7
    line.refresh(3_400, approve=True)
    asked = line.refresh(3_900, approve=True)
    (told,) = json.loads(run("approvals", "--json")[1])
    assert told["id"] == asked.approval
    assert str(asked.challenger) in run("approvals")[1]
    code, said = run("approve", told["id"], "--why", "yes", "--by", "ada", "--json")
    assert (code, json.loads(said)["state"]) == (0, "promoted")
    assert run("approvals")[1].strip() == "Nothing waits for an answer."
    code, said = run("reject", told["id"], "--why", "no")
    assert (code, said.count("\n")) == (2, 1)


def test_a_refresh_is_no_session_that_goes_on(line: Line) -> None:
    line.refresh(3_000)
    for verb in ("resume", "replay"):
        code, said = run(verb, "latest")
        assert (code, said.count("\n"), "is a run of refresh" in said) == (2, 1, True)


def test_an_estimate_is_told_with_its_decision(line: Line) -> None:
    from argosy.cli.refresh import print_refreshed
    from argosy.graphs.refresh.outcomes import Cost

    done = line.refresh(3_000)
    for estimate, told in (
        (Cost(), None),
        (Cost(1.5, 1_200, 40_000, 0.25), "estimate   about 1.5 s, at most 1,200 calls, 40,000 tokens, $0.2500"),
        (Cost(1.5, 12, 400, None), "estimate   about 1.5 s, at most 12 calls, 400 tokens, price unknown"),
    ):
        console = Console(record=True, width=200)
        print_refreshed(replace(done, estimate=estimate), console)
        lines = [each.rstrip() for each in console.export_text().splitlines() if each.startswith("estimate")]
        assert lines == ([told] if told else [])


@pytest.mark.slow
def test_a_session_is_refreshed_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_process(monkeypatch)
    table, file = labelled_table(), tmp_path / "metric.csv"
    table[:2_000].to_csv(file, index=False)
    assert run("run", str(file), "--rounds", "1", "--candidates", "2", "--json")[0] == 0
    table.to_csv(file, index=False)
    code, told = run("refresh", "latest", "--json", "--key", "k")
    done = json.loads(told)
    assert (code, done["facts"]["new_points"]) == (0, 500)
    assert json.loads(run("refresh", "latest", "--json", "--key", "k")[1]) == done
    code, told = run("refresh", "latest", str(file))
    assert "decision" in told
    table.rename(columns={"value": "reading"}).assign(value=pd.NA)[["timestamp", "reading"]].to_csv(file, index=False)
    code, told = run("refresh", "latest", "--value", "value")
    assert (code, told.count("\n")) == (2, 1)
    assert run("show", done["session"])[0] == 0
