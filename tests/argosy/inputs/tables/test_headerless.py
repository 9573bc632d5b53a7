"""Tables without a header: their first row counts as data, and that is said."""

from pathlib import Path

import pytest

from argosy.inputs.tables.headerless import names_of_data
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.read_table import read_matrix
from argosy.signals.errors import BadInput


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("time", ["2024-03-20T{:02}:00:00Z", "20.03.2024 {:02}:00", "17108928{:02}", "202403201{:02}"])
def test_the_first_row_is_a_point(tmp_path: Path, time: str, separator: str) -> None:
    path = tmp_path / "metric.csv"
    path.write_text("\n" + "".join(f"{time.format(hour)}{separator}{hour / 4}\n" for hour in range(20)))
    loaded = read_series(TableRequest(path))
    assert loaded.series.values.tolist() == [hour / 4 for hour in range(20)]
    assert any("row 2 is data, no header" in note for note in loaded.notes)


def test_values_alone_want_a_step(tmp_path: Path) -> None:
    path = tmp_path / "metric.csv"
    path.write_text("1.5\n2.5\n4.5\n")
    loaded = read_series(TableRequest(path, step_s=60))
    assert loaded.series.values.tolist() == [1.5, 2.5, 4.5]
    assert any("'value'" in note for note in loaded.notes)


def test_several_columns_are_told_by_number(tmp_path: Path) -> None:
    path = tmp_path / "metric.csv"
    path.write_text("2024-03-20T00:00:00Z,1,5\n2024-03-20T01:00:00Z,2,6\n")
    with pytest.raises(BadInput, match=r"there are 'timestamp', 'column 2', 'column 3'; .*--value"):
        read_series(TableRequest(path))
    assert read_series(TableRequest(path, value="column 3")).series.values.tolist() == [5, 6]


def test_a_row_that_does_not_fit_is_counted_from_the_first(tmp_path: Path) -> None:
    path = tmp_path / "metric.csv"
    path.write_text("2024-03-20T00:00:00Z,1\n2024-03-20T01:00:00Z,2\nTotal,3\n")
    with pytest.raises(BadInput, match=r"row 3, column 'timestamp': 'Total' is no time"):
        read_series(TableRequest(path))


def test_a_table_of_numbers_without_a_header_keeps_its_first_row(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("".join(f"{row}.5,{row * 2}\n" for row in range(1, 21)))
    matrix = read_matrix(path)
    assert matrix.values[0].tolist() == [1.5, 2]
    assert any("no header" in note for note in matrix.notes)


@pytest.mark.parametrize(
    "header",
    [
        ["timestamp", "value"],
        ["", "0"],
        ["0", "1", "2"],
        ["region", "2023", "2024"],
        ["region", "2024-01-01", "2024-02-01"],
        ["time", "1"],
        [""],
        ["host", "10.0.0.1"],
    ],
)
def test_names_are_no_data(header: list[str]) -> None:
    assert names_of_data(header) is None
