"""Levels of entries with fields, as loggers, collectors and clouds name and number them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.logs.fields import read_row
from argosy.inputs.logs.log_file import LogFormat, LogRequest, open_log
from argosy.signals.severity import Severity

ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("error", {"log": {"level": "error"}, "message": "m"}, "ERROR m"),
    ("error", {"log.level": "error", "message": "m"}, "ERROR m"),
    ("error", {"severityNumber": 17, "body": "m"}, "ERROR m"),
    ("fatal", {"severityNumber": 24, "body": {"stringValue": "m"}}, "FATAL m"),
    ("info", {"severityNumber": 9, "body": "m"}, "INFO m"),
    ("error", {"severityText": "ERROR2", "body": "m"}, "ERROR m"),
    ("error", {"level": 50, "msg": "m"}, "ERROR m"),
    ("warning", {"level": 40, "msg": "m"}, "WARNING m"),
    ("error", {"levelno": 40, "message": "m"}, "ERROR m"),
    ("error", {"level": 3, "short_message": "m"}, "ERROR m"),
    ("error", {"level": 400, "message": "m"}, "ERROR m"),
    ("error", {"severity": 500, "textPayload": "m"}, "ERROR m"),
    ("error", {"severity": "ERROR", "jsonPayload": {"message": "m"}}, "ERROR m"),
    ("info", {"severity": "ERROR", "textPayload": "INFO m"}, "INFO m"),
    ("critical", {"severity": "CRITICAL", "message": "m"}, "CRITICAL m"),
    ("error", {"level": "ERROR", "msg": '{"code": 17, "text": "m"}'}, "ERROR m"),
    ("info", {"level": "info", "msg": '{"to": "x", "payload": {"level": "error"}}'}, "INFO to=x payload.level=error"),
    ("fatal", {"level": "fatal", "msg": '{"level": "info", "msg": "m"}'}, "FATAL m"),
    ("error", {"log": '{"level": "error", "msg": "m"}', "level": "info"}, "ERROR m"),
    ("error", {"severity": "INFO", "textPayload": '{"level": "error", "msg": "m"}'}, "ERROR m"),
    ("error", {"level": "info", "msg": '{"method": "GET", "status": 503}'}, "method=GET status=503"),
    ("info", {"PRIORITY": "6", "MESSAGE": "environment:\na=1\nlevel=error"}, "INFO environment:\na=1\nlevel=error"),
    ("error", {"PRIORITY": "3", "MESSAGE": "m"}, "ERROR m"),
    ("error", {"PRIORITY": "6", "MESSAGE": "ERROR m"}, "ERROR m"),
    ("info", {"PRIORITY": "3", "MESSAGE": "level=info msg=m"}, "level=info msg=m"),
    ("error", {"s": "E", "c": "NETWORK", "ctx": "conn", "msg": "m"}, "ERROR m"),
    ("error", {"@t": "2026", "@mt": "m", "@l": "Error"}, "ERROR m"),
    ("info", {"@t": "2026", "@mt": "m"}, "INFO m"),
    ("error", {"Level": 2, "EventID": 7, "Message": "m"}, "ERROR m"),
    ("error", {"@level": "error", "@message": "m"}, "ERROR m"),
    ("error", {"LogLevel": "Error", "Message": "m"}, "ERROR m"),
    ("error", {"level": "ERROR", "fields": {"message": "m"}}, "ERROR m"),
    ("error", {"level": "E", "msg": "m"}, "ERROR m"),
    ("error", {"level": "错误", "msg": "m"}, "ERROR m"),
    ("error", {"log": '{"level":"error","msg":"m"}\n', "stream": "stdout"}, "ERROR m"),
    ("error", {"message": '{"log":"{\\"level\\":50,\\"msg\\":\\"m\\"}"}'}, "ERROR m"),
    ("error", {"log": "2026-03-02 10:00:00 ERROR m\n", "stream": "stdout"}, "2026-03-02 10:00:00 ERROR m"),
    ("error", {"level": "info", "msg": "m", "method": "GET", "status": 503}, "INFO m"),
    ("info", {"level": "info", "msg": "m", "method": "GET", "status": 200}, "INFO m"),
    ("warning", {"level": "info", "msg": "m", "http": {"response": {"status_code": 404}}}, "INFO m"),
    ("info", {"level": "info", "msg": "fatal error, 0 critical"}, "INFO fatal error, 0 critical"),
    ("unknown", {"level": "audit", "msg": "m"}, "audit m"),
    ("unknown", {"msg": "m", "errors": 0, "error_level": "error"}, "m"),
    ("info", {"level": "info", "msg": "m", "stack_trace": "E: x\n\tat y"}, "INFO m\nE: x\n\tat y"),
    ("unknown", {"MESSAGE": [27, 91, 51, 49, 109, 98, 97, 100, 27, 91, 48, 109]}, "bad"),
    ("info", {"PRIORITY": 6, "MESSAGE": [[98, 97, 100], "two"]}, "INFO bad\ntwo"),
]


@pytest.mark.parametrize(("severity", "row", "text"), ROWS)
def test_level_and_text_of_a_row(severity: str, row: dict[str, Any], text: str) -> None:
    read = read_row(row)
    assert (read.severity.value, read.text) == (severity, text)


NAMES = st.sampled_from(["level", "message", "log", "severity", "MESSAGE", "status", "s", "PRIORITY"])
PLAIN = st.none() | st.integers() | st.text(max_size=9)


@given(st.recursive(PLAIN, lambda some: st.lists(some) | st.dictionaries(NAMES, some), max_leaves=12))
def test_any_row_has_a_text_and_a_level(value: Any) -> None:
    read = read_row(value if isinstance(value, dict) else {"message": value})
    assert isinstance(read.severity, Severity)
    assert isinstance(read.text, str)


def read(path: Path, text: str, **options: str) -> tuple[list[tuple[int, str, str]], LogFormat, tuple[str, ...]]:
    path.write_text(text)
    log = open_log(LogRequest(path, **options))  # type: ignore[arg-type]
    rows = [
        (number, severity.value, text)
        for each in log.batches()
        for number, severity, text in zip(each.numbers.tolist(), each.severities, each.texts, strict=True)
    ]
    return rows, log.format, log.notes


ENTRIES = [{"level": "info", "msg": "up"}, {"level": "error", "msg": "down"}]
LIST = [(1, "info", "INFO up"), (2, "error", "ERROR down")]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ENTRIES),
        json.dumps(ENTRIES, indent=2),
        "\n".join(json.dumps(each, indent=1) for each in ENTRIES),
        json.dumps({"events": ENTRIES}, indent=1),
        json.dumps({"hits": {"total": 2, "hits": [{"_source": each} for each in ENTRIES]}}, indent=1),
        "[\n" + ",\n".join(map(json.dumps, ENTRIES)) + "\n]\n",
    ],
)
def test_a_document_of_entries(tmp_path: Path, text: str) -> None:
    assert read(tmp_path / "a.json", text) == (LIST, LogFormat.JSON, ())


def test_a_document_that_ends_too_soon_or_is_none(tmp_path: Path) -> None:
    rows, _, notes = read(tmp_path / "a.json", json.dumps(ENTRIES)[:-8])
    assert rows == LIST[:1]
    assert notes == ("the log ends within an entry, which was left out",)
    rows, _, notes = read(tmp_path / "a.json", json.dumps(ENTRIES)[:-1])
    assert rows == LIST
    assert notes == ("the log ends within an entry, which was left out",)
    for broken in ('[{"msg": "up"}, oops]', '[{"msg": "up"}, ' + "[" * 100_000):
        with pytest.raises(Exception, match=r"entry 2: is (no JSON|nested too deeply)"):
            read(tmp_path / "b.json", broken)


def test_an_export_of_opentelemetry_holds_many_entries_a_line(tmp_path: Path) -> None:
    records = [
        {"severityNumber": 9, "body": {"stringValue": "up"}},
        {"severityNumber": 17, "body": {"stringValue": "down"}},
    ]
    line = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
    rows, kind, _ = read(tmp_path / "a.jsonl", f"{line}\n{line}\n")
    assert rows == [
        (1, "info", "INFO up"),
        (1, "error", "ERROR down"),
        (2, "info", "INFO up"),
        (2, "error", "ERROR down"),
    ]
    assert kind is LogFormat.JSON_LINES


def test_a_banner_before_json_lines_is_text(tmp_path: Path) -> None:
    banner = "  ____  _\n / ___|| |\nstarting shop 1.2\n"
    rows, kind, notes = read(tmp_path / "a.log", banner + "\n".join(map(json.dumps, ENTRIES * 5)))
    assert kind is LogFormat.JSON_LINES
    assert [row[1:] for row in rows[-2:]] == [row[1:] for row in LIST]
    assert any("no JSON objects" in note for note in notes)


def test_a_line_within_a_container_runtime_s_is_read_as_what_it_is(tmp_path: Path) -> None:
    cri = "2026-03-02T10:00:00.1Z stdout"
    rows, kind, _ = read(tmp_path / "a.log", "".join(f"{cri} F {json.dumps(each)}\n" for each in ENTRIES))
    assert (rows, kind) == (LIST, LogFormat.JSON_LINES)
    parts = f"{cri} P ERROR a long \n{cri} P line that \n{cri} F was cut\n{cri} F INFO next\n"
    rows, _, _ = read(tmp_path / "b.log", parts)
    assert rows == [(1, "error", f"{cri} F ERROR a long line that was cut"), (4, "info", f"{cri} F INFO next")]


def test_a_whole_trace_in_one_field_is_an_entry_of_its_own(tmp_path: Path) -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 2, in run\nKeyError: 1'
    lines = [{"severity": "ERROR", "textPayload": "down"}, {"severity": "DEFAULT", "textPayload": trace}]
    rows, _, _ = read(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines)))
    assert [number for number, _, _ in rows] == [1, 2]


def test_an_object_within_a_line_of_text_says_the_level_where_the_line_does_not(tmp_path: Path) -> None:
    text = 'request {"level": "error", "id": 7}\n2026-03-02 10:00:00 INFO request {"level": "error"}\nstopped\n'
    assert [severity for _, severity, _ in read(tmp_path / "a.log", text)[0]] == ["error", "info", "unknown"]


def test_columns_that_a_log_names_say_where_the_status_is(tmp_path: Path) -> None:
    head = "#Software: IIS\n#Fields: date time cs-method cs-uri-stem sc-status time-taken\n"
    text = head + "2026-03-02 10:00:00 GET /error 200 503\n2026-03-02 10:00:00 GET /x 503 200\n"
    assert [severity for _, severity, _ in read(tmp_path / "a.log", text)[0]][2:] == ["info", "error"]


def test_numbers_of_levels_that_can_be_read_in_two_ways_are_told(tmp_path: Path) -> None:
    _, _, notes = read(tmp_path / "a.jsonl", '{"level": 40, "msg": "m"}\n')
    assert notes == ("took numbers of levels as pino and bunyan write them: 30 info, 40 warning, 50 error",)


def test_a_pattern_of_sessions_that_matches_nothing_is_told(tmp_path: Path) -> None:
    for text, session in (("INFO up\n", "req=(x)"), ('{"msg": "up"}\n', "req")):
        notes = read(tmp_path / "a.log", text, session=session)[2]
        assert notes == (f"--session '{session}' matches no entry: there are no sessions",)
