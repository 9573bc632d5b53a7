"""Columns without a usual name: taken where there is one that can be meant, which is said; else asked for."""

from pathlib import Path

import pytest

from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.signals.errors import BadInput

ROWS = 12


def write(path: Path, header: str, *cells: str) -> Path:
    """A table whose rows are made of `cells`, in which {i} is the row's number of two digits."""
    rows = [",".join(cells).format(i=f"{index:02}") for index in range(ROWS)]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "cell",
    [
        "2024-05-06T{i}:00:00Z", "2024-05-06 {i}:00", "13/05/2024 {i}:00", "13.05.2024 {i}:00:00", "13 May 2024 {i}:00",
        "2024/05/06 {i}:00:00.250", "Mon, 06 May 2024 {i}:00:00 +0000",
    ],
)  # fmt: skip
def test_the_only_column_of_dates_holds_the_times(tmp_path: Path, cell: str) -> None:
    quoted = f'"{cell}"'
    read = read_series(TableRequest(write(tmp_path / "a.csv", "when,host,queue", quoted, "db-a", "4{i}")))
    assert read.times_known
    assert read.series.step_s == 3_600
    assert {"times are those of column 'when'", "values are those of column 'queue'"} <= set(read.notes)


def test_the_only_column_of_numbers_holds_the_values_whatever_their_unit(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "ts,host,load", "2024-05-06T{i}:00:00Z", "db-a", "4{i} %")
    assert read_series(TableRequest(path)).series.values[3] == 403


@pytest.mark.parametrize(
    ("header", "cells", "option"),
    [
        ("when,orders,returns", ("2024-05-06T{i}:00:00Z", "4{i}", "{i}"), "--value"),
        ("opened,closed,orders", ("2024-05-06T{i}:00:00Z", "2024-05-07T{i}:00:00Z", "{i}"), "--time"),
        ("release,address,orders", ("10.12.0.{i}", "10.0.0.{i}", "{i}"), "--time"),
        ("counter,orders", ("17110080{i}", "{i}"), "--time"),
    ],
)
def test_where_two_can_be_meant_or_none_it_is_asked(
    tmp_path: Path, header: str, cells: tuple[str, ...], option: str
) -> None:
    with pytest.raises(BadInput, match=option):
        read_series(TableRequest(write(tmp_path / "a.csv", header, *cells)))


def test_nothing_is_inferred_where_nobody_reads_what_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "when,value", "2024-05-06T{i}:00:00Z", "4{i}")
    with pytest.raises(BadInput, match="--time"):
        read_series(TableRequest(path, infer_columns=False))
