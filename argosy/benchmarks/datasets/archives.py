"""Benchmarks as they are handed around: where labels, steps and cuts between training and test stand."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from argosy.benchmarks.datasets.collection import Collection, Entry, LabelledSeries, Reading
from argosy.inputs.tables.read_series import TableRequest, list_series
from argosy.signals.errors import BadInput
from argosy.signals.series import Series

FILE_NAMES: Mapping[str, re.Pattern[str]] = {
    "ucr": re.compile(r"(?P<id>\d+_UCR_Anomaly_.+)_(?P<train>\d+)_(?P<start>\d+)_(?P<end>\d+)\.txt"),
    "tsb": re.compile(r"(?P<id>.+_id_\d+_.+)_tr_(?P<train>\d+)_1st_\d+\.csv"),
}
"""What the file names of two archives say: the cut after training, and for UCR the one anomaly, counted from 1."""


def kpi(path: Path) -> Collection:
    """AIOps-2018 KPI curves: `train70.parquet` beside `series.csv`, which knows each step and Argos' nineteen."""
    folder = path if path.is_dir() else path.parent
    listed = _read_csv(folder / "series.csv", ("series", "step_s", "argos19"))
    data = folder / "train70.parquet"
    listed = listed[listed.series.isin(set(list_series(data)))]
    steps = pd.to_numeric(listed.step_s, errors="coerce")
    if not (steps >= 1).all():
        row = int(np.flatnonzero(~(steps >= 1))[0])
        told = f"series {listed.series.iloc[row]!r} has no step of whole seconds: {listed.step_s.iloc[row]!r}"
        raise BadInput(f"{folder / 'series.csv'}, column 'step_s'", told, "write seconds there")
    entries = tuple(
        Entry(id, Reading(TableRequest(data, series=id, step_s=step_s)))
        for id, step_s in zip(listed.series.tolist(), steps.astype(int).tolist(), strict=True)
    )
    return Collection("kpi", entries, {"argos19": tuple(listed.series[listed.argos19.astype(bool)])})


def nab(path: Path) -> Collection:
    """Numenta's benchmark as one table with windows as labels; repeated times keep their first point."""
    return _frames("nab", _file_of(path, "nab.parquet"), _in_order)


def gutentag(path: Path) -> Collection:
    """GutenTAG series as one table with a training and a test split, each counted from 0."""
    return _frames("gutentag", _file_of(path, "gutentag.parquet"), _train_then_test)


def tods(path: Path) -> Collection:
    """TODS series as one table with a training and a test split."""
    return _frames("tods", _file_of(path, "tods.parquet"), _train_then_test)


def ucr(path: Path) -> Collection:
    """The UCR anomaly archive: a value a line, cut and anomaly in the file name; training holds no anomaly."""
    return _files("ucr", path, _ucr_values)


def tsb(path: Path) -> Collection:
    """TSB-AD-U: columns Data and Label, the cut in the file name."""
    return _files("tsb", path, _tsb_values)


def _files(layout: str, path: Path, read: Callable[[Path, re.Match[str]], LabelledSeries]) -> Collection:
    pattern = FILE_NAMES[layout]
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    matched = [(file, match) for file in files if (match := pattern.fullmatch(file.name))]
    if not matched:
        raise BadInput(str(path), f"holds no file named as in {layout}", "check the path, or name another --layout")
    return Collection(
        layout,
        tuple(Entry(match["id"], _Matched(file, match, read), int(match["train"])) for file, match in matched),
    )


@dataclass(frozen=True, eq=False)
class _Matched:
    file: Path
    match: re.Match[str]
    read: Callable[[Path, re.Match[str]], LabelledSeries]

    def __call__(self) -> LabelledSeries:
        try:
            labelled = self.read(self.file, self.match)
        except (ValueError, KeyError, OSError) as error:
            raise BadInput(str(self.file), f"cannot be read as a series: {error}", "check the file") from error
        points, places = len(labelled.series), self.match.groupdict()
        del places["id"]
        outside = [f"{name} {place}" for name, place in places.items() if not 0 < int(place) <= points]
        if outside:
            told = f"its name says {', '.join(outside)}, and it holds {points} points"
            raise BadInput(str(self.file), told, "take the file whole, or mend its name")
        return labelled


