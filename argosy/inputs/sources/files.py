"""Files as a source: one, or all that a pattern names, joined by time."""

import glob
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from argosy.inputs.sources.errors import NoData, SourceUnavailable
from argosy.inputs.sources.source import Stretch, cut
from argosy.inputs.tables.base_column import BaseColumn
from argosy.inputs.tables.counter_rates import with_rates
from argosy.inputs.tables.incidents import ListedIncidents, list_incidents
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.inputs.time_text import iso
from argosy.signals.arrays import Bools
from argosy.signals.errors import BadInput
from argosy.signals.incidents import incidents_in
from argosy.signals.series import Series
from argosy.terminal import several

MOST_FILES = 5_000

JUST_WRITTEN_S = 60.0
"""What was changed so short a while ago may not be whole yet."""

_NOT_LINES = (".parquet", ".pq", ".gz", ".json")
"""Endings of files whose last byte says nothing of whether they are whole; what is cut of them cannot be read."""

Read = TypeVar("Read")


@dataclass(frozen=True)
class FileSource:
    """The series of `request` in every file that the pattern names; `request.path` is not looked at."""

    pattern: str
    request: TableRequest

    def load(self, stretch: Stretch) -> LoadedSeries:
        parts, request = [], self.request
        if request.reading.rate:  # a counter goes on from one file to the next
            request = replace(request, reading=replace(request.reading, rate=False))
        for path in _paths(self.pattern):
            loaded = _read(path, request)
            if not loaded.times_known:
                mend = "a schedule needs a column of times"
                raise BadInput(str(path), "its rows have no times, only an index", mend)
            parts.append(loaded)
        whole = joined(parts)
        return cut(with_rates(whole, str(whole.origin)) if self.request.reading.rate else whole, stretch)


@dataclass(frozen=True)
class FileIncidents:
    """Incidents of a series in a CSV, Parquet or JSON file."""

    path: Path
    series: str | None = None
    reading: Reading = UNSAID

    def read(self) -> ListedIncidents:
        if not self.path.is_file():
            raise SourceUnavailable(
                str(self.path), "there is no such file of incidents", "write it, or schedule another"
            )
        return _whole(self.path, lambda: list_incidents(self.path, None, self.series, self.reading))


def joined(parts: Sequence[LoadedSeries]) -> LoadedSeries:
    """Several stretches of one series as one.

    Rows that two of them have alike count once. Raises BadInput where they differ in a value at the same time, and
    where one has labels, or a base, and another has none.
    """
    parts = sorted(parts, key=lambda each: int(each.series.seconds[0]))
    if len(parts) == 1:
        return parts[0]
    _check_alike(parts)
    seconds = np.concatenate([each.series.seconds for each in parts])
    values = np.concatenate([each.series.values for each in parts])
    order = np.argsort(seconds, kind="stable")
    seconds, values = seconds[order], values[order]
    again = np.concatenate(([False], np.diff(seconds) == 0))
    _check_same(parts, seconds, values, again)
    labels = _labels(parts, order, again)
    keep = order[~again]
    steps = [each.series.step_s for each in parts if len(each.series) > 1] or [parts[0].series.step_s]
    series = Series(parts[-1].series.id, seconds[~again], values[~again], int(np.median(steps)))
    notes = tuple(dict.fromkeys(note for each in parts for note in each.notes))
    if again.any():
        notes += (f"{several(int(again.sum()), 'point')} in more than one file, alike",)
    incidents = () if labels is None else incidents_in(labels, series.seconds, series.step_s, "labels")
    base = _base(parts, keep)
    return replace(parts[-1], series=series, labels=labels, incidents=incidents, base=base, notes=notes)


