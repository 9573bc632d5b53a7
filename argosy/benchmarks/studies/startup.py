"""What commands cost before they do anything: seconds of the processor, beside Python's own start and bare imports.

Every command and every comparison runs in a process of its own, one after the other and round by round, so that all of
them meet the same load; seconds are those of user and system, of the process and of what it started (a sandbox).
Run it as: python -m argosy.benchmarks.studies.startup --out FOLDER
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from argosy.detectors.rules.rule import Direction, read_rule
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.settings import Settings
from argosy.store.input_snapshot import keep_copy
from argosy.store.rows import MemberRow
from argosy.store.store import open_store

POINTS = 5_000
STEP_S = 60
FIRST_S = 1_767_225_600
BASE = "robust_z"
RULE = '''"""Flags a value far from the recent median."""
import numpy as np
import pandas as pd

PARAMS = {"window": (60, 10, 720), "threshold": (6.0, 2.0, 30.0)}


def detect(values, seconds, *, window, threshold):
    past = pd.Series(values).shift(1).rolling(window, min_periods=8)
    spread = past.std().to_numpy()
    return np.abs(values - past.median().to_numpy()) / (spread * threshold + 1e-9)
'''

ARGOSY = "from argosy.cli.app import main; main()"

PRINTED = "typer, rich.table"
PLAIN = "typer, pydantic.type_adapter"
LISTED = f"{PLAIN}, rich.table, sqlalchemy.dialects.sqlite"
SCORED = f"{PLAIN}, sqlalchemy.dialects.sqlite, numpy, pandas, pyarrow.compute, pyarrow.csv, pyarrow.parquet"
EXAMINED = f"{PLAIN}, sqlalchemy.dialects.sqlite, yaml, docker, numpy"
IN_SANDBOX = "numpy, pandas"
"""What commands import that is not ours, as after `import`; typer reads words with pydantic. The last of these is what
the child imports that runs a rule."""


@dataclass(frozen=True)
class Trial:
    """A command of the program: its words, the bare imports it is compared with, and what it may cost.

    `most_s`: so many seconds; `most_share`: so many times its bare imports. `ends`: how else it may exit than with 0.
    """

    name: str
    words: tuple[str, ...]
    imports: tuple[str, ...]
    most_s: float | None = None
    most_share: float | None = None
    ends: int = 0

    @property
    def wanted(self) -> str:
        """What it may cost, in words."""
        if self.most_s is not None:
            return f"{self.most_s} s"
        return "" if self.most_share is None else f"{self.most_share} times its imports"


@dataclass(frozen=True)
class Row:
    """One command: processor seconds of all rounds, and the median of its bare imports."""

    command: str
    cpu_s: float
    least_s: float
    most_s: float
    imports_s: float
    share: float
    wanted: str


def trials(file: Path, alone: str, with_rule: str) -> tuple[Trial, ...]:
    """The commands, on a file of points and two stored detectors."""
    local = ("--sandbox", "local")
    return (
        Trial("help", ("--help",), (PRINTED,), most_s=0.3),
        Trial("a wrong path", ("score", "latest", "nowhere.csv"), (PLAIN,), most_s=0.35, ends=2),
        Trial("sessions", ("sessions",), (LISTED,), most_s=0.6),
        Trial("score, base alone", ("score", alone, str(file), *local), (SCORED,), most_share=1.3),
        Trial("score, base and a rule", ("score", with_rule, str(file), *local), (SCORED, IN_SANDBOX), most_share=1.3),
        Trial("doctor", ("doctor",), (EXAMINED,), ends=1),
    )


def measured(trial_list: tuple[Trial, ...], home: Path, rounds: int, done: Callable[[int], None]) -> list[Row]:
    """Runs everything so many times, after a round that is not counted. Raises RuntimeError where a command fails."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"ARGOSY_HOME": str(home), "PYTHONPYCACHEPREFIX": str(home / "bytecode")}
    imports = dict.fromkeys(code for trial in trial_list for code in trial.imports)
    plain: dict[str, list[float]] = {code: [] for code in ("pass", *imports)}
    found: dict[str, list[float]] = {trial.name: [] for trial in trial_list}
    for turn in range(rounds + 1):  # the first leaves the bytecode that later ones read
        for code, seconds in plain.items():
            seconds.append(processor_s(("-c", code if code == "pass" else f"import {code}"), environment))
        for trial in trial_list:
            found[trial.name].append(processor_s(("-c", ARGOSY, *trial.words), environment, trial.ends))
        done(turn)
    counted = {name: seconds[1:] for name, seconds in (plain | found).items()}
    start = Row("python -c pass", *_spread(counted["pass"]), 0.0, float("nan"), "")
    return [start, *(_row(trial, counted) for trial in trial_list)]


