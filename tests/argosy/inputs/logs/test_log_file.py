"""Logs as they come: formats, encodings, lines without end, rows that cannot be read."""

import bz2
import gzip
import json
import lzma
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.logs.byte_stream import LONGEST_LINE
from argosy.inputs.logs.fields import label_of, line_of
from argosy.inputs.logs.log_file import LogFormat, LogRequest, open_log, read_lines
from argosy.signals.errors import BadInput


def zstd(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


def read(path: Path, data: bytes, **options: str) -> tuple[list[tuple[int, str]], tuple[str, ...], LogFormat]:
    """Numbers and texts of a log of these bytes, the notes on it, and its format."""
    path.write_bytes(data)
    log = open_log(LogRequest(path, **options))  # type: ignore[arg-type]
    rows = [row for each in log.batches() for row in zip(each.numbers.tolist(), each.texts, strict=True)]
    return rows, log.notes, log.format


@pytest.mark.parametrize(
    "data",
    [
        b"one\n\ntwo\n",
        b"one\r\n\r\ntwo\r\n",
        b"\xef\xbb\xbfone\n \t\ntwo",
        "one\n\ntwo\n".encode("utf-16"),
        b"\xff\xfe" + "one\n\ntwo\n".encode("utf-16-le"),
        gzip.compress(b"one\n\ntwo\n", mtime=0),
        bz2.compress(b"one\n\ntwo\n"),
        bz2.compress(b"one\n") + bz2.compress(b"\ntwo\n"),
        lzma.compress(b"one\n\ntwo\n"),
        lzma.compress(b"one\n") + lzma.compress(b"\ntwo\n"),
        pa.Codec("zstd").compress(b"one\n\ntwo\n", asbytes=True),
        pa.Codec("zstd").compress(b"one\n", asbytes=True) + pa.Codec("zstd").compress(b"\ntwo\n", asbytes=True),
        b"\x1b[31mone\x1b[0m\n\n#033[1;32mtwo#033[0m\n",
    ],
)
def test_plain_text_whatever_it_is_written_in(tmp_path: Path, data: bytes) -> None:
    rows, notes, kind = read(tmp_path / "a.log", data)
    assert (rows, notes, kind) == ([(1, "one"), (3, "two")], (), LogFormat.TEXT)


def test_mixed_encodings_are_read_line_by_line_and_counted(tmp_path: Path) -> None:
    rows, notes, _ = read(tmp_path / "a.log", "über\n".encode() + "über\n".encode("cp1252") + b"\x81\n")
    assert [text for _, text in rows] == ["über", "über", "\ufffd"]
    assert notes == ("read 2 lines that are no UTF-8 as Windows-1252",)


def test_one_line_of_ten_megabytes_is_cut_and_the_next_stands(tmp_path: Path) -> None:
    rows, notes, _ = read(tmp_path / "a.log", b"first\n" + b"x" * 10_000_000 + b"\nlast\n")
    assert [(number, len(text)) for number, text in rows] == [(1, 5), (2, LONGEST_LINE), (3, 4)]
    assert notes == ("cut 1 line at 65,536 characters",)
    assert len(read(tmp_path / "b.log", b"x" * 10_000_000)[0][0][1]) == LONGEST_LINE


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), min_size=1))
def test_no_line_is_lost(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.mktemp("log") / "a.log"
    kept = ["begin", *lines]
    rows, _, _ = read(path, "\n".join(kept).encode())
    assert [line for _, text in rows for line in text.split("\n") if line.strip()] == [
        line for line in kept if line.strip()
    ]
    assert all(kept[number - 1] == text.split("\n")[0] for number, text in rows)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the log is empty"),
        (b"\n \n", "the log is empty"),
        (bytes(range(256)) * 40, "is no text"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 500, "is no text"),
        (gzip.compress(b"line\n" * 10_000, mtime=0)[:-20], "is damaged or cut short"),
        (b"PAR1 and no more", "Parquet file is damaged"),
        (b'{"a": null}\n{}\n', "no entry of it can be read"),
        (b"__CURSOR=s=1\nMESSAGE=fine\n\nMESSAGE\n\xff\xff\0\0\0\0\0\0short", "entry 2: a binary field does not end"),
        (b"__CURSOR=s=1\nMESSAGE=fine\n\nno field of any kind and much longer than a name can be in this format, so\n",
         "entry 2: is not in the export format"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_in_one_line(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        read(tmp_path / "a.log", data)


def test_a_log_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.log", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            open_log(LogRequest(path))


def test_what_stands_between_json_lines_is_text_and_named(tmp_path: Path) -> None:
    data = b'{"message": "up", "level": "INFO"}\nTraceback: disk failed\n[1]\n\n"bare"\n{"msg": "down"}\n'
    rows, notes, kind = read(tmp_path / "a.log", data)
    assert rows == [(1, "INFO up"), (2, "Traceback: disk failed"), (3, "[1]"), (5, "bare"), (6, "down")]
    assert notes == ("took 3 rows that are no JSON objects as texts: 2, 3, 5",)
    assert kind is LogFormat.JSON_LINES
    assert read(tmp_path / "b.log", b'{"x": "up"}\nbroken\n', message="x")[0] == [(1, "up"), (2, "broken")]


def test_a_row_that_can_have_no_label_is_left_out_of_a_sample_and_named(tmp_path: Path) -> None:
    rows, notes, _ = read(
        tmp_path / "a.log", b'{"msg": "up", "label": 0}\ncut\n{"msg": "down", "label": 1}', label="label"
    )
    assert rows == [(1, "up"), (3, "down")]
    assert notes == ("skipped 1 row without labels: 2",)


def test_a_json_line_of_ten_megabytes_is_cut_and_read_as_text(tmp_path: Path) -> None:
    long = json.dumps({"message": "FATAL " + "x" * 10_000_000}).encode()
    rows, notes, _ = read(tmp_path / "a.log", b'{"message": "up"}\n' + long + b'\n{"message": "down"}\n')
    assert [(number, text[:19]) for number, text in rows] == [(1, "up"), (2, '{"message": "FATAL '), (3, "down")]
    assert "cut 1 line at 65,536 characters" in notes


def test_a_long_cell_of_a_table_is_cut_and_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame({"message": ["up", "x" * 100_000]}).to_parquet(path)
    rows, notes, _ = read(path, path.read_bytes())
    assert [len(text) for _, text in rows] == [2, LONGEST_LINE]
    assert notes == ("cut 1 line at 65,536 characters",)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd])
@pytest.mark.parametrize("line", [b'{"message": "%d"}\n', b"__CURSOR=s=%d\nMESSAGE=up\n\n", b"job %d up\n"])
def test_a_packed_log_that_ends_too_soon_is_refused_in_any_format(
    tmp_path: Path, line: bytes, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(b"".join(line % (at * 7919 % 99_991) for at in range(8_000)))
    for damaged in (packed[: len(packed) // 2], packed[:-8]):
        with pytest.raises(BadInput, match=r"a\.gz: is damaged or cut short: .*; write it again"):
            read(tmp_path / "a.gz", damaged)


def test_a_packed_log_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 30}]
    head = bytearray(lzma.compress(b"x", filters=[{**filters[0], "dict_size": 1 << 20}]))
    at = head.index(bytes([0x21, 0x01])) + 2
    head[at] = 36  # a dictionary of 1 GiB, in the header of the block
    head[24 - 4 : 24] = zlib.crc32(bytes(head[12:20])).to_bytes(4, "little")
    with pytest.raises(BadInput, match="Memory usage limit"):
        read(tmp_path / "a.xz", bytes(head))


def test_zeros_at_the_head_and_within_are_left_out_and_counted(tmp_path: Path) -> None:
    data = b"\0" * 3_000_000 + b"one\n" + b"\0" * 4_096 + b"two\nth\0ree of a line that is longer\n"
    rows, notes, kind = read(tmp_path / "a.log", data)
    assert (rows, kind) == ([(1, "one"), (2, "two"), (3, "th ree of a line that is longer")], LogFormat.TEXT)
    assert notes == ("left out 3,004,097 bytes of zeros",)
    with pytest.raises(BadInput, match="the log is empty"):
        read(tmp_path / "b.log", b"\0" * 100_000)


def test_rows_without_a_message_are_told_field_by_field(tmp_path: Path) -> None:
    rows, _, _ = read(tmp_path / "a.log", b'{"time": "12", "who": {"name": "ann"}, "gone": null}\n')
    assert rows == [(1, "time=12 who.name=ann")]
    assert read(tmp_path / "b.log", b'{"x": "said"}\n{"y": 1}\n', message="x")[0] == [(1, "said")]


def test_a_journald_export_with_a_binary_field(tmp_path: Path) -> None:
    binary = b"two\nlines"
    data = b"__CURSOR=s=1\nPRIORITY=3\n_COMM=sshd\nMESSAGE=bad key\n\n__CURSOR=s=2\nSYSLOG_IDENTIFIER=app\nMESSAGE\n"
    data += struct.pack("<Q", len(binary)) + binary + b"\n\n__CURSOR=s=3\nMESSAGE=unfinished"
    rows, _, kind = read(tmp_path / "a.export", data)
    assert rows == [(1, "ERROR sshd: bad key"), (6, "app: two\nlines"), (12, "unfinished")]
    assert kind is LogFormat.JOURNAL


def test_parquet_with_sessions_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = {"line": [1, 2, 3], "content": ["up", None, "down"], "level": ["INFO", "INFO", "FATAL"]}
    pd.DataFrame({**table, "block": ["a", "a", "b"], "label": [0, 0, 1]}).to_parquet(path)
    lines, labels = read_lines(LogRequest(path, session="block", label="label"))
    assert (list(lines.texts), lines.sessions, labels) == (
        ["INFO up", "FATAL down"],
        ["a", "b"],
        [False, True],
    )
    with pytest.raises(BadInput, match="no column 'wrong'"):
        read_lines(LogRequest(path, message="wrong"))


def test_sessions_of_plain_text_are_found_by_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("got blk_12 now\nnothing\nlost blk_-7\n")
    assert read_lines(LogRequest(path, session=r"blk_-?\d+"))[0].sessions == ["blk_12", "", "blk_-7"]
    assert read_lines(LogRequest(path, session=r"blk_(-?\d+)"))[0].sessions == ["12", "", "-7"]
    with pytest.raises(BadInput, match="no regular expression"):
        read_lines(LogRequest(path, session="("))
    for option in ("label", "message"):
        with pytest.raises(BadInput, match="plain text has no fields"):
            read_lines(LogRequest(path, **{option: "x"}))  # type: ignore[arg-type]


def test_labels() -> None:
    assert [label_of(cell, "") for cell in (0, 1, "1", 1.0, True, "Abnormal", "-", None, "normal")] == [
        False, True, True, True, True, True, False, False, False
    ]  # fmt: skip
    with pytest.raises(BadInput, match="is no label"):
        label_of("perhaps", "row 3")


def test_a_label_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"message": "x"}) + "\n")
    with pytest.raises(BadInput, match="row 1: there is no field 'label'"):
        read_lines(LogRequest(path, label="label"))


@given(
    st.dictionaries(
        st.text(max_size=8), st.none() | st.integers() | st.text(max_size=5) | st.lists(st.booleans(), max_size=2)
    )
)
def test_any_row_is_some_line(row: dict[str, object]) -> None:
    assert isinstance(line_of(row), str)
