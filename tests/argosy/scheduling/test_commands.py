"""`argosy schedule` and `argosy worker`, as a person uses them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from argosy.cli.app import app
from argosy.scheduling.workers import Workers
from argosy.settings import Settings
from argosy.store.store import open_store
from tests.argosy.inputs.sources.test_prometheus import answering
from tests.argosy.scheduling.kept import keep_detector

WAIT_S = 60.0
COMMAND = [sys.executable, "-c", "from argosy.cli.app import main; main()"]
DAILY = ("--cron", "30 3 * * *", "--zone", "Europe/Berlin")


def argosy(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"ARGOSY_HOME": str(home), "COLUMNS": "200"})


def scheduled(home: Path, *words: str) -> Result:
    return argosy(home, "schedule", "add", "latest", *DAILY, *words)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = open_store(Settings(tmp_path))
    keep_detector(store)
    store.close()
    return tmp_path


def test_a_schedule_is_added_held_resumed_and_removed(home: Path) -> None:
    row = json.loads(scheduled(home, "--gaps", "hold", "--files", "data/*.csv", "--json").stdout)
    assert (row["state"], row["cron"], row["zone"], row["missed"]) == ("active", "30 3 * * *", "Europe/Berlin", "once")
    assert row["source"]["gaps"] == "hold"
    assert Path(row["source"]["data"]["pattern"]).is_absolute()
    for verb, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        assert json.loads(argosy(home, "schedule", verb, row["schedule"][:12], "--json").stdout)["state"] == state
    assert json.loads(argosy(home, "schedule", "list", "--json").stdout) == []
    gone = argosy(home, "schedule", "run-now", row["schedule"])
    assert (gone.exit_code, "was removed" in gone.stderr) == (2, True)


def test_a_schedule_takes_the_rates_that_its_detector_was_made_on(tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path))
    keep_detector(store, reading={"rate": True, "gaps": "hold"})
    store.close()
    row = json.loads(scheduled(tmp_path, "--gaps", "zero", "--files", "web.csv", "--json").stdout)
    assert row["source"]["reading"]["rate"] is True
    assert (row["source"]["gaps"], row["source"]["reading"]["gaps"]) == ("zero", None)
    other = scheduled(tmp_path, "--gaps", "zero", "--files", "web.csv", "--no-rate")
    assert "the detector was made on rates, and these values are taken as they stand" in other.stderr
    assert "made with --gaps hold, and these points are read with --gaps zero" in other.stderr
    url = "http://a:${NO_SUCH_PASSWORD}@h:9090"
    asked = scheduled(tmp_path, "--gaps", "hold", "--prometheus", url, "--query", "a:b:rate")
    assert "the query must give such" in asked.stderr


def test_history_tells_what_waits(home: Path) -> None:
    assert "Nothing was due yet" in argosy(home, "schedule", "history").stdout
    row = json.loads(scheduled(home, "--gaps", "zero", "--files", "web.csv", "--json").stdout)
    argosy(home, "schedule", "run-now", row["schedule"])
    (run,) = json.loads(argosy(home, "schedule", "history", row["schedule"], "--json").stdout)
    assert (run["cause"], run["state"], run["outcome"]) == ("run_now", "waiting", None)
    assert run["detector"] == row["detector"]
    told = argosy(home, "schedule", "history").stdout
    assert told.splitlines()[0] == f"schedule {row['schedule']} of detector {row['detector']}"
    assert "waiting" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--files", "a.csv"), "--gaps: nothing says what a missing value means; give ignore, hold, zero, anomaly"),
        (("--gaps", "guess", "--files", "a.csv"), "--gaps guess: is not known"),
        (("--gaps", "hold"), "nothing says where newer data come from"),
        (("--gaps", "hold", "--files", "a.csv", "--sql", "sqlite:///a.db"), "--files and --sql are given"),
        (("--gaps", "hold", "--sql", "sqlite:///a.db"), "--query: goes with --sql and --prometheus"),
        (("--gaps", "hold", "--files", "a.csv", "--query", "up"), "--query: goes with"),
        (("--gaps", "hold", "--files", "a.csv", "--missed", "often"), "no policy for missed runs"),
        (("--gaps", "hold", "--files", "a.csv", "--zone", "Mars"), "there is no such time zone"),
        (("--gaps", "hold", "--files", "a.csv", "--data-zone", "Mars"), "--data-zone Mars: there is no such time zone"),
        (("--gaps", "hold", "--files", "a.csv", "--cron", "61 * * * *"), "out of range"),
        (("--gaps", "hold", "--prometheus", "http://h:9090", "--query", "requests_total"), r"ask for rate\("),
        (
            ("--gaps", "hold", "--prometheus", "http://h:9090", "--query", "up", "--rate"),
            "--rate: is for files and SQL",
        ),
        (("--gaps", "hold", "--sql", "postgresql://a:pw12345@h/d", "--query", "SELECT 1"), "a secret stands in it"),
        (("--gaps", "hold", "--files", "a.csv", "--incidents-query", "SELECT 1"), "one is no use without the other"),
    ],
)
def test_what_is_wrong_is_one_line_and_adds_nothing(home: Path, words: tuple[str, ...], said: str) -> None:
    import re

    result = scheduled(home, *words)
    assert result.exit_code == 2
    assert re.search(said, result.stderr), result.stderr
    assert result.stderr.count("\n") == 1
    assert json.loads(argosy(home, "schedule", "list", "--json").stdout) == []


def test_a_detector_that_is_not_there_cannot_be_scheduled(home: Path) -> None:
    result = argosy(home, "schedule", "add", "d-1999", *DAILY, "--gaps", "hold", "--files", "a.csv")
    assert (result.exit_code, "there is none" in result.stderr) == (2, True)
    assert "argosy schedule list lists them" in argosy(home, "schedule", "pause", "c-1999").stderr


def test_a_lease_must_be_longer_than_a_beat(home: Path) -> None:
    assert argosy(home, "worker", "--lease", "1").exit_code == 2


def test_lines_go_to_one_place(home: Path) -> None:
    refused = argosy(home, "worker", "--json", "--log", "worker.jsonl")
    assert (refused.exit_code, "give one of the two" in refused.stderr) == (2, True)


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_a_query_is_asked_once_before_it_is_scheduled(home: Path) -> None:
    refused = b'{"status": "error", "errorType": "bad_data", "error": "1:5: parse error"}'
    with answering(400, refused) as url:
        wrong = scheduled(home, "--gaps", "hold", "--prometheus", url, "--query", "sum(")
    assert (wrong.exit_code, "parse error" in wrong.stderr, wrong.stderr.count("\n")) == (2, True, 1)
    assert json.loads(argosy(home, "schedule", "list", "--json").stdout) == []
    away = scheduled(home, "--gaps", "hold", "--prometheus", "http://127.0.0.1:1", "--query", "up")
    assert (away.exit_code, "'up' was not checked" in away.stderr) == (0, True)
    unset = scheduled(home, "--gaps", "hold", "--prometheus", "http://a:${NO_SUCH_PASSWORD}@h:9090", "--query", "up")
    assert (unset.exit_code, "NO_SUCH_PASSWORD is not set" in unset.stderr) == (0, True)
    empty = b'{"status": "success", "data": {"resultType": "matrix", "result": []}}'
    with answering(200, empty) as url:
        nothing = scheduled(home, "--gaps", "hold", "--prometheus", url, "--query", "no_such_metric")
    assert (nothing.exit_code, "'no_such_metric' has no point from" in nothing.stderr) == (0, True)


@pytest.mark.slow
def test_a_worker_does_what_is_due_and_ends(home: Path) -> None:
    row = json.loads(scheduled(home, "--gaps", "hold", "--files", str(home / "none.csv"), "--json").stdout)
    argosy(home, "schedule", "run-now", row["schedule"])
    words = ("worker", "--once", "--metrics", str(home / "argosy.prom"), "--log", str(home / "log.jsonl"))
    done = subprocess.run([*COMMAND, *words], env=environment(home), capture_output=True, text=True, timeout=WAIT_S)
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(argosy(home, "schedule", "history", "--json").stdout)
    assert (run["state"], run["attempt"]) == ("waiting", 2)
    assert "there is no such file" in run["why"]
    events = [json.loads(line) for line in (home / "log.jsonl").read_text().splitlines()]
    assert [each["event"] for each in events][-3:] == ["run_waits", "worker_draining", "worker_ended"]
    assert "argosy_run_retries_total 1.0" in (home / "argosy.prom").read_text()


@pytest.mark.slow
def test_ctrl_c_lets_a_worker_go_in_order(home: Path) -> None:
    words, pipes = [*COMMAND, "worker", "--json"], {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(words, env=environment(home), text=True, **pipes)
    store = open_store(Settings(home))
    workers, until = Workers(store.database, time.time), time.monotonic() + WAIT_S
    while not workers.all():
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told, said = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, said
    assert "stopping after what is under way" in said
    events = [json.loads(line)["event"] for line in told.splitlines()]
    assert (events[0], events[-1]) == ("worker_began", "worker_ended")
    assert workers.all()[0].ended is not None
    store.close()


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ARGOSY_HOME": str(home)}
