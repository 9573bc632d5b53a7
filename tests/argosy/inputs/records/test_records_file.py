"""Records out of files of every kind, with what is wrong in them kept and told."""

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.records.json_records import as_row
from argosy.inputs.records.records_file import ReadRecords, RecordsFormat, RecordsRequest, read_records
from argosy.signals.errors import BadInput
from argosy.signals.records import Moment

ROWS = [{"city": "Rome", "ms": 12}, {"city": "Oslo", "ms": None}]


def read(tmp_path: Path, name: str, content: str | bytes, **options: object) -> ReadRecords:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_records(RecordsRequest(file, **options))  # type: ignore[arg-type]


LINES = "\n".join(map(json.dumps, ROWS))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", LINES + "\n\n"),
        ("a.json", "\ufeff" + LINES),
        ("a.json", json.dumps(ROWS)),
        ("a.json", json.dumps({"took": 3, "records": ROWS}, indent=2)),
        ("a.jsonl.gz", gzip.compress(LINES.encode(), mtime=0)),
        ("a.jsonl", LINES.replace("\n", "\r\n").encode("utf-16")),
        ("a.csv", "city,ms\nRome,12\nOslo,\n"),
        ("a.csv.gz", gzip.compress(b"city;ms\nRome;12\nOslo;\n", mtime=0)),
    ],
)
def test_the_same_records_are_read_from_every_format(tmp_path: Path, name: str, content: str | bytes) -> None:
    found = read(tmp_path, name, content)
    assert [dict(row) for row in found.records.rows] == ROWS
    assert found.records.groups is None


def test_json_lines_in_another_encoding_are_records_all_the_same(tmp_path: Path) -> None:
    found = read(tmp_path, "a.jsonl", b'{"city": "Rome"}\n' + '{"city": "Köln"}\n'.encode("cp1252"))
    assert [dict(row) for row in found.records.rows] == [{"city": "Rome"}, {"city": "Köln"}]
    assert found.notes == ("no UTF-8, and read as Windows-1252: 1 line",)


def test_a_gzipped_file_that_is_damaged_is_refused_whatever_it_holds(tmp_path: Path) -> None:
    rows = [{"n": n * 7919 % 99_991} for n in range(20_000)]
    for text in ("\n".join(map(json.dumps, rows)), json.dumps(rows), "n\n" + "\n".join(str(row["n"]) for row in rows)):
        packed = gzip.compress(text.encode(), mtime=0)
        for damaged in (packed[: len(packed) // 2], packed[:-8] + b"\0" * 8):
            for name in ("a.csv.gz", "a.json.gz", "a.txt.gz"):
                with pytest.raises(BadInput):
                    read(tmp_path, name, damaged)


def test_parquet_with_nested_fields_and_times_is_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"at": pd.to_datetime(["2024-05-01"]), "where": [{"city": "Rome", "at": [1, 2]}], "n": [2.5]})
    frame.to_parquet(tmp_path / "a.parquet")
    found = read_records(RecordsRequest(tmp_path / "a.parquet"))
    at = Moment("2024-05-01 00:00:00", datetime(2024, 5, 1, tzinfo=UTC))
    assert found.records.rows[0] == {"at": at, "where.city": "Rome", "where.at": "1 2", "n": 2.5}


def test_text_is_a_record_a_line_and_numbers_count_every_line(tmp_path: Path) -> None:
    found = read(tmp_path, "a.log", b"first\n\nsecond caf\xe9\n" + b"x" * 10_000_000)
    assert found.numbers.tolist() == [1, 3, 4]
    assert found.records.rows[1] == {"text": "second café"}
    assert len(str(found.records.rows[2]["text"])) == 65_536
    assert len(found.notes) == 2


def test_nothing_is_lost_of_broken_and_huge_json(tmp_path: Path) -> None:
    huge = json.dumps({"city": "x" * 10_000_000, "ms": 1})
    deep = '{"a":' * 5_000 + "1" + "}" * 5_000
    found = read(tmp_path, "a.jsonl", "\n".join([LINES, '{"city": "Ro', "7", huge, '{"ms": NaN, "b": Infinity}', deep]))
    assert len(found.records) == 7
    assert found.records.rows[2] == {"text": '{"city": "Ro'}
    assert found.records.rows[3] == {"text": 7}
    assert len(str(found.records.rows[4]["city"])) == 65_536
    assert found.records.rows[5] == {"ms": None, "b": None}
    assert found.notes[0].startswith("no JSON, and taken as texts: ")
    assert "cut there" in found.notes[1]


def test_fields_groups_and_names_are_chosen(tmp_path: Path) -> None:
    rows = [{"user": "ann", "where": {"x": 1, "y": 2}, "code": 5}, {"user": None, "where": {"x": 3}, "code": 6}]
    text = "\n".join(map(json.dumps, rows))
    found = read(tmp_path, "a.jsonl", text, group="user", without=("where.y",), names=("code",))
    assert [dict(row) for row in found.records.rows] == [{"where.x": 1, "code": "5"}, {"where.x": 3, "code": "6"}]
    assert found.records.groups == ["ann", ""]
    assert found.hidden[0] == {"user": "ann", "where.y": 2}
    assert found.notes == ("1 records have no user; they are a group of their own",)
    assert [*read(tmp_path, "a.jsonl", text, fields=("where.*",)).records.rows[0]] == ["where.x", "where.y"]


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("a.csv", "", {}, "the file is empty"),
        ("a.jsonl", " \n\n", {}, "empty"),
        ("a.csv", "city,ms\n", {}, "holds no record"),
        ("a.json", "[]", {}, "holds no record"),
        ("a.txt", b"\x00\x01\x02" * 900, {}, "binary"),
        ("a.parquet", b"PAR1 but no more", {}, "damaged"),
        ("a.jsonl.gz", gzip.compress(LINES.encode() * 999, mtime=0)[:40], {}, "damaged or cut short"),
        ("a.jsonl", LINES, {"group": "user"}, "--group user.*no such field; there are 'city', 'ms'"),
        ("a.jsonl", LINES, {"fields": ("town*",)}, "--fields town"),
        ("a.jsonl", LINES, {"without": ("*",)}, "no field is left"),
        ("a.txt", "a;b\n1;2;3\n", {"format": RecordsFormat.CSV}, "3 cells where the header has 2"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_mend(
    tmp_path: Path, name: str, content: str | bytes, options: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInput, match=f"(?s){said}"):
        read(tmp_path, name, content, **options)


def test_a_pipe_is_read_and_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(LINES.encode()))
    monkeypatch.setattr("sys.stdin", pipe)
    assert read_records(RecordsRequest(Path("-"))).records.id == "stdin"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2,3\n")))
    with pytest.raises(BadInput, match="stdin"):
        read_records(RecordsRequest(Path("-"), RecordsFormat.CSV))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(_JSON)
def test_every_json_value_is_a_row_of_plain_fields(value: object) -> None:
    row = as_row(value)
    assert all(each is None or isinstance(each, str | int | float | bool) for each in row.values())
    assert all(isinstance(name, str) for name in row)


def test_a_table_without_a_header_keeps_its_first_record(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("".join(f"2024-03-{day:02},{day}.5,ok\n" for day in range(1, 21)))
    read = read_records(RecordsRequest(path))
    assert (len(read.records), read.numbers[0]) == (20, 1)
    assert any("row 1 is data, no header" in note for note in read.notes)