def _row(trial: Trial, counted: Mapping[str, list[float]]) -> Row:
    imports_s = sum(median(counted[code]) for code in trial.imports)
    spread = _spread(counted[trial.name])
    return Row(trial.name, *spread, round(imports_s, 3), round(spread[0] / imports_s, 2), trial.wanted)


def _spread(seconds: list[float]) -> tuple[float, float, float]:
    return round(median(seconds), 3), round(min(seconds), 3), round(max(seconds), 3)


def processor_s(words: tuple[str, ...], environment: Mapping[str, str], ends: int = 0) -> float:
    """User and system seconds of this Python with these words, and of all that it waited for."""
    command = [sys.executable, *words]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    with child.stderr as stderr:
        said = stderr.read().decode(errors="replace")
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, ends):
        raise RuntimeError(f"{' '.join(words)} ended with {child.returncode}: {said.strip()[-500:]}")
    return used.ru_utime + used.ru_stime


@contextmanager
def prepared() -> Iterator[tuple[Path, tuple[Trial, ...]]]:
    """A folder with a store that holds a base alone and one with a rule, and a file of points to score."""
    with tempfile.TemporaryDirectory(prefix="argosy-startup-") as folder:
        home = Path(folder)
        values, labels = made_up(2 * POINTS)
        known, new = home / "known.csv", home / "points.csv"
        write_points(known, values[:POINTS], labels[:POINTS], 0)
        write_points(new, values[POINTS:], labels[POINTS:], POINTS)
        yield home, trials(new, *keep_detectors(home, known))


def made_up(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Values with a daily season and noise, and labels: ten points in every five hundred are incidents."""
    values = 100 + 10 * np.sin(np.arange(points) * (2 * np.pi / 1440)) + np.random.default_rng(0).normal(size=points)
    labels = np.arange(points) % 500 >= 490
    values[labels] += 12
    return values, labels


def write_points(file: Path, values: np.ndarray, labels: np.ndarray, first: int) -> None:
    """Writes a CSV with times in ISO 8601."""
    with file.open("w") as out:
        out.write("timestamp,value,label\n")
        for at, (value, label) in enumerate(zip(values, labels, strict=True), start=first):
            when = datetime.fromtimestamp(FIRST_S + at * STEP_S, UTC)
            out.write(f"{when:%Y-%m-%dT%H:%M:%SZ},{value:.6f},{int(label)}\n")


def keep_detectors(home: Path, file: Path) -> tuple[str, str]:
    """Keeps two detectors as a session would leave them: a base alone, and the same with a rule. Returns their ids."""
    store = open_store(Settings(home))
    loaded = read_series(TableRequest(file))
    session = store.sessions.begin("points", POINTS, "embedded", BASE, 0, {"data": keep_copy(store, loaded)})
    assert loaded.labels is not None
    train = loaded.series.part(0, POINTS // 2)
    arrays = {"seconds": train.seconds, "values": train.values, "labels": loaded.labels[: POINTS // 2]}
    recipe = {"name": BASE, "column": None, "alarms": False, "objective": "default", "seed": 0, "step_s": STEP_S}
    recipe["train"] = store.artefacts.put_arrays(arrays)
    rule = read_rule(RULE)
    kept = store.rules.put(rule, rule.defaults, Direction.FLAG, author="embedded", language_model=False)
    alone, with_rule = (
        store.detectors.put(session.id, "points", recipe, members, STEP_S).id
        for members in ([], [MemberRow(kept.id, Direction.FLAG)])
    )
    store.sessions.finish(session.id, "base_only", {}, BASE)
    store.close()
    return alone, with_rule


def main(
    out: Annotated[Path | None, typer.Option(help="Folder for startup.csv.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is run and counted.")] = 9,
) -> None:
    """Measure what the commands cost before they do anything."""
    with prepared() as (home, commands):
        rows = measured(commands, home, rounds, lambda turn: typer.echo(f"round {turn} of {rounds}", err=True))
    table = pd.DataFrame(rows)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        table.to_csv(out / "startup.csv", index=False)
    typer.echo(table.to_string(index=False))


if __name__ == "__main__":
    typer.run(main)
