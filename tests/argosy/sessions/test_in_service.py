"""What of a session goes into service, through the doors that a person uses. All in this process, with no model."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from argosy.sessions.resume import resume_session
from argosy.settings import Settings
from argosy.store.detectors import Detectors
from argosy.store.status_rows import Status
from argosy.store.store import Store, open_store
from tests.argosy.cli.inprocess import opened
from tests.argosy.cli.invoking import invoke
from tests.argosy.workspaces import workspace_of

TRAIN, LOCKBOX, POINTS = 1_250, 1_750, 2_500
DROPS = (200, 500, 800)
"""Where the labelled incidents of training begin."""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOSY_HOME", str(tmp_path / "home"))
    for name in ("argosy.sessions.run", "argosy.service.score"):
        monkeypatch.setattr(f"{name}.open_sandbox", opened)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(Settings(tmp_path / "home"))


def curve(path: Path, *, labelled: tuple[int, ...] = (), unlabelled: tuple[int, ...] = (), mine: str = "") -> Path:
    """Noise with drops of eight points, labelled or not, and a detector that found none of them, or flags by `mine`."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"index": np.arange(POINTS), "value": 100 + rng.normal(0, 1, POINTS), "label": 0, "mine": 0})
    for start in (*DROPS, *labelled, *unlabelled):
        frame.loc[start : start + 7, "value"] -= 25
    for start in (*DROPS, *labelled):
        frame.loc[start : start + 7, "label"] = 1
    if mine:
        frame["mine"] = frame.eval(mine).astype(int)
    frame.to_csv(path, index=False)
    return path


def run(file: Path, *words: str, base: str = "mine") -> Mapping[str, Any]:
    asked = ("--step", 60, "--base", base, "--rounds", 1, "--candidates", 2, "--rules", "flag", "--json")
    done = invoke("run", file, *asked, *words)
    assert done.exit_code == 0, done.output
    report: Mapping[str, Any] = json.loads(done.stdout)
    return report


def statuses(store: Store) -> dict[str, Status]:
    return {each.id: store.service.status(each.id) for each in store.detectors.newest()}


def score(detector: str, file: Path) -> Mapping[str, Any]:
    done = invoke("score", detector, file, "--step", 60, "--json")
    assert done.exit_code == 0, done.output
    told: Mapping[str, Any] = json.loads(done.stdout)
    return told


