"""What a table must not be: each in one line that names place and mend."""

import gzip
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argosy.inputs.tables.read_series import TableRequest, list_series, read_series
from argosy.signals.errors import BadInput


def refused(path: Path, **request: object) -> str:
    with pytest.raises(BadInput) as caught:
        read_series(TableRequest(path, **request))  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.place
    assert caught.value.mend
    return message.removeprefix(str(path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ": the file is empty"),
        ("\n \n", ": the file is empty"),
        ("timestamp,value\n", ": the table has no rows"),
        ("0,1\n1600000060,3\n", "the first row looks like data; put a header above it"),
        (
            "timestamp,valeu,more\n1,2,3\n",
            ": no column 'value'; there are 'timestamp', 'valeu', 'more'; name the right one (perhaps 'valeu')",
        ),
        ("when,value\n1,2\n", ": no column 'timestamp'; there are 'when', 'value'; name the right one with --time"),
        ("timestamp,value,value\n1600000000,1,2\n", ": two columns are called 'value'"),
        ("timestamp,value\n1600000000,1\n1600000060,abc\n", ", row 3, column 'value': 'abc' is not a number"),
        ("\n\ntimestamp,value\n1600000000,1\n\n1600000060,abc\n", ", row 6, column 'value': 'abc' is not a number"),
        ("timestamp,value\n1600000000,1\n1600000060,2,3\n", ", row 3: 3 cells where the header has 2"),
        ("timestamp,value\n1600000000,1\n,2\n", ", row 3, column 'timestamp': the row has no time"),
        (
            "timestamp,value\n01/02/2020 12:30,1\n",
            ", row 2, column 'timestamp': '01/02/2020 12:30' may be 2020-02-01 or 2020-01-02; say --time-format",
        ),
        (
            "timestamp,value\n12:30,1\n",
            ", column 'timestamp': it holds times of day without a date",
        ),
        ("timestamp,value\n20200131,1\n20200132,1\n", ", row 3, column 'timestamp': '20200132' is no date"),
        ("timestamp,value\n0001-01-01,1\n", ", row 2, column 'timestamp': '0001-01-01' lies outside the years"),
        ("timestamp,value\n99999999999999999999,1\n", "is too large for a Unix time"),
        ("timestamp,value\n2020-01-01,1\n1577923200,2\n", ", row 3, column 'timestamp': '1577923200' is a number"),
        ("timestamp,value\n1577923200,1\n2020-01-05,2\n", ", row 3, column 'timestamp': '2020-01-05' is no number"),
        ("timestamp,value\n1577923200,1\n1577923300000,2\n", "'1577923300000' would be in milliseconds"),
        (
            "timestamp,value\n2020-01-01T00:00Z,1\n2020-01-01T00:01,2\n",
            ", row 3, column 'timestamp': '2020-01-01T00:01' has no offset",
        ),
        (
            "timestamp,value\n1600000060,1\n1600000000,2\n",
            ", row 3, column 'timestamp': '1600000000' comes before row 2; sort",
        ),
        (
            "timestamp,value\n1600000060,1\n1600000060,2\n",
            ", row 3, column 'timestamp': '1600000060' repeats the time of row 2",
        ),
        (
            "timestamp,value\n2020-10-25T02:59,1\n2020-10-25T02:00,2\n",
            "if a clock change did this, name the --zone, or write offsets",
        ),
        ("timestamp,value\n1600000000.1,1\n1600000000.7,2\n", "is less than a second after row 2"),
        ("index,value\n0,1\n1,2\n", ", column 'index': an index does not say how far apart points are; give --step"),
        ("timestamp,value\n1600000000,\n1600000060,NaN\n", ", column 'value': every value is missing"),
        (
            "timestamp,value\n1600000000,1\n1600000060,-inf\n1600000120,inf\n",
            ", row 3, column 'value': '-inf' is infinite (and 1 more)",
        ),
        (
            "timestamp,value\n1600000000,1\n1600000060,1e200\n",
            ", row 3, column 'value': '1e+200' is larger than 1e+150",
        ),
        (
            "timestamp,value\n1600000000,1,5\n",
            ", row 2: 3 cells where the header has 2: '1600000000,1,5'; put numbers with decimal commas in quotes",
        ),
        (
            "timestamp,value\n1600000000,1\n// restart\n",
            ", row 3: 1 cells where the header has 2: '// restart'; give --comment",
        ),
        ("timestamp,value\n1600000000,2020-01-01\n", ", column 'value': it holds date32[day], not numbers"),
        (
            "timestamp;value\n1600000000;1,5\n",
            ", column 'value': 1 of 1 cells have decimal commas, such as '1,5'; give --decimal ,",
        ),
        ("timestamp,value,label\n1600000000,1,0\n1600000060,1,2\n", ", row 3, column 'label': '2' is neither 0 nor 1"),
        ("timestamp,value,label\n1600000000,1,no\n", ", row 2, column 'label': 'no' is neither 0 nor 1"),
        ('timestamp,"value\n1600000000,1\n', ", row 1: no CSV header"),
    ],
)
def test_a_csv_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    assert expected in refused(path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bytes(range(256)) * 4, "binary data"),
        (b'{"timestamp": 1, "value": 2}\n{"timestamp": 2, "value": 3}\n', "no table but JSON"),
        (b"PK\x03\x04....", "a zip archive or spreadsheet"),
        (b"PAR1garbage", "the Parquet file is damaged"),
        (gzip.compress(b"timestamp,value\n1600000000,1\n", mtime=0)[:-9], "the gzip file is damaged"),
        ("timestamp,value\n1600000000,1\n".encode("utf-16"), "UTF-16"),
        ("timestamp,wért\n1600000000,1\n".encode("latin-1"), ", row 1: the text is not UTF-8"),
        ("timestamp,value\n1600000000,1é\n".encode("latin-1"), ", row 2, column 'value': the text is not UTF-8"),
        (b"timestamp,value\n1600000000," + b"x" * 20_000_000, "a row is longer than 8 MiB"),
        (b"timestamp,value\n1600000000," + b"x" * 3_000_000, "…' is not a number"),
        (b"x" * 200_000, "no header within 64 KiB"),
    ],
    ids=["binary", "json", "zip", "parquet", "gzip", "utf16", "header", "cell", "row", "wide", "long"],
)
def test_other_bytes_are_refused(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    assert expected in refused(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv").startswith(": no such file")
    assert refused(tmp_path).startswith(": this is a directory")
    assert "cannot be read" in refused(tmp_path / ("x" * 300))
    assert "cannot be read" in refused(tmp_path / "a\0b")


def test_a_strange_file_name_stays_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a\n\x1b[31m.csv"
    path.write_text("timestamp,value\n1600000000,x\n")
    assert "\x1b" not in refused(path)


def test_parquet_rows_are_counted_within_their_series(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pd.DataFrame({"series": ["a", "b", "b"], "timestamp": [10, 10, 10], "value": [1, 2, 3]}).to_parquet(path)
    assert refused(path, series="b").startswith(
        ", series 'b', row 2, column 'timestamp': '10' repeats the time of row 1"
    )


def test_twin_columns_of_parquet_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    columns = [pa.array([10, 20]), pa.array([1.0, 2.0]), pa.array([3.0, 4.0])]
    pq.write_table(pa.Table.from_arrays(columns, ["timestamp", "value", "value"]), path)
    assert refused(path).startswith(": two columns are called 'value'")


def test_parquet_of_the_wrong_types_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pd.DataFrame({"timestamp": [10, 20], "value": [[1], [2]]}).to_parquet(path)
    assert "column 'value': it holds list" in refused(path)


TABLE = "series,timestamp,value,label\na,1600000000,1,0\na,1600000060,2,1\nb,1600000000,5,0\n"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, ", column 'series': it holds 2 series: 'a', 'b'; name one of them with --series"),
        ({"series": "c"}, ", column 'series': no series 'c'; there are 'a', 'b'"),
        ({"series": "a", "id_column": "host"}, ": no column 'host'"),
        ({"series": "a", "value": "valu"}, "name the right one (perhaps 'value') with --value"),
        ({"series": "a", "label": "anomaly"}, ": no column 'anomaly'"),
        ({"series": "a", "base": "detector"}, "with --base"),
        ({"series": "a", "step_s": 60}, "--step: "),
        ({"series": "a", "step_s": 0}, "--step: 0 is no step"),
        ({"series": "a", "step_s": -60}, "--step: -60 is no step"),
        ({"series": "a", "label": "label", "incidents": Path("x")}, "--label and --incidents: both say"),
        ({"series": "a", "incidents": Path("/nowhere/x.csv")}, "/nowhere/x.csv: no such file"),
    ],
)
def test_requests_that_do_not_fit_are_refused(tmp_path: Path, request_: dict[str, object], expected: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(TABLE)
    assert expected in refused(path, **request_)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "start,end\n1600000060,1600000000\n",
            "row 2, column 'end': the incident ends at '1600000000', before it starts",
        ),
        ("start,end\n1700000060,1700000090\n", "not one of its 1 incidents covers a point of 'a'"),
        ("start,stop\n1,2\n", "no column 'end'"),
        ("start,end\n1600000000,soon\n", "column 'end': 'soon' is no time"),
        ("[1, 2]", "row 1: no start and end"),
        ("[[null, 1600000000]]", "row 1, column 'start': the row has no time"),
        ("[[1e999, 3]]", "row 1, column 'start'"),
        ('{"start": 1}', "not a list of incidents"),
        ("[", "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_incidents_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(TABLE)
    (tmp_path / "i.csv").write_text(text)
    assert expected in refused(path, series="a", incidents=tmp_path / "i.csv")


def test_a_table_without_ids_has_none_to_list(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("timestamp,value\n1,2\n")
    with pytest.raises(BadInput, match="no column 'series'"):
        list_series(tmp_path / "x.csv")
