"""Makes store.tar.xz with the `argosy` of version 0.1.0: python make.py ARGOSY FOLDER, the folder being new.

What is kept names FOLDER and the machine's host name. The archive holds the store, the files that commands read, and
what the commands of a reader answered on a copy: answers.json, and the scores of a detector in scores.csv.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SESSION = ("--base", "mine", "--sandbox", "local", "--rounds", "1", "--candidates", "2")
DRIFTED = ("--approve", "--sandbox", "local", "--no-search", "--force", "retune", "--shadow-points", "200")


@dataclass(frozen=True)
class Maker:
    """One store, and the command that fills it."""

    command: str
    folder: Path

    def run(self, *words: str, home: str = "home", code: int = 0) -> str:
        done = subprocess.run(
            [self.command, *words], cwd=self.folder, env=self.environment(home), capture_output=True, text=True
        )
        if done.returncode != code:
            raise SystemExit(f"argosy {' '.join(words)}: exit code {done.returncode}; {done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *words: str, home: str = "home", code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", home=home, code=code))

    def environment(self, home: str) -> dict[str, str]:
        return {**os.environ, "ARGOSY_HOME": str(self.folder / home), "COLUMNS": "200"}

    def kill_while_it_tunes(self, *words: str) -> str:
        """Starts a session and kills it once a job of its tuning is on record; returns the session's id."""
        before = {each["session"] for each in self.json("sessions")}
        process = subprocess.Popen(
            [self.command, *words], cwd=self.folder, env=self.environment("home"), stdout=subprocess.DEVNULL
        )
        while not (tuning := self._tuning() - before):
            if process.poll() is not None:
                raise SystemExit("the session ended before it could be killed")
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        return tuning.pop()

    def _tuning(self) -> set[str]:
        with sqlite3.connect(self.folder / "home" / "argosy.db") as database:
            rows = database.execute("""SELECT session FROM events WHERE kind = 'sandbox' AND json LIKE '%"tune%'""")
            return {str(session) for (session,) in rows}


def metric(points: int, drift: int | None = None, perfect: bool = False) -> pd.DataFrame:
    """Noise around 100 with drops, every other one shallow, which `mine` does not see; rougher from `drift` on."""
    rng = np.random.default_rng(0)
    values, labels = 100 + rng.normal(0, 1, points), np.zeros(points, dtype=int)
    if drift is not None:
        values[drift:] += rng.normal(0, 3, points - drift)
    for number, start in enumerate(range(60, points - 20, 80)):
        values[start : start + 8] -= 25 if number % 2 else 9
        labels[start : start + 8] = 1
    mine = labels.copy() if perfect else (np.abs(values - 100) > 15).astype(int)
    seconds = 1_700_000_000 + 60 * np.arange(points)
    return pd.DataFrame({"timestamp": seconds, "value": values.round(2), "label": labels, "mine": mine})


def write_inputs(folder: Path) -> None:
    metric(1_200).to_csv(folder / "metric.csv", index=False)
    metric(1_200, perfect=True).to_csv(folder / "perfect.csv", index=False)
    metric(1_700, drift=1_200).to_csv(folder / "later.csv", index=False)
    metric(2_000, drift=1_200).to_csv(folder / "latest.csv", index=False)
    lines = [f"INFO job {number} of ann finished in {number * 7} ms" for number in range(60)]
    (folder / "app.log").write_text("\n".join([*lines[:30], "FATAL disk 7 failed: I/O error", *lines[30:]]) + "\n")


def fill(maker: Maker) -> dict[str, str]:
    """Runs everything that leaves something in a store; returns the names of what came of it."""
    fused = maker.json("run", "metric.csv", *SESSION)
    ids = {"fused": fused["session"]}
    detector = maker.json("detector", "list")[0]["id"]
    ids["base_only"] = maker.json("run", "perfect.csv", *SESSION)["session"]
    ids["fork"] = maker.json("fork", ids["fused"], "--at", "tune", "--rounds", "1")["session"]
    maker.run("detect", "metric.csv", "--patterns", "robust_z,direct")
    maker.run("select", "metric.csv")
    maker.run("logs", "app.log")
    maker.run("refresh", detector, "metric.csv", "--sandbox", "local")
    maker.run("refresh", detector, "later.csv", *DRIFTED)
    ids["waiting"] = maker.json("refresh", detector, "latest.csv", *DRIFTED)["approval"]
    other = maker.json("detector", "list")[0]["id"]
    source = ("--gaps", "hold", "--files", "later.csv", "--no-search", "--sandbox", "local")
    schedule = maker.json("schedule", "add", other, "--cron", "30 3 * * *", *source)["schedule"]
    maker.run("schedule", "run-now", schedule)
    maker.run("worker", "--once")
    maker.run("schedule", "run-now", schedule)
    maker.run("schedule", "pause", schedule)
    ids |= {"detector": detector, "schedule": schedule, "rule": fused["rules"][0]["id"]}
    ids["killed"] = maker.kill_while_it_tunes("run", "metric.csv", *SESSION[:-1], "4")
    return ids


def questions(ids: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """What a reader asks of the store, each of which can say it as JSON."""
    yield ("sessions",)
    yield ("rules",)
    yield from (("show", ids[name]) for name in ("fused", "base_only", "fork", "killed"))
    yield from (("replay", ids[name]) for name in ("fused", "base_only", "fork"))
    yield ("rule", "show", ids["rule"])
    yield ("rule", "verify", ids["rule"], "--sandbox", "local")
    yield ("score", ids["detector"], "later.csv", "--sandbox", "local")
    yield ("why", ids["detector"], "later.csv", "--at", "1700003640", "--sandbox", "local")
    yield ("detector", "list")
    yield ("detector", "show", ids["detector"])
    yield ("approvals",)
    yield ("schedule", "list")
    yield ("schedule", "history")
    yield ("approve", ids["waiting"])
    yield ("resume", ids["killed"])


def main(command: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    maker = Maker(command, folder)
    write_inputs(folder)
    ids = fill(maker)
    shutil.copytree(folder / "home", folder / "copy")
    answers = {" ".join(words): maker.json(*words, home="copy") for words in questions(ids)}
    maker.run("score", ids["detector"], "later.csv", "--sandbox", "local", "--out", "scores.csv")
    (folder / "answers.json").write_text(json.dumps({"ids": ids, "answers": answers}, indent=1) + "\n")
    with tarfile.open(HERE / "store.tar.xz", "w:xz") as tar:
        for name in ("home", "metric.csv", "later.csv", "app.log", "scores.csv", "answers.json"):
            tar.add(folder / name, name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
