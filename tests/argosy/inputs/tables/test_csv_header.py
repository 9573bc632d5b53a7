"""Where tables of CSV begin: past separators that are said, comments and titles; and what parts their cells."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from argosy.inputs.tables.csv_header import best_separator
from argosy.inputs.tables.loaded_series import LoadedSeries
from argosy.inputs.tables.read_series import TableRequest, read_series
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

ROWS = "1600000000{0}1.5\n1600000060{0}2.5\n"


def load(folder: Path, text: str, reading: Reading = UNSAID) -> LoadedSeries:
    path = folder / "x.csv"
    path.write_text(text, encoding="utf-8")
    return read_series(TableRequest(path, reading=reading))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("sep=;\ntimestamp;value\n" + ROWS.format(";"), UNSAID),
        ("\ufeffsep=|\r\ntimestamp|value\r\n" + ROWS.format("|"), UNSAID),
        ('"sep=,"\ntimestamp,value\n' + ROWS.format(","), UNSAID),
        ("# made by a tool\n# host=a, b\ntimestamp,value\n" + ROWS.format(","), UNSAID),
        ("# made by a tool\n\ntimestamp,value\n# restart\n" + ROWS.format(","), UNSAID),
        ("# made by a tool\n# timestamp,value\n" + ROWS.format(","), UNSAID),
        ("timestamp,value\n1600000000,1.5\n// restart, at noon\n1600000060,2.5\n", Reading(comment="//")),
        ("timestamp,value\n1600000000,1.5\n  % restart\n1600000060,2.5\n% the end", Reading(comment="%")),
        ("CPU of web-1\nfrom monday, to friday, all\n\ntimestamp,value\n" + ROWS.format(","), Reading(skip=3)),
        ('one " quote\ntimestamp\tvalue\n' + ROWS.format("\t"), Reading(skip=1)),
        ("timestamp;value, kW\n1600000000;1.5\n1600000060;2.5\n", UNSAID),
    ],
)
def test_the_table_is_found(tmp_path: Path, text: str, reading: Reading) -> None:
    value = "value, kW" if "kW" in text else None
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("x.csv", "x.csv.gz"):
        loaded = read_series(TableRequest(tmp_path / name, value=value, reading=reading))
        assert loaded.series.seconds.tolist() == [1_600_000_000, 1_600_000_060]
        assert loaded.series.values.tolist() == [1.5, 2.5]


def test_comments_that_nobody_named_are_said(tmp_path: Path) -> None:
    assert "begin with '#'" in load(tmp_path, "# a tool\ntimestamp,value\n" + ROWS.format(",")).notes[0]
    assert "named in row 1" in load(tmp_path, "# timestamp,value\n" + ROWS.format(",")).notes[0]


def test_rows_keep_their_numbers_behind_comments(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="row 5, column 'value': 'x' is not a number"):
        load(tmp_path, "# a tool\ntimestamp,value\n1600000000,1\n# restart\n1600000060,x\n")


def test_in_a_single_column_comments_are_no_missing_values(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("value\n1\n# a remark\n\n2\n")
    request = TableRequest(tmp_path / "x.csv", step_s=60, reading=Reading(comment="#"))
    np.testing.assert_array_equal(read_series(request).series.values, [1, np.nan, 2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "CPU of web-1\ntimestamp,value\n" + ROWS.format(","),
            "row 1 is no header; .* row 2: 'timestamp', …; give --skip 1",
        ),
        ("CPU of web-1\n\nFrom: x, to: y, z\ntimestamp;value\n" + ROWS.format(";"), "row 4: .*give --skip 3"),
        ("CPU of web-1,\nmade,2024-01-01\n,\ntimestamp,value\n" + ROWS.format(","), "row 4: .*give --skip 3"),
    ],
)
def test_text_above_the_table_is_named_with_what_skips_it(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(BadInput, match=expected):
        load(tmp_path, text)


def test_more_is_skipped_than_there_is(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"--skip 9: .* skip fewer"):
        load(tmp_path, "timestamp,value\n" + ROWS.format(","), Reading(skip=9))


@pytest.mark.parametrize(
    ("header", "row", "separator"),
    [
        ("a,b", "1,2", ","),
        ("a;b", "1,5;2", ";"),
        ("a, b;c", "1;2,5", ";"),
        ("a|b,c", "x|y,1", ","),
        ("a\tb,c", "1\t2,5", "\t"),
        ("time,cpu;mem,value", "1,2,3", ","),
        ("alone", "1", ","),
    ],
)
def test_what_parts_cells_is_seen_in_the_rows(header: str, row: str, separator: str) -> None:
    assert best_separator(header, [row, row]) == separator
