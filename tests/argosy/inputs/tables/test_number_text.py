"""Numbers as people write them: read where an option says how, else the cause is named for the whole column."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

COMMA, POINT, UNITS = Reading(decimal=","), Reading(decimal="."), Reading(units=True)


def load(folder: Path, cells: list[str], reading: Reading = UNSAID) -> LoadedSeries:
    rows = [f'{1_600_000_000 + 60 * at};"{cell}"' for at, cell in enumerate(cells)]
    path = folder / "x.csv"
    path.write_text("\n".join(["timestamp;value", *rows]), encoding="utf-8")
    return read_series(TableRequest(path, reading=reading))


@pytest.mark.parametrize(
    ("cells", "reading", "values"),
    [
        (["1,5", "100,251", "3", "", "-2,0e3"], COMMA, [1.5, 100.251, 3, np.nan, -2000]),
        (["1.234,5", "1.234.567", "12"], COMMA, [1234.5, 1_234_567, 12]),
        (["1 234,5", "1\u00a0234", "1\u202f234"], COMMA, [1234.5, 1234, 1234]),
        (["1'234.5", "1,234,567.25", "12"], POINT, [1234.5, 1_234_567.25, 12]),
        (["12,34,567", "999"], POINT, [1_234_567, 999]),
        (["5%", "7.5 %", "0"], UNITS, [5, 7.5, 0]),
        (["1.2 K", "980", "3 Mil"], UNITS, [1200, 980, 3e6]),
        (["1 KiB", "1.5 MiB", "0 B"], UNITS, [1024, 1.5 * 2**20, 0]),
        (["1 kB", "2 MB"], UNITS, [1000, 2e6]),
        (["980 ms", "1.5 s", "2 min", "250 µs"], UNITS, [0.98, 1.5, 120, 0.00025]),
        (["21.5 °C", "22 °C"], UNITS, [21.5, 22]),
        (["1,5 %", "1.000 %"], Reading(decimal=",", units=True), [1.5, 1000]),
        (["−5,5", "5,5"], COMMA, [-5.5, 5.5]),
    ],
)
def test_numbers_are_read_as_it_is_said(
    tmp_path: Path, cells: list[str], reading: Reading, values: list[float]
) -> None:
    np.testing.assert_allclose(load(tmp_path, cells, reading).series.values, values, rtol=1e-12)


def test_one_unit_that_multiplies_nothing_is_left_out(tmp_path: Path) -> None:
    read = load(tmp_path, ["5%", "", "7.5 %"])
    np.testing.assert_array_equal(read.series.values, [5, np.nan, 7.5])
    assert "the unit '%' is left out" in read.notes


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,5", "2", "3,25"], "2 of 3 cells have decimal commas, such as '1,5'; give --decimal ,$"),
        (["1.234,5", "2"], "1 of 2 cells have decimal commas, such as '1.234,5'; give --decimal ,$"),
        (["1,234.5", "2"], r"1 of 2 cells have separated thousands, such as '1,234.5'; give --decimal \.$"),
        (["100,251", "104,912"], r"2 of 2 cells have commas, .* give --decimal , if .* or --decimal \. if"),
        (["5%", "6"], "1 of 2 cells have a unit, such as '5%'; give --units$"),
        (["5 ms", "6 ms"], "2 of 2 cells have a unit, such as '5 ms'; give --units$"),
        (["5 K", "6 K"], "2 of 2 cells have a unit, such as '5 K'; give --units$"),
        (["1.2 K", "980"], "1 of 2 cells have a unit, such as '1.2 K'; give --units$"),
        (
            ["1,5 %", "2 %"],
            "2 of 2 cells have a unit and decimal commas, such as '1,5 %'; give --units and --decimal ,$",
        ),
        (["1,5", "x"], "row 2, column 'value': '1,5' is not a number"),
        (["1", "x"], "row 3, column 'value': 'x' is not a number"),
    ],
)
def test_the_cause_is_named_for_the_column(tmp_path: Path, cells: list[str], expected: str) -> None:
    with pytest.raises(BadInput, match=expected):
        load(tmp_path, cells)


@pytest.mark.parametrize(
    ("cells", "reading", "expected"),
    [
        (["1,5", "100.25"], COMMA, "row 3, column 'value': '100.25' is not a number, even with --decimal ,"),
        (["1.5", "1,5"], POINT, "row 3, column 'value': '1,5' is not a number, even with --decimal ."),
        (["5 %", "6 %"], COMMA, "or give --units for units"),
        (["5 ms", "6 B"], UNITS, "its units do not go together: 'ms', 'B'"),
        (["5 s", "6"], UNITS, "its units do not go together: 's', none"),
        (["5 m", "6 s"], UNITS, "do not go together"),
        (["1,5 s"], UNITS, "'1,5 s' is not a number, even with --units"),
        (["5 s", "soon"], UNITS, "row 3, column 'value': 'soon' is not a number"),
    ],
)
def test_what_does_not_fit_what_was_said_is_refused(
    tmp_path: Path, cells: list[str], reading: Reading, expected: str
) -> None:
    with pytest.raises(BadInput, match=expected):
        load(tmp_path, cells, reading)


def test_what_was_left_out_or_multiplied_is_said(tmp_path: Path) -> None:
    assert load(tmp_path, ["5%", "6%"], UNITS).notes == ("the unit '%' is left out",)
    assert load(tmp_path, ["5 K", "6"], UNITS).notes == ("units are multiplied out: 'K' is 1,000",)
    assert load(tmp_path, ["1.234", "987"], COMMA).notes == ("thousands are separated, as in '1.234'",)


def test_numbers_of_parquet_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pd.DataFrame({"timestamp": [1_600_000_000, 1_600_000_060], "value": [1.234, 2.5]}).to_parquet(path)
    assert read_series(TableRequest(path, reading=COMMA)).series.values.tolist() == [1.234, 2.5]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.decimals(-(10**9), 10**9, places=3), min_size=1, max_size=8), english=st.booleans())
def test_what_is_written_with_separators_is_read(tmp_path: Path, values: list[object], english: bool) -> None:
    cells = [f"{value:,}" for value in values]
    if not english:
        cells = [cell.translate(str.maketrans(",.", ".,")) for cell in cells]
    read = load(tmp_path, cells, POINT if english else COMMA).series.values
    np.testing.assert_array_equal(read, [float(str(value)) for value in values])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.text("0123456789.,'- %KMsµ/eE\u00a0x", max_size=9), min_size=1, max_size=4),
    decimal=st.sampled_from([None, ",", "."]),
    units=st.sampled_from([None, True]),
)
def test_any_cells_are_read_or_refused(
    tmp_path: Path, cells: list[str], decimal: str | None, units: bool | None
) -> None:
    try:
        loaded = load(tmp_path, cells, Reading(decimal=decimal, units=units))
    except BadInput:
        return
    assert len(loaded.series) <= len(cells)
    assert np.isfinite(loaded.series.values).any()
