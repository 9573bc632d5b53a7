"""How long a million lines of a log and a hundred thousand records take, and how much memory, without a model.

Each input is made up, and judged by the command line in a process of its own with the embedded author and an empty
store, a tenth of it first, so that it shows whether memory grows.
Run it as: python -m argosy.benchmarks.studies.bulk --out bulk.csv
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

_KIB_A_MIB = 1024.0
_AT_ONCE = 10_000
_ERRORS = 1e-4
_BEGINS = 1_767_225_600
_PATHS = ("/api/v1/items", "/api/v1/users", "/health", "/login")
_TOLD = ("templates", "abnormal_lines", "flagged", "groups")


@dataclass(frozen=True)
class Row:
    """One command on one input. Seconds are of the clock and of the processor, memory is the most that was resident."""

    command: str
    size: int
    input_mb: float
    wall_s: float
    cpu_s: float
    most_mib: float
    found: str


def log_lines(count: int, seed: int) -> Iterator[str]:
    """Lines as a service writes them, of some nine templates; one in ten thousand tells of an error."""
    draw = np.random.default_rng(seed)
    kinds = (
        "INFO http: GET {path}/{a} status=200 took {b} ms",
        "INFO http: POST {path} status=201 took {b} ms",
        "DEBUG cache: hit key={a} age={b} s",
        "DEBUG cache: miss key={a}",
        "INFO queue: job {a} of user-{b} finished in {b} ms",
        "INFO db: query took {b} ms, {a} rows",
        "WARN queue: {b} jobs are waiting",
    )
    errors = ("ERROR http: GET {path}/{a} status=500 took {b} ms", "ERROR db: connection {a} lost after {b} ms")
    for start in range(0, count, _AT_ONCE):
        some = min(_AT_ONCE, count - start)
        numbers = draw.integers(1, 100_000, (some, 3)).tolist()
        which = draw.choice(len(kinds), some, p=np.array([5, 2, 4, 2, 3, 3, 1]) / 20).tolist()
        broken = (draw.random(some) < _ERRORS).tolist()
        for at, (a, b, c) in enumerate(numbers):
            text = errors[a % 2] if broken[at] else kinds[which[at]]
            when = datetime.fromtimestamp(_BEGINS + (start + at) / 50, UTC).isoformat(timespec="milliseconds")
            yield f"{when} node-{c % 200} {text.format(path=_PATHS[c % len(_PATHS)], a=a, b=b % 900)}"


def record_lines(count: int, seed: int) -> Iterator[str]:
    """JSON objects of sign-ins by two hundred users, each with habits of its own; one in a thousand breaks them."""
    draw = np.random.default_rng(seed)
    cities = ("Rome", "Oslo", "Bari", "Bonn", "Lyon", "Gent", "Turku", "Porto", "Graz", "Brno")
    apps = ("mail", "chat", "wiki", "files", "calendar", "payroll", "tickets", "vault")
    agents = ("Firefox 128 on Linux", "Chrome 126 on Windows", "Safari 17 on macOS", "Edge 125 on Windows")
    for start in range(0, count, _AT_ONCE):
        some = min(_AT_ONCE, count - start)
        users = draw.integers(0, 200, some).tolist()
        others = draw.integers(0, 1_000, (some, 3)).tolist()
        odd = (draw.random(some) < 1e-3).tolist()
        took = draw.normal(0.0, 8.0, some).tolist()
        for user, (a, b, c), strange, extra in zip(users, others, odd, took, strict=True):
            yield json.dumps(
                {
                    "user": f"user{user}",
                    "city": cities[a % 10 if strange else user % 10],
                    "app": apps[b % 8 if strange else (user + b % 3) % 8],
                    "agent": agents[c % 4 if strange else user % 4],
                    "ms": round(100.0 + user / 4 + extra, 2),
                    "bytes": 500 + b * (40 if strange else 1),
                }
            )


@dataclass(frozen=True)
class Trial:
    """A command, what makes its input, line by line from count and seed, and what else it is given."""

    name: str
    lines: Callable[[int, int], Iterator[str]]
    suffix: str
    options: tuple[str, ...]


TRIALS = (
    Trial("logs", log_lines, ".log", ()),
    Trial("records", record_lines, ".jsonl", ("--group", "user")),
)


def measured(trial: Trial, count: int, seed: int) -> Row:
    """Makes the input and runs the command once. Raises CalledProcessError where the command fails."""
    with tempfile.TemporaryDirectory(prefix="argosy-bulk-") as folder:
        file = Path(folder) / f"made{trial.suffix}"
        with file.open("w") as out:
            out.writelines(f"{line}\n" for line in trial.lines(count, seed))
        command = [sys.executable, "-c", "from argosy.cli.app import main; main()", trial.name, str(file), "--json"]
        said, began = Path(folder) / "said.json", time.monotonic()
        with said.open("wb") as stdout:
            child = subprocess.Popen(
                [*command, *trial.options], stdout=stdout, env=os.environ | {"ARGOSY_HOME": str(Path(folder) / "home")}
            )
            _, status, used = os.wait4(child.pid, 0)
        wall_s = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, command)
        report = json.loads(said.read_bytes())
        found = ", ".join(
            f"{report[name]:,} {name.replace('_', ' ')}" for name in _TOLD if report.get(name) is not None
        )
        size_mb = file.stat().st_size / 1e6
        cpu_s = used.ru_utime + used.ru_stime
        figures = round(size_mb, 1), round(wall_s, 1), round(cpu_s, 1), round(used.ru_maxrss / _KIB_A_MIB)
        return Row(trial.name, count, *figures, found)


def main(
    lines: Annotated[int, typer.Option(min=10, help="Lines of the log.")] = 1_000_000,
    records: Annotated[int, typer.Option(min=10, help="Records.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what is made up.")] = 0,
    out: Annotated[Path | None, typer.Option(help="CSV with a row for each run.")] = None,
) -> None:
    """Time the command line on large inputs, without a model."""
    rows: list[Row] = []
    for trial, size in zip(TRIALS, (lines, records), strict=True):
        for count in (size // 10, size):
            rows.append(measured(trial, count, seed))
            typer.echo(f"{trial.name} {count:,}: {rows[-1].wall_s:.1f} s, {rows[-1].most_mib:.0f} MiB", err=True)
    table = pd.DataFrame([asdict(row) for row in rows])
    if out:
        table.to_csv(out, index=False)
    typer.echo(table.to_string(index=False))


if __name__ == "__main__":
    typer.run(main)
