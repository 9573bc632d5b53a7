"""Several series in one file are named by the column that tells them apart."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.signals.errors import BadInput

START = 1_714_521_600
Row = tuple[int, object, float]


def load(folder: Path, rows: Iterable[Row], column: str = "host", **request: str) -> LoadedSeries:
    path = folder / "metric.csv"
    text = "".join(f"{START + second},{id},{value}\n" for second, id, value in rows)
    path.write_text(f"timestamp,{column},value\n{text}")
    return read_series(TableRequest(path, **request))  # type: ignore[arg-type]


def mixed(ids: Sequence[object], apart_s: int, points: int = 50) -> list[Row]:
    return [(60 * at + apart_s * place, id, at % 9) for at in range(points) for place, id in enumerate(ids)]


@pytest.mark.parametrize("column", ["host", "Instance", "sensor_id", "what"])
@pytest.mark.parametrize("apart_s", [0, 7])
@pytest.mark.parametrize("ids", [("a", "b"), ("web-1", "web-2", "web-3"), (17, 18)])
def test_rows_of_several_series_are_no_series(tmp_path: Path, column: str, apart_s: int, ids: Sequence[object]) -> None:
    rows = mixed(ids, apart_s)
    with pytest.raises(BadInput, match=rf"column '{column}': it tells {len(ids)} series apart.* --id-column {column}"):
        load(tmp_path, rows, column)
    one = load(tmp_path, rows, column, id_column=column, series=str(ids[0]))
    assert (len(one.series), one.series.step_s) == (50, 60)


def test_a_name_that_says_so_is_believed_where_points_have_one_step(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"--id-column host"):
        load(tmp_path, mixed(("a", "b"), 30))
    assert len(load(tmp_path, mixed(("day", "night"), 30), "shift").series) == 100


def test_one_series_below_the_other(tmp_path: Path) -> None:
    rows = [(60 * at, id, at % 9) for id in ("a", "b") for at in range(50)]
    with pytest.raises(BadInput, match=r"column 'host': it tells 2 series apart"):
        load(tmp_path, rows)


@pytest.mark.parametrize(
    "ids",
    [
        ["a"] * 100,
        ["a"] * 50 + ["b"] * 50,
        [str(at) for at in range(100)],
        ["ok", "ok", "ok", "ok", "warn"] * 20,
        [f"day {at // 24}" for at in range(100)],
    ],
)
def test_a_column_that_changes_with_time_tells_nothing_apart(tmp_path: Path, ids: list[str]) -> None:
    loaded = load(tmp_path, [(60 * at, id, at % 9) for at, id in enumerate(ids)])
    assert len(loaded.series) == 100


def test_times_that_repeat_within_every_series_are_told_as_before(tmp_path: Path) -> None:
    rows = mixed(("a", "b"), 0)
    with pytest.raises(BadInput, match=r"row 3, column 'timestamp': .* repeats the time of row 2"):
        load(tmp_path, [row for row in rows for _ in range(2)])
