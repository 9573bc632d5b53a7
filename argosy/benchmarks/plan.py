"""What a benchmark is asked to do, and what of that decides its results."""

import hashlib
import platform
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from argosy.benchmarks.datasets.collection import Entry, LabelledSeries
from argosy.eval.bench.cell import slug
from argosy.eval.bench.folder import ResultsFolder
from argosy.eval.bench.method import FitOn
from argosy.eval.shares import LOCKBOX, VALIDATION
from argosy.inputs.tables.read_series import TableRequest
from argosy.sandboxes import SandboxChoice
from argosy.signals.errors import BadInput

FORMAT = 1
"""Raised when results of an older layout can no longer be read beside new ones."""

_ROOMS = ("signals", "eval", "detectors", "agents", "graphs", "prompts", "sandbox")
_CODE = (".py", ".md", ".yaml")
_PAPERS = ("eval/report/", "eval/results/", "eval/NOTES.md")
"""Files there that only tell of results; some of them are in no installation."""


@dataclass(frozen=True)
class SessionOptions:
    """What sessions and their controls are run with; `calls` is the most model calls that each of them may make."""

    model: str = "embedded"
    rounds: int = 3
    candidates: int = 5
    calls: int = 30
    sandbox: SandboxChoice = SandboxChoice.AUTO
    workers: int = 1


@dataclass(frozen=True)
class Plan:
    """The settings of one benchmark. `lockbox` None takes the layout's own cut, or the usual share."""

    validation: float = VALIDATION
    lockbox: float | None = None
    objective: str = "default"
    fit_on: FitOn = FitOn.TRAIN
    limit: int | None = None
    session: SessionOptions = SessionOptions()

    def settings(self, data: str, layout: str) -> dict[str, object]:
        """All that decides the figures, as plain values; `data` is a digest of what is read."""
        return {
            "format": FORMAT,
            "argosy": version("argosy"),
            "code": code_digest(),
            "versions": versions(DECIDING),
            "data": data,
            "layout": layout,
            "validation": self.validation,
            "lockbox": self.lockbox,
            "objective": self.objective,
            "fit": self.fit_on.value,
            "limit": self.limit,
            "model": self.session.model,
            "rounds": self.session.rounds,
            "candidates": self.session.candidates,
            "calls": self.session.calls,
            "sandbox": self.session.sandbox.value,
        }


@dataclass(frozen=True)
class Stored:
    """A series as the benchmark keeps it for its cells: the shares of its parts, and what was noted in reading it."""

    file: Path
    step_s: int | None
    validation: float
    lockbox: float
    notes: tuple[str, ...] = ()

    @property
    def request(self) -> TableRequest:
        return TableRequest(self.file, step_s=self.step_s)


def store_series(entry: Entry, plan: Plan, folder: ResultsFolder) -> Stored:
    """Reads a series and keeps it as a table of its own in the results folder. Raises BadInput."""
    labelled = entry.read()
    if plan.limit is not None and len(labelled.series) > plan.limit:
        cut = slice(0, plan.limit)
        labelled = LabelledSeries(
            labelled.series.part(0, plan.limit), labelled.labels[cut], labelled.times_known, labelled.notes
        )
    validation, lockbox = _shares(plan, len(labelled.series), entry.test_start)
    file = folder.series / f"{slug(entry.id)}.parquet"
    _write(entry.id, labelled, file)
    return Stored(file, None if labelled.times_known else labelled.series.step_s, validation, lockbox, labelled.notes)


def _shares(plan: Plan, points: int, test_start: int | None) -> tuple[float, float]:
    """Validation and lockbox; before a layout's own test part, validation keeps its proportion to training."""
    if plan.lockbox is not None or test_start is None or not 0 < test_start < points:
        return plan.validation, LOCKBOX if plan.lockbox is None else plan.lockbox
    before = test_start / points
    return plan.validation / (1.0 - LOCKBOX) * before, 1.0 - before


def _write(id: str, labelled: LabelledSeries, file: Path) -> None:
    series = labelled.series
    if labelled.times_known:
        times = {"timestamp": pa.array(series.seconds, pa.timestamp("s"))}
    else:
        times = {"index": pa.array(series.seconds // series.step_s)}
    table = pa.table(
        {
            "series": pa.array([id] * len(series)).dictionary_encode(),
            **times,
            "value": pa.array(series.values),
            "label": pa.array(labelled.labels),
        }
    )
    fresh = file.with_name(f".{file.name}")
    pq.write_table(table, fresh)
    fresh.replace(file)


DECIDING = ("numpy", "scipy", "pandas", "scikit-learn")
"""Packages whose version decides results of every method."""


def versions(packages: Iterable[str]) -> str:
    """Python and these packages with their versions, those that are not installed left out."""
    told = [f"python {platform.python_version()}"]
    for each in packages:
        with suppress(PackageNotFoundError):
            told.append(f"{each} {version(each)}")
    return ", ".join(told)


def code_digest() -> str:
    """A short digest of the code that decides results: results of other code are not mixed in."""
    whole = hashlib.sha256()
    for room in _ROOMS:
        for name, part in sorted(_sources(files(f"argosy.{room}"), room)):
            if not name.startswith(_PAPERS):
                whole.update(name.encode())
                whole.update(part.read_bytes())
    return whole.hexdigest()[:12]


def _sources(folder: Traversable, name: str) -> Iterable[tuple[str, Traversable]]:
    for each in folder.iterdir():
        path = f"{name}/{each.name}"
        if each.is_dir():
            yield from _sources(each, path)
        elif each.name.endswith(_CODE):
            yield path, each


def data_digest(paths: Sequence[Path]) -> str:
    """A short digest of files, and of the files in folders. Raises BadInput."""
    whole = hashlib.sha256()
    for path in paths:
        try:
            for file in sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]:
                whole.update(file.name.encode())
                with file.open("rb") as source:
                    whole.update(hashlib.file_digest(source, "sha256").digest())
        except OSError as error:
            raise BadInput(str(path), f"cannot be read ({error.strerror})", "check its permissions") from error
    return whole.hexdigest()[:12]