UNPROVEN = {
    "the lockbox says WORSE": ({"labelled": (2_000,), "unlabelled": (1_800, 1_900, 2_200)}, "does WORSE than the base"),
    "the lockbox is empty": ({}, "nor does the lockbox"),
    "the lockbox is as good": ({"labelled": (2_000,)}, "does no better than the base"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", UNPROVEN)
def test_a_fusion_accepted_on_training_alone_leaves_its_base_in_service(
    kind: str, store: Store, tmp_path: Path
) -> None:
    changes, words = UNPROVEN[kind]
    base_finds = "index >= 2_000 and index < 2_008"
    file = curve(tmp_path / "metric.csv", **changes, mine=base_finds)  # type: ignore[arg-type]
    report = run(file)
    assert report["outcome"] == "fused"
    assert any("accepted on training alone" in note and words in note for note in report["notes"])
    assert report["in_service"] == report["detector"] != report["held_back"]
    assert statuses(store) == {report["detector"]: Status.LIVE, report["held_back"]: Status.CANDIDATE}
    live = store.detectors.find("latest")
    assert (live.id, live.members) == (report["detector"], ())
    assert store.detectors.find(report["session"]).id == live.id
    assert score("latest", file)["flagged"] == 8
    held = score(report["held_back"], file)
    assert held["flagged"] > 8
    assert any("not in service (candidate)" in note for note in held["notes"])


@pytest.mark.slow
def test_a_person_puts_what_waits_into_service_and_takes_it_back(store: Store, tmp_path: Path) -> None:
    report = run(curve(tmp_path / "metric.csv"))
    base, fusion = report["detector"], report["held_back"]
    done = invoke("detector", "promote", fusion, "--why", "looked at it", "--by", "ada", "--json")
    assert json.loads(done.stdout) == {"retired": base, "live": fusion}
    assert statuses(store) == {base: Status.RETIRED, fusion: Status.LIVE}
    again = invoke("detector", "promote", fusion)
    assert again.exit_code == 2
    assert "is in service already" in again.stderr
    gone = invoke("detector", "promote", base)
    assert gone.exit_code == 2
    assert "is no candidate (retired)" in gone.stderr
    assert invoke("detector", "rollback", fusion).exit_code == 0
    assert statuses(store) == {base: Status.LIVE, fusion: Status.RETIRED}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "said"),
    [({"labelled": (2_000,)}, True), ({"labelled": (1_300, 1_400, 2_000)}, False)],
    ids=["the lockbox bears it out", "validation does"],
)
def test_a_fusion_that_holds_on_other_points_goes_into_service(
    changes: Mapping[str, Any], said: bool, store: Store, tmp_path: Path
) -> None:
    report = run(curve(tmp_path / "metric.csv", **changes))
    assert report["outcome"] == "fused"
    assert any("accepted on training alone" in note for note in report["notes"]) is said
    assert (report["in_service"], report["held_back"]) == (report["detector"], None)
    assert statuses(store) == {report["detector"]: Status.LIVE}
    assert store.detectors.find("latest").members


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "live"), [("fusion", 1), ("base", 0), ("nothing", None)])
def test_what_is_asked_for_goes_into_service(asked: str, live: int | None, store: Store, tmp_path: Path) -> None:
    report = run(curve(tmp_path / "metric.csv"), "--in-service", asked)
    rows = [each for each in store.detectors.newest() if store.service.status(each.id) is Status.LIVE]
    assert [len(each.members) for each in rows] == ([] if live is None else [live])
    assert report["in_service"] == (rows[0].id if rows else None)
    assert any("accepted on training alone" in note for note in report["notes"])
    missing = invoke("score", "latest", tmp_path / "metric.csv", "--step", 60)
    assert missing.exit_code == (2 if live is None else 0)
    assert ("none in service" in missing.stderr) is (live is None)


@pytest.mark.slow
def test_a_base_that_flags_much_outside_incidents_waits_for_a_person(store: Store, tmp_path: Path) -> None:
    file = curve(tmp_path / "metric.csv", mine="index % 20 == 3")
    pd.read_csv(file).assign(label=0).to_csv(file, index=False)
    report = run(file)
    assert report["outcome"] == "no_incidents"
    assert report["in_service"] is None
    (note,) = (note for note in report["notes"] if "more than anybody looks at" in note)
    assert "flags 125 of 2,500 points outside labelled incidents (5%)" in note
    assert statuses(store) == {report["detector"]: Status.CANDIDATE}
    assert invoke("detector", "promote", report["detector"]).exit_code == 0
    assert statuses(store) == {report["detector"]: Status.LIVE}


@pytest.mark.slow
def test_a_base_that_flags_little_goes_into_service_with_a_word_on_its_threshold(store: Store, tmp_path: Path) -> None:
    file = curve(tmp_path / "metric.csv")
    pd.read_csv(file).assign(label=0).to_csv(file, index=False)
    report = run(file, base="robust_z")
    assert statuses(store) == {report["detector"]: Status.LIVE}
    assert any("at most 10 flags a week and 1 in 100 points" in note for note in report["notes"])


@pytest.mark.slow
def test_a_session_killed_between_its_two_detectors_keeps_each_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Detectors.put

    def killed(self: Detectors, session: str, series: str, base: Any, members: Any, *more: Any, **others: Any) -> Any:
        if members:
            raise KeyboardInterrupt
        return put(self, session, series, base, members, *more, **others)

    monkeypatch.setattr(Detectors, "put", killed)
    file = curve(tmp_path / "metric.csv")
    asked = ("--step", 60, "--base", "mine", "--rounds", 1, "--candidates", 2, "--rules", "flag")
    assert invoke("run", file, *asked).exit_code != 0
    monkeypatch.setattr(Detectors, "put", put)
    done = resume_session("latest", workspace_of(store))
    report = getattr(done, "report", done).as_json()
    assert statuses(store) == {report["detector"]: Status.LIVE, report["held_back"]: Status.CANDIDATE}
