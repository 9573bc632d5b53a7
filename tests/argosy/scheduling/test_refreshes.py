"""What a run does: the source is read, the detector refreshed once; whatever goes wrong is an outcome."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from argosy.scheduling.cron import Cron
from argosy.scheduling.missed_policy import MissedPolicy
from argosy.scheduling.perform import RefreshPerformer, RequestSpec, check_scheduled
from argosy.scheduling.rows import Cause, Outcome, RunResult, RunRow, RunState, ScheduleRow
from argosy.scheduling.schedules import Schedules
from argosy.service.known_series import NO_LABELS
from argosy.service.refresh import RefreshResult, ShadowPeriod
from argosy.sessions.transcript import read_transcript
from argosy.signals.errors import BadInput
from argosy.store.status_rows import Status, StatusChange
from argosy.store.store import Store
from tests.argosy.scheduling.kept import keep_detector
from tests.argosy.service.line import MADE, START, STEP_S, Line, in_process, make_line
from tests.argosy.workspaces import workspace_of


@pytest.fixture
def line(store: Store, monkeypatch: pytest.MonkeyPatch) -> Line:
    in_process(monkeypatch)
    made = make_line(store)
    made.values[3_000:] -= 7.0
    return made


def write(line: Line, folder: Path, stop: int, start: int = MADE - 200, **renamed: str) -> str:
    """The points of the line as a file of the user's."""
    rows = slice(start, stop)
    columns = {
        "timestamp": [START + STEP_S * n for n in range(start, stop)],
        "value": line.values[rows],
        "label": line.labels[rows].astype(int),
        "mine": [0] * (stop - start),
    }
    path = folder / "web.csv"
    pd.DataFrame(columns).rename(columns=renamed).to_csv(path, index=False)
    return str(path)


def schedule(line: Line, pattern: str, **asked: object) -> ScheduleRow:
    source = {"data": {"kind": "files", "pattern": pattern}, "gaps": "ignore"}
    request = RequestSpec.model_validate({"shadow_days": None, "shadow_points": 0, "rounds": 1, **asked})
    cron = Cron.read("0 0 1 1 *")
    return Schedules(line.store, line.clock).add(line.first, cron, MissedPolicy.read("once"), source, request.as_json())


def perform(line: Line, row: ScheduleRow, stop: int, name: str = "run") -> RunResult:
    due = float(START + STEP_S * stop)
    run = RunRow(name, row.id, due, Cause.CRON, due, RunState.RUNNING, claim="c")
    refresher = RefreshPerformer(workspace_of(line.store, clock=line.clock), {})
    return refresher.perform(row, run, lambda: False)


@pytest.mark.slow
def test_a_run_refreshes_and_its_refresh_is_a_transcript(line: Line, tmp_path: Path) -> None:
    row = schedule(line, write(line, tmp_path, 3_600))
    ended = perform(line, row, 3_600)
    assert (ended.outcome, ended.facts["decision"], ended.facts["state"]) == (Outcome.REFRESHED, "retune", "promoted")
    assert line.status(str(ended.facts["live"])) is Status.LIVE
    nodes = [each.node for each in read_transcript(line.store, str(ended.facts["session"])).sections]
    assert nodes[:2] == ["look", "decide"]
    assert perform(line, row, 3_600) == ended, "the same run again is the same refresh"
    assert len(line.store.refreshes.of_line(line.first)) == 1


@pytest.mark.slow
def test_a_run_looks_no_further_than_its_moment(line: Line, tmp_path: Path) -> None:
    row = schedule(line, write(line, tmp_path, 4_000))
    ended = perform(line, row, 2_800)
    assert ended.facts["seen_until"] == START + STEP_S * 2_800
    assert ended.facts["state"] == "kept"


def refreshed(line: Line) -> list[RefreshResult]:
    return [RefreshResult.of(row.json) for row in line.store.refreshes.of_line(line.first) if row.json]


