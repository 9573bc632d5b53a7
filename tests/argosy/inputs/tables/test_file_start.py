"""What is no table is refused by how it begins, in the words of whoever would have read it."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from argosy.inputs.tables.csv_header import read_header
from argosy.inputs.tables.file_start import check_table
from argosy.inputs.tables.sheet import open_sheet
from argosy.signals.errors import BadInput

TABLE = b"timestamp;value\n2026-01-01;1\n"
NO_TABLES = {
    "empty.csv": b"",
    "blank.csv": b"\n \n",
    "sheet.xlsx": b"PK\x03\x04 and so on",
    "text.csv": "a,b\n".encode("utf-16"),
    "binary.csv": b"a,b\n\0\1\2",
    "records.csv": b'[{"a": 1}]',
    "cut.csv.gz": gzip.compress(TABLE)[:-9],
    "garbled.csv.gz": b"\x1f\x8b\x08\x00 no more",
    "cut.parquet": b"PAR1 and no end",
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_table_is_refused_in_the_words_of_its_reader(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(NO_TABLES[name])
    with pytest.raises(BadInput) as early:
        check_table(file)
    with pytest.raises(BadInput) as late:
        open_sheet(file)
    assert str(early.value) == str(late.value)


@pytest.mark.parametrize("data", [b'"a"b,c\n1,2\n', "größe,wert\n".encode("latin-1"), b"x" * (1 << 17)])
def test_a_header_is_looked_at_when_it_is_known_what_to_skip(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    check_table(file)
    with pytest.raises(BadInput):
        open_sheet(file)


@pytest.mark.parametrize("path", [Path("nowhere.csv"), Path("."), Path("zero\0byte")])
def test_what_is_no_file_is_refused(path: Path) -> None:
    with pytest.raises(BadInput):
        check_table(path)


def test_a_table_passes_and_its_header_is_read(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_bytes(b"\xef\xbb\xbf\n" + TABLE)
    packed.write_bytes(gzip.compress(TABLE))
    check_table(plain)
    check_table(packed)
    header = read_header(plain, gzipped=False)
    assert (header.names, header.separator, header.row) == (("timestamp", "value"), ";", 2)
    assert read_header(packed, gzipped=True).row == 1


def test_looking_at_a_file_loads_no_reader_of_tables() -> None:
    check = "import sys, argosy.inputs.tables.file_start; print({'numpy', 'pandas', 'pyarrow'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True).stdout == "set()\n"