def _ucr_values(file: Path, match: re.Match[str]) -> LabelledSeries:
    values = np.array(file.read_text("utf-8").split(), dtype=np.float64)
    labels = np.zeros(len(values), dtype=np.bool_)
    labels[int(match["start"]) - 1 : int(match["end"])] = True
    return LabelledSeries(Series(match["id"], np.arange(len(values), dtype=np.int64), values, 1), labels, False)


def _tsb_values(file: Path, match: re.Match[str]) -> LabelledSeries:
    frame = pd.read_csv(file)
    values, labels = frame.iloc[:, 0].to_numpy(np.float64), frame["Label"].to_numpy() > 0
    return LabelledSeries(Series(match["id"], np.arange(len(values), dtype=np.int64), values, 1), labels, False)


def _file_of(path: Path, name: str) -> Path:
    file = path / name if path.is_dir() else path
    if not file.is_file():
        raise BadInput(str(file), "no such file", "check the path, or name another --layout")
    return file


def _read_csv(file: Path, names: Sequence[str]) -> pd.DataFrame:
    if not file.is_file():
        raise BadInput(str(file), "no such file", "check the path, or name another --layout")
    frame = pd.read_csv(file, dtype={"series": str})
    missing = [name for name in names if name not in frame]
    if missing:
        raise BadInput(str(file), f"no column {missing[0]!r}", "name another --layout")
    return frame


def _frames(layout: str, file: Path, arrange: Callable[[pd.DataFrame], pd.DataFrame]) -> Collection:
    """One table that is read at once; `arrange` makes of one series' rows what a series can be."""
    try:
        frame = pd.read_parquet(file)
    except (ValueError, OSError) as error:
        raise BadInput(str(file), "the Parquet file is damaged or cut short", "write it again") from error
    missing = [name for name in ("series", "value", "label") if name not in frame]
    if missing:
        raise BadInput(str(file), f"no column {missing[0]!r}", "name another --layout")
    entries = []
    for id, rows in frame.groupby("series", sort=False, observed=True):
        starts = (
            np.flatnonzero((rows["split"] == "test").to_numpy()) if "split" in rows else np.zeros(0, dtype=np.int64)
        )
        entries.append(Entry(str(id), _Arranged(str(id), rows, arrange), int(starts[0]) if len(starts) else None))
    return Collection(layout, tuple(entries))


@dataclass(frozen=True, eq=False)
class _Arranged:
    id: str
    rows: pd.DataFrame
    arrange: Callable[[pd.DataFrame], pd.DataFrame]

    def __call__(self) -> LabelledSeries:
        try:
            return self._labelled()
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadInput(f"series {self.id!r}", f"cannot be read: {error}", "mend its rows in the table") from error

    def _labelled(self) -> LabelledSeries:
        rows = self.arrange(self.rows)
        if rows.timestamp.isna().any():
            raise ValueError("a time is missing")
        seconds = rows.timestamp.to_numpy(dtype=np.int64)
        step_s = max(1, int(np.median(np.diff(seconds)))) if len(seconds) > 1 else 1
        series = Series(self.id, seconds, rows.value.to_numpy(dtype=np.float64), step_s)
        left = len(self.rows) - len(rows)
        notes = [f"{left} points at times that were there before were left out"] if left else []
        labels = pd.to_numeric(rows.label)
        unlabelled = int(labels.isna().sum())
        notes += [f"{unlabelled} points without a label count as normal"] if unlabelled else []
        if not labels.dropna().isin((0, 1)).all():
            raise ValueError("a label is neither 0 nor 1")
        return LabelledSeries(series, labels.fillna(0).to_numpy() > 0, seconds[0] > 0, tuple(notes))


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop_duplicates("timestamp").sort_values("timestamp", kind="stable")


def _train_then_test(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(timestamp=np.arange(len(rows), dtype=np.int64))