def test_what_goes_wrong_is_an_outcome_and_promotes_nothing(line: Line, tmp_path: Path) -> None:
    gone = perform(line, schedule(line, str(tmp_path / "none.csv")), 3_600)
    assert (gone.outcome, gone.again) == (Outcome.UNAVAILABLE, True)
    assert "there is no such file" in gone.why
    renamed = perform(line, schedule(line, write(line, tmp_path, 3_600, value="val")), 3_600)
    assert (renamed.outcome, renamed.again) == (Outcome.REFUSED, False)
    assert "no column 'value'" in renamed.why
    early = perform(line, schedule(line, write(line, tmp_path, 2_400, start=2_000)), 3_600)
    assert early.outcome is Outcome.NOTHING_NEW
    assert "was seen already" in early.why
    assert refreshed(line) == []
    assert line.status(line.first) is Status.LIVE


def test_a_run_on_points_that_were_seen_hears_their_labels_once(line: Line, tmp_path: Path) -> None:
    line.values[MADE:] = 100.0
    file = write(line, tmp_path, 3_400)
    row = schedule(line, file, search=False)
    pd.read_csv(file).drop(columns="label").to_csv(file, index=False)
    first = perform(line, row, 3_401, "first")
    assert (first.outcome, NO_LABELS in first.why) == (Outcome.REFRESHED, True)
    assert perform(line, row, 3_450, "stale").outcome is Outcome.NOTHING_NEW
    write(line, tmp_path, 3_400)
    heard = perform(line, row, 3_500, "labelled")
    assert (heard.outcome, heard.facts["seen_until"]) == (Outcome.REFRESHED, START + STEP_S * 3_399)
    missed = next(each for each in refreshed(line)[-1].statistics if each.name == "missed")
    assert missed.fired
    assert perform(line, row, 3_550, "again").outcome is Outcome.NOTHING_NEW


@pytest.mark.parametrize(
    ("points", "days", "wanted"), [(100, None, ShadowPeriod(100)), (None, None, ShadowPeriod(days=3.0))]
)
def test_days_of_shadow_are_waited_for_where_nothing_else_is_said(
    points: int | None, days: float | None, wanted: ShadowPeriod
) -> None:
    assert RequestSpec(shadow_points=points, shadow_days=days).request("d", "k").shadow == wanted


def test_a_gap_policy_that_cannot_be_kept_is_refused_and_not_dropped(line: Line, tmp_path: Path) -> None:
    path = Path(write(line, tmp_path, 3_600))
    table = pd.read_csv(path)
    table["timestamp"] += np.random.default_rng(0).integers(0, 40, len(table))
    table.to_csv(path, index=False)
    source = {"data": {"kind": "files", "pattern": str(path)}, "gaps": "zero"}
    cron, request = Cron.read("0 0 1 1 *"), RequestSpec(shadow_days=None, shadow_points=0).as_json()
    row = Schedules(line.store, line.clock).add(line.first, cron, MissedPolicy.read("once"), source, request)
    ended = perform(line, row, 3_600)
    assert (ended.outcome, ended.again) == (Outcome.REFUSED, False)
    assert "gap policy zero: " in ended.why
    assert "choose --gaps ignore" in ended.why
    assert refreshed(line) == []


def test_a_detector_that_was_retired_meanwhile_is_refused(line: Line, tmp_path: Path) -> None:
    row = schedule(line, write(line, tmp_path, 3_600))
    line.store.service.move([StatusChange(line.first, Status.LIVE, Status.RETIRED, "old")], "ann")
    ended = perform(line, row, 3_600)
    assert ended.outcome is Outcome.REFUSED
    assert "nothing of its line is in service" in ended.why
    with pytest.raises(BadInput, match="nothing of its line is in service"):
        check_scheduled(line.store, line.first)


def test_a_refresh_by_hand_at_the_same_time_is_waited_for(line: Line, tmp_path: Path) -> None:
    row = schedule(line, write(line, tmp_path, 3_600))
    with line.store.claims.hold(line.first):
        ended = perform(line, row, 3_600)
    assert (ended.outcome, ended.again) == (Outcome.UNAVAILABLE, True)
    assert "is being refreshed by another process" in ended.why


def test_what_can_be_scheduled_is_checked_when_it_is_added(store: Store) -> None:
    detector = keep_detector(store)
    assert check_scheduled(store, detector).id == detector
    with pytest.raises(BadInput, match="there is none"):
        check_scheduled(store, "d-none")
