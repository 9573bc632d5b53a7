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

from argosy.benchmarks.collection import Columns
from argosy.benchmarks.layouts import open_collection
from argosy.cli import app
from signals.errors import BadInput

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
    return [sys.executable, "-c", "from argosy.cli import main; main()", "bench", *map(str, words)]


def test_killed_halfway_and_started_again_it_gives_the_same_table(tmp_path: Path) -> None:
    data, out, whole = _table(tmp_path / "d.parquet"), tmp_path / "out", tmp_path / "whole"
    more = ("--methods", "one_liner,ewma", "--seeds", 2, "--jobs", 2)
    running = subprocess.Popen(_argosy(data, "--out", out, *more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(list((out / "cells").glob("*.json") if out.exists() else [])) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    before = {file.name: file.stat().st_mtime_ns for file in (out / "cells").glob("*.json")}
    assert 3 <= len(before) < 10
    again = _run(data, "--out", out, *more)
    assert again.returncode == 0, again.stderr
    assert f"{len(before)} of 10 cells are finished already" in again.stderr
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
    (folder / "bad.csv").write_text("timestamp,value,label\n5,1.0,0\n4,2.0,0\n")
    done = _run(folder, "--methods", "one_liner", "--out", tmp_path / "o", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["judged"] == ["good"]
    assert {failure[0] for failure in found["failures"]} == {"bad"}
    assert all("not read" in failure[3] for failure in found["failures"])
    assert found["openings"] == {"sentinel": 1, "random": 1, "one_liner": 1}
    other = CliRunner().invoke(app, ["bench", str(folder), "--lockbox", "0.4", "--out", str(tmp_path / "o")])
    assert other.exit_code == 2
    assert "lockbox" in other.stderr


@pytest.mark.parametrize(
    ("more", "told"),
    [(["--methods", "nonsense"], "give one of"), (["--series", "zz"], "no series 'zz'"), (["--layout", "x"], "layout")],
)
def test_wrong_words_are_one_line(tmp_path: Path, more: list[str], told: str) -> None:
    data = _table(tmp_path / "d.parquet")
    done = CliRunner().invoke(app, ["bench", str(data), "--out", str(tmp_path / "o"), *more])
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_methods_are_listed_with_what_they_are() -> None:
    rows = json.loads(CliRunner().invoke(app, ["bench", "--list", "--json"]).stdout)
    by_name = {row["method"]: row for row in rows}
    assert {"random", "robust_z", "ols_ar", "spectral_residual", "session"} <= set(by_name)
    assert not by_name["stl"]["causal"]
    assert by_name["matrix_profile"]["needs"] == "stumpy"


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