def _paths(pattern: str) -> list[Path]:
    found = sorted(Path(each) for each in glob.glob(pattern, recursive=True) if Path(each).is_file())
    if not found:
        if glob.has_magic(pattern):
            raise NoData(f"{pattern}: no file is called so")
        raise SourceUnavailable(pattern, "there is no such file", "write it, or schedule another")
    if len(found) > MOST_FILES:
        raise BadInput(pattern, f"names {len(found):,} files", f"name at most {MOST_FILES:,}, or join them")
    return found


def _read(path: Path, request: TableRequest) -> LoadedSeries:
    return _whole(path, lambda: read_series(replace(request, path=path, infer_columns=False)))


def _whole(path: Path, read: Callable[[], Read]) -> Read:
    """What a file holds. Raises SourceUnavailable for one that somebody is still writing."""
    try:
        before = path.stat()
        found = read()
        after = path.stat()
    except FileNotFoundError as error:  # it was there when the folder was listed
        raise SourceUnavailable(str(path), "went away while it was read", "try again") from error
    except BadInput as error:
        if _just_written(before) and _may_be_cut(path):
            raise _unfinished(path, f"was changed just now and cannot be read ({error.problem})") from error
        raise
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise _unfinished(path, "was changed while it was read")
    if _just_written(after) and not _is_binary(path) and _may_be_cut(path):
        raise _unfinished(path, "was changed just now and ends within a line")
    return found


def _just_written(stat: os.stat_result) -> bool:
    return abs(time.time() - stat.st_mtime) < JUST_WRITTEN_S


def _may_be_cut(path: Path) -> bool:
    """Whether a file that somebody may still be writing does not end as whole ones do."""
    if _is_binary(path):
        return True
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 1))
        return file.read(1) not in (b"\n", b"\r")


def _is_binary(path: Path) -> bool:
    return path.suffix.lower() in _NOT_LINES


def _unfinished(path: Path, problem: str) -> SourceUnavailable:
    return SourceUnavailable(str(path), problem, "it is read again once nobody writes to it")


def _check_alike(parts: Sequence[LoadedSeries]) -> None:
    for name, has in (
        ("labels", [each.labels is not None for each in parts]),
        ("the base's column", [each.base is not None for each in parts]),
    ):
        if len(set(has)) > 1:
            one, other = parts[has.index(False)].origin, parts[has.index(True)].origin
            raise BadInput(str(one), f"has no {name}, and {other} has", "give all files the same columns")


def _check_same(parts: Sequence[LoadedSeries], seconds: np.ndarray, values: np.ndarray, again: Bools) -> None:
    here = np.flatnonzero(again)
    differs = here[~((values[here] == values[here - 1]) | (np.isnan(values[here]) & np.isnan(values[here - 1])))]
    if len(differs):
        at = int(seconds[differs[0]])
        files = [each.origin.name for each in parts if at in each.series.seconds]
        problem = f"{' and '.join(files[:2])} have different values for {iso(at)} (and {len(differs) - 1} more times)"
        raise BadInput(str(parts[0].origin.parent), problem, "take one of the files out")


def _labels(parts: Sequence[LoadedSeries], order: np.ndarray, again: Bools) -> Bools | None:
    """A point that two files have is labelled when one of them says so."""
    known = [each.labels for each in parts if each.labels is not None]
    if not known:
        return None
    labels = np.concatenate(known)[order]
    groups = np.cumsum(~again) - 1
    joined_labels: Bools = np.zeros(int(groups[-1]) + 1, dtype=np.bool_)
    np.logical_or.at(joined_labels, groups, labels)
    return joined_labels


def _base(parts: Sequence[LoadedSeries], keep: np.ndarray) -> BaseColumn | None:
    bases = [each.base for each in parts if each.base is not None]
    if not bases:
        return None
    verdicts = [each.verdicts for each in bases]
    if not all(each.alarms for each in bases):  # a file whose scores all happen to be 0 or 1 reads as alarms
        verdicts = [each.astype(np.float64) for each in verdicts]
    return BaseColumn(bases[0].column, np.concatenate(verdicts)[keep])
