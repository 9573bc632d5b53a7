"""What a doctor says of workers and schedules."""

import json
import time
from pathlib import Path

from typer.testing import CliRunner

from argosy.cli.app import app
from argosy.scheduling.cron import Cron
from argosy.scheduling.health import of_detectors, of_schedules, of_workers
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.scheduling.planner import plan
from argosy.scheduling.rows import Outcome, RunResult
from argosy.scheduling.runs import Runs
from argosy.scheduling.schedules import Schedules
from argosy.scheduling.workers import Workers
from argosy.settings import Settings
from argosy.store.store import Store, open_store
from tests.argosy.scheduling.kept import keep_detector

START = 1_790_000_040.0
NEXT = START + 46 * 60


def schedule(store: Store, detector: str) -> str:
    cron = Cron.read("0 * * * *")
    return Schedules(store, lambda: START).add(detector, cron, MissedPolicy.read("once"), {}, {}).id


def test_nothing_scheduled_is_fine(store: Store) -> None:
    assert of_workers(store, START).ailments == ()
    assert of_schedules(store, START).told == "0 active, 0 paused"


def test_a_schedule_without_a_worker_is_told(store: Store, detector: str) -> None:
    schedule(store, detector)
    (told,) = of_workers(store, START).ailments
    assert (told.what, told.grave) == ("no worker runs, and 1 schedule waits for one", True)


def test_a_worker_that_ended_in_order_is_not_missed_until_something_is_overdue(store: Store, detector: str) -> None:
    schedule(store, detector)
    workers = Workers(store.database, lambda: START)
    workers.enter("w-once", "here", 42, 30.0)
    workers.leave("w-once")
    (told,) = of_workers(store, START + 600).ailments
    assert (told.grave, "ended in order" in told.what) == (False, True)
    assert not of_schedules(store, START + 600).ailments
    (late,) = of_schedules(store, NEXT + 7_200).ailments
    assert late.grave


def test_a_dead_worker_is_told_and_graver_where_nobody_takes_over(store: Store, detector: str) -> None:
    Workers(store.database, lambda: START).enter("w-dead", "here", 42, 30.0)
    (told,) = of_workers(store, START + 600).ailments
    assert told.what == "worker w-dead on here (process 42) has not beaten for 10 min"
    assert told.grave
    Workers(store.database, lambda: START + 590).enter("w-alive", "here", 43, 30.0)
    health = of_workers(store, START + 600)
    assert (health.told, health.ailments[0].grave) == ("1 alive, 1 died within a day", False)
    workers = Workers(store.database, lambda: START + 600)
    workers.bury(workers.all()[0])
    assert "taken over" in of_workers(store, START + 601).ailments[0].what


def test_a_schedule_that_has_not_run_is_told(store: Store, detector: str) -> None:
    name = schedule(store, detector)
    assert of_schedules(store, NEXT + 60).ailments == ()
    (late,) = of_schedules(store, NEXT + 7_200).ailments
    assert late.what == f"schedule {name} was due 2 h ago and has not been planned"
    plan(store.database, NEXT + 1)
    (waits,) = of_schedules(store, NEXT + 3_000).ailments
    assert waits.what == f"schedule {name}: its run has waited for 50 min"


def test_a_run_that_failed_is_told(store: Store, detector: str) -> None:
    name = schedule(store, detector)
    plan(store.database, NEXT + 1)
    runs = Runs(store.database, store.redaction, lambda: NEXT + 2)
    run = runs.begin(runs.open()[0].id, "w-1")
    assert run is not None
    runs.end(run, RunResult(Outcome.REFUSED, "no column 'value'"))
    (told,) = of_schedules(store, NEXT + 60).ailments
    assert (told.what, told.grave) == (f"schedule {name}: its last run was refused: no column 'value'", False)


def test_live_detectors_past_due_and_those_that_no_schedule_looks_at_are_told_as_notes(store: Store) -> None:
    assert (of_detectors(store, START).told, of_detectors(store, START).ailments) == ("0 live", ())
    detector = keep_detector(store)
    (alone,) = of_detectors(store, START).ailments
    assert (alone.what, alone.grave) == (f"1 of 1 live in no schedule, the newest {detector}", False)
    schedule(store, detector)
    assert (of_detectors(store, START).told, of_detectors(store, START).ailments) == ("1 live", ())
    (due,) = of_detectors(store, START + 181 * 86_400).ailments
    assert (due.what, due.grave) == (f"1 of 1 live past due, the first {detector} since 2027-03-20T15:53:00Z", False)


def test_the_doctor_shows_them(tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path))
    cron = Cron.read("0 * * * *")
    Schedules(store, time.time).add(keep_detector(store), cron, MissedPolicy.read("once"), {}, {})
    store.close()
    result = CliRunner().invoke(app, ["doctor", "--json"], env={"ARGOSY_HOME": str(tmp_path)})
    found = {each["part"]: each for each in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert found["workers"]["health"] == "broken"
    assert found["schedules"] == {"part": "schedules", "health": "fine", "detail": "1 active, 0 paused", "mend": ""}
