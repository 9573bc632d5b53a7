import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from argosy.benchmarks.datasets.collection import Columns
from argosy.benchmarks.datasets.layouts import open_collection
from argosy.cli.app import app
from argosy.cli.bench_methods import runnable
from argosy.signals.errors import BadInput

pytestmark = pytest.mark.slow


def _table(path: Path, names: tuple[str, ...] = ("a", "b")) -> Path:
    frames = []
    for seed, name in enumerate(names):
        draw = np.random.default_rng(seed)
        values, labels = draw.normal(size=600), np.zeros(600, dtype=int)
        for start in range(40, 600, 80):
            values[start : start + 4] += 9
            labels[start : start + 4] = 1
        times = np.arange(600) * 60 + 1_700_000_000
        frames.append(pd.DataFrame({"series": name, "timestamp": times, "value": values, "label": labels}))
    pd.concat(frames).to_parquet(path, index=False)
    return path


def _run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_argosy(*words), capture_output=True, text=True, timeout=240, check=False)


def _argosy(*words: object) -> list[str]:
    return [sys.executable, "-c", "from argosy.cli.app import main; main()", "bench", *map(str, words)]


def test_killed_halfway_and_started_again_it_gives_the_same_table(tmp_path: Path) -> None:
    data, out, whole = _table(tmp_path / "d.parquet"), tmp_path / "out", tmp_path / "whole"
    more = ("--methods", "one_liner,ewma", "--seeds", 8, "--jobs", 2)
    running = subprocess.Popen(_argosy(data, "--out", out, *more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(list((out / "cells").glob("*.json") if out.exists() else [])) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    before = {file.name: file.stat().st_mtime_ns for file in (out / "cells").glob("*.json")}
    assert 3 <= len(before) < 22
    again = _run(data, "--out", out, *more)
    assert again.returncode == 0, again.stderr
    assert f"{len(before)} of 22 cells are finished already" in again.stderr
    assert all((out / "cells" / name).stat().st_mtime_ns == at for name, at in before.items())
    assert _run(data, "--out", whole, *more).returncode == 0
    tables = [pd.read_parquet(folder / "results.parquet") for folder in (out, whole)]
    timed = ("wall_s", "fit_s", "score_s", "peak_mib")
    kept = [table[~table.metric.isin(timed)].reset_index(drop=True) for table in tables]
    pd.testing.assert_frame_equal(*kept)
    assert "<svg" in (out / "report.html").read_text()


def test_what_cannot_be_read_is_counted_and_the_run_goes_on(tmp_path: Path) -> None:
    _table(tmp_path / "d.parquet", ("a",))
    folder = tmp_path / "folder"
    folder.mkdir()
    pd.read_parquet(tmp_path / "d.parquet").drop(columns="series").to_csv(folder / "good.csv", index=False)
    (folder / "bad\x1b[2J.csv").write_text("timestamp,value,label\n5,1.0,0\n4,2.0,0\n")
    done = _run(folder, "--methods", "one_liner", "--out", tmp_path / "o", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["judged"] == ["good"]
    assert {failure[0] for failure in found["failures"]} == {"bad\x1b[2J"}
    assert ("\x1b" in done.stderr, "bad\\x1b[2J" in done.stderr) == (False, True)
    assert all("not read" in failure[3] for failure in found["failures"])
    assert "finished already" not in done.stderr
    assert found["openings"] == {"sentinel": 1, "random": 1, "one_liner": 1}
    other = CliRunner().invoke(app, ["bench", str(folder), "--lockbox", "0.4", "--out", str(tmp_path / "o")])
    assert other.exit_code == 2
    assert "lockbox" in other.stderr


def test_several_data_sets_are_shown_apart_and_nothing_published_names_a_folder(tmp_path: Path) -> None:
    one, two, out = _table(tmp_path / "one.parquet"), _table(tmp_path / "two.parquet", ("a",)), tmp_path / "out"
    done = _run(one, two, "--methods", "one_liner", "--series", "one/b", "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {name: each["judged"] for name, each in found["sets"].items()} == {"one": ["one/b"], "two": ["two/a"]}
    assert found["judged"] == ["one/b", "two/a"]
    page, summary = (out / "report.html").read_text(), (out / "summary.md").read_text()
    assert "<h2>one</h2>" in page
    assert "## two" in summary
    assert "argosy bench one.parquet two.parquet" in summary.replace("argosy -c", "argosy")
    for text in (page, summary, str(pd.read_parquet(out / "results.parquet").status.unique())):
        assert str(tmp_path) not in text
    unknown = CliRunner().invoke(app, ["bench", str(one), str(two), "--series", "b", "--out", str(out)])
    assert unknown.exit_code == 2
    assert "begin it with the data set" in unknown.stderr
    twice = CliRunner().invoke(app, ["bench", str(one), str(one), "--out", str(out)])
    assert twice.exit_code == 2
    assert "another data set called 'one'" in twice.stderr


def test_gaps_missing_values_and_parts_without_incidents_are_no_failures(tmp_path: Path) -> None:
    frame = pd.read_parquet(_table(tmp_path / "d.parquet", ("a", "b", "c", "d")))
    frame.loc[(frame.series == "a") & (np.arange(len(frame)) % 9 == 0), "value"] = np.nan
    frame.loc[(frame.series == "b") & (frame.timestamp > frame.timestamp.min() + 60 * 420), "label"] = 0
    frame.loc[frame.series == "c", "label"] = 0
    frame = frame[~((frame.series == "d") & frame.timestamp.isin(frame.timestamp.unique()[100:130]))]
    frame.to_parquet(tmp_path / "d.parquet", index=False)
    done = _run(tmp_path / "d.parquet", "--methods", "robust_z,one_liner", "--out", tmp_path / "o", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["judged"], found["unjudged"], found["failures"]) == (["a", "d"], ["b", "c"], [])
    table = pd.read_parquet(tmp_path / "o" / "results.parquet")
    nowhere = table[(table.series == "c") & (table.metric == "point_f1")]
    assert nowhere.value.isna().all()
    assert (nowhere.incidents == 0).all()
    assert "2 more have none there" in (tmp_path / "o" / "report.html").read_text()


def test_two_series_of_one_name_are_refused(tmp_path: Path) -> None:
    frame = pd.read_parquet(_table(tmp_path / "d.parquet", ("a",))).drop(columns="series")
    (tmp_path / "folder").mkdir()
    frame.to_csv(tmp_path / "folder" / "a.csv", index=False)
    frame.to_parquet(tmp_path / "folder" / "a.parquet", index=False)
    done = CliRunner().invoke(app, ["bench", str(tmp_path / "folder"), "--out", str(tmp_path / "o")])
    assert done.exit_code == 2
    assert "there are 2 of this name" in done.stderr


def test_a_method_without_its_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "argosy.benchmarks.bench.methods.find_spec", lambda name: None if name == "stumpy" else object()
    )
    done = CliRunner().invoke(app, ["bench", str(_table(tmp_path / "d.parquet")), "--methods", "matrix_profile"])
    assert done.exit_code == 2
    assert "needs stumpy, which is not installed" in done.stderr
    assert "(needs stumpy, which is not installed)" in CliRunner().invoke(app, ["bench", "--list"]).stdout
    errors = io.StringIO()
    monkeypatch.setattr("sys.stderr", errors)
    assert "matrix_profile" not in runnable([])
    assert "matrix_profile is left out: it needs stumpy" in errors.getvalue()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--methods", "nonsense"], "give one of"),
        (["--series", "zz"], "no series 'zz'"),
        (["--layout", "x"], "layout"),
        (["--lockbox", "1.5"], "1.5 is no share"),
        (["--lockbox", ".9", "--validation", ".2"], "leave none for training"),
        (["--methods", "session", "--model", "foo"], "--model foo: no model is named like this"),
    ],
)
def test_wrong_words_are_one_line(tmp_path: Path, more: list[str], told: str) -> None:
    data = _table(tmp_path / "d.parquet")
    done = CliRunner().invoke(app, ["bench", str(data), "--out", str(tmp_path / "o"), *more])
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_engine_that_sessions_need_is_missed_before_any_cell_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    out = tmp_path / "o"
    words = ["bench", str(_table(tmp_path / "d.parquet")), "--methods", "session", "--sandbox", "docker"]
    done = CliRunner().invoke(app, [*words, "--out", str(out)])
    assert done.exit_code == 2
    assert "Docker" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not out.exists()


def test_a_disk_that_is_full_is_one_line_and_finished_cells_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_words: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    words = ["bench", str(_table(tmp_path / "d.parquet")), "--methods", "one_liner", "--out", str(tmp_path / "o")]
    with monkeypatch.context() as patched:
        patched.setattr("argosy.benchmarks.bench.run.write_table", full)
        done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "no space left on device; mend that and start the same again" in done.stderr
    assert "6 of 6 cells are finished already" in CliRunner().invoke(app, words).stderr


def test_methods_are_listed_with_what_they_are() -> None:
    rows = json.loads(CliRunner().invoke(app, ["bench", "--list", "--json"]).stdout)
    by_name = {row["method"]: row for row in rows}
    wanted = "random one_liner moving_variance ols_ar spectral_residual robust_z ewma seasonal stl iforest lof sub_pca"
    more = "kmeans_windows matrix_profile ecod hbos copod lstm_ad autoencoder argos_plain best_of_n session"
    assert set(wanted.split()) | set(more.split()) <= set(by_name)
    assert {name for name, row in by_name.items() if not row["causal"]} == {"stl", "ecod", "copod"}
    assert by_name["lstm_ad"]["needs"] == "torch"
    assert by_name["matrix_profile"]["needs"] == "stumpy"


def _nab(folder: Path, **changed: object) -> Path:
    times = np.arange(600)
    frame = pd.DataFrame({"timestamp": times * 60, "value": np.sin(times), "label": (times % 100 > 95).astype(float)})
    table = pd.concat([frame.assign(series="a"), frame.assign(series="b")], ignore_index=True)
    for name, value in changed.items():
        table[name] = table[name].astype(object) if isinstance(value, str) else table[name]
        table.loc[3, name] = value
    folder.mkdir()
    (table if changed != {"series": None} else table.drop(columns="series")).to_parquet(folder / "nab.parquet")
    return folder


@pytest.mark.parametrize("changed", [{"value": np.inf}, {"label": 7.0}, {"timestamp": np.nan}])
def test_a_series_of_an_archive_that_cannot_be_read_is_a_failure_and_the_others_run(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    done = CliRunner().invoke(
        app,
        [
            "bench",
            str(_nab(tmp_path / "nab", **changed)),
            "--methods",
            "one_liner",
            "--out",
            str(tmp_path / "o"),
            "--json",
        ],
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["judged"], {failure[0] for failure in found["failures"]}) == (["b"], {"a"})


def test_an_archive_that_is_no_table_of_series_is_one_line(tmp_path: Path) -> None:
    folder = _nab(tmp_path / "nab", series=None)
    words = ["--methods", "one_liner", "--out", str(tmp_path / "o")]
    assert "no column 'series'" in CliRunner().invoke(app, ["bench", str(folder), *words]).stderr
    (folder / "nab.parquet").write_bytes(b"PAR1 no more")
    done = CliRunner().invoke(app, ["bench", str(folder), *words])
    assert (done.exit_code, "the Parquet file is damaged" in done.stderr) == (2, True)


def test_points_without_a_label_are_normal_and_told_of(tmp_path: Path) -> None:
    folder = _nab(tmp_path / "nab", label=np.nan)
    words = ["--methods", "one_liner", "--out", str(tmp_path / "o"), "--json"]
    done = CliRunner().invoke(app, ["bench", str(folder), *words])
    assert done.exit_code == 0, done.output
    assert "a: 1 points without a label count as normal" in done.stderr
    assert "1 points without a label" in (tmp_path / "o" / "report.html").read_text()


def test_a_cut_outside_the_series_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "u").mkdir()
    (tmp_path / "u" / "001_UCR_Anomaly_toy_60_81_840.txt").write_text("\n".join(map(str, range(100))))
    (ucr,) = open_collection(tmp_path / "u", None, Columns()).entries
    with pytest.raises(BadInput, match="its name says end 840, and it holds 100 points"):
        ucr.read()


def test_archives_are_told_by_their_file_names(tmp_path: Path) -> None:
    (tmp_path / "u").mkdir()
    (tmp_path / "t").mkdir()
    (tmp_path / "u" / "001_UCR_Anomaly_toy_60_81_84.txt").write_text("\n".join(map(str, range(100))))
    frame = pd.DataFrame({"Data": np.arange(90.0), "Label": np.arange(90) == 70})
    frame.astype({"Label": int}).to_csv(tmp_path / "t" / "001_NAB_id_1_Web_tr_50_1st_70.csv", index=False)
    (ucr,) = open_collection(tmp_path / "u", None, Columns()).entries
    (tsb,) = open_collection(tmp_path / "t", None, Columns()).entries
    assert (ucr.test_start, np.flatnonzero(ucr.read().labels).tolist()) == (60, [80, 81, 82, 83])
    assert (tsb.test_start, np.flatnonzero(tsb.read().labels).tolist()) == (50, [70])
    (tmp_path / "u" / "001_UCR_Anomaly_toy_60_81_84.txt").write_text("1 two 3")
    with pytest.raises(BadInput, match="cannot be read"):
        ucr.read()
