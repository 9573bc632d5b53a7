"""Stack traces are one entry, whatever wrote them and whatever collected them; what is beside them is not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.logs.byte_stream import LONGEST_LINE
from argosy.inputs.logs.log_file import LogRequest, open_log
from argosy.signals.severity import Severity

BEFORE = "2026-03-02 10:00:00 INFO shop: served"
AFTER = "2026-03-02 10:00:09 INFO shop: served again"
CRI = "2026-03-02T10:00:00.1Z stderr F "
SYSLOG = "Mar  2 10:00:00 web-1 shop[912]: "

JAVA = """java.lang.IllegalStateException: ledger is closed
\tat shop.pay.Ledger.put(Ledger.java:88)
Caused by: java.io.IOException: disk is full
\tat shop.pay.Disk.write(Disk.java:9)
\t... 12 more"""
PYTHON = """Traceback (most recent call last):
  File "pay.py", line 3, in charge
    raise PayFailed("ERROR: none")
shop.PayFailed: bad"""
CHAINED = f"""{PYTHON}

During handling of the above exception, another exception occurred:

{PYTHON}"""
GO = """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a2b3c]

goroutine 1 [running]:
main.(*Ledger).charge(0x0, {0x1, 0x2})
\t/src/pay.go:41 +0x1d
main.main()
\t/src/main.go:9 +0x20
created by main.start in goroutine 1
\t/src/start.go:3 +0x3
exit status 2"""
NET = """Unhandled exception. System.InvalidOperationException: ledger is closed
 ---> System.IO.IOException: disk is full
   at Shop.Disk.Write() in /src/Disk.cs:line 9
   --- End of inner exception stack trace ---
   at Shop.Pay.Main() in /src/Pay.cs:line 3"""
NET_LOGGED = """fail: Shop.Pay[0]
      charge was not taken
      System.InvalidOperationException: ledger is closed
         at Shop.Pay.Charge() in /src/Pay.cs:line 3"""
NODE = """/app/pay.js:41
    throw new TypeError("x");
    ^

TypeError: x
    at charge (/app/pay.js:41:13)

Node.js v20.1.0"""
RUST = """thread 'main' panicked at src/main.rs:4:5:
index out of bounds: the len is 3
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"""
PHP = """PHP Fatal error:  Uncaught Exception: x in /a.php:3
Stack trace:
#0 /a.php(9): charge()
#1 {main}
  thrown in /a.php on line 3"""
CPP = """terminate called after throwing an instance of 'std::runtime_error'
  what():  ledger is closed
Aborted (core dumped)"""
RUBY = """app.rb:41:in `charge': ledger closed (RuntimeError)
\tfrom app.rb:9:in `<main>'"""
JUL = f"""Mar 02, 2026 10:00:00 AM shop.Pay charge
SEVERE: ledger is closed
{JAVA}"""
LOGGED = "2026-03-02 10:00:01 ERROR shop.pay: charge was not taken\n"
EVENTS = [
    JAVA, PYTHON, CHAINED, GO, NET, NET_LOGGED, NODE, RUST, PHP, CPP, RUBY, JUL,
    'Exception in thread "main" ' + JAVA, LOGGED + JAVA, LOGGED + PYTHON, LOGGED + CHAINED,
    LOGGED + GO.partition("\n\n")[2], "2026-03-02 10:00:01 charge failed\n" + JAVA,
]  # fmt: skip


def read(path: Path, text: str) -> list[tuple[int, Severity, str]]:
    path.write_text(text)
    return [
        row
        for each in open_log(LogRequest(path)).batches()
        for row in zip(each.numbers.tolist(), each.severities, each.texts, strict=True)
    ]


@pytest.mark.parametrize("event", EVENTS)
def test_a_trace_is_one_event_with_all_of_its_lines(tmp_path: Path, event: str) -> None:
    rows = read(tmp_path / "a.log", "\n".join([BEFORE, event, AFTER, event, event.splitlines()[0], BEFORE]))
    lines = len(event.splitlines())
    assert rows[:2] == [(1, Severity.INFO, BEFORE), (2, rows[1][1], event)]
    assert rows[1][1].is_error
    assert rows[2:4] == [(lines + 2, Severity.INFO, AFTER), (lines + 3, rows[1][1], event)]
    assert rows[-1][1:] == (Severity.INFO, BEFORE)


@pytest.mark.parametrize("event", [JAVA, PYTHON, LOGGED + JAVA, LOGGED + PYTHON])
def test_so_it_is_in_what_a_collector_put_round_each_line(tmp_path: Path, event: str) -> None:
    lines = [BEFORE, *event.splitlines(), AFTER]
    docker = "\n".join(json.dumps({"log": f"{line}\n", "stream": "stderr"}) for line in lines)
    journal = "\n".join(json.dumps({"PRIORITY": "6", "SYSLOG_IDENTIFIER": "shop", "MESSAGE": line}) for line in lines)
    wrapped = [docker, journal, *("\n".join(mark + line for line in lines) for mark in (CRI, SYSLOG, "web-1  | "))]
    for text in wrapped:
        rows = read(tmp_path / "a.log", text)
        assert [number for number, _, _ in rows] == [1, 2, len(lines)]
        assert [severity.is_error for _, severity, _ in rows] == [False, True, False]
        assert all(line.strip() in rows[1][2] for line in event.splitlines())


def test_lines_of_other_programs_are_no_part_of_a_trace(tmp_path: Path) -> None:
    other = "Mar  2 10:00:00 web-1 cron[1]: \tat noon"
    rows = read(tmp_path / "a.log", "\n".join([SYSLOG + "ERROR charge", other, SYSLOG + "INFO fine", other]))
    assert [severity.value for _, severity, _ in rows] == ["error", "unknown", "info", "unknown"]


def test_a_crash_below_a_message_that_says_all_is_well_is_an_event_of_its_own(tmp_path: Path) -> None:
    for crash in (JAVA, PYTHON, GO, "Segmentation fault (core dumped)"):
        rows = read(tmp_path / "a.log", f"{BEFORE}\n{crash}\n{AFTER}\n")
        assert [(number, severity.is_error) for number, severity, _ in rows][:2] == [(1, False), (2, True)]


def test_what_is_indented_belongs_to_the_line_above_and_not_to_a_log_that_is_indented(tmp_path: Path) -> None:
    assert read(tmp_path / "a.log", "INFO cfg:\n  a: 1\n  b: 2\nINFO up\n  12 rows\n  ERROR lost\n") == [
        (1, Severity.INFO, "INFO cfg:\n  a: 1\n  b: 2"),
        (4, Severity.INFO, "INFO up"),
        (5, Severity.UNKNOWN, "  12 rows"),
        (6, Severity.ERROR, "  ERROR lost"),
    ]
    assert len(read(tmp_path / "b.log", "  one\n  two\n  three\n")) == 3


def test_an_event_without_end_is_bounded_and_a_trace_is_cut_and_said_to_be(tmp_path: Path) -> None:
    listing = read(tmp_path / "a.log", "up:\n" + "  item\n" * 5_000)
    assert sum(text.count("\n") + 1 for _, _, text in listing) == 5_001
    path = tmp_path / "b.log"
    path.write_text(LOGGED + JAVA + "\n\tat shop.Ledger.put(Ledger.java:88)" * 5_000 + f"\n{AFTER}\n")
    log = open_log(LogRequest(path))
    texts = [text for each in log.batches() for text in each.texts]
    assert [len(text) <= LONGEST_LINE for text in texts] == [True, True]
    assert texts[1] == AFTER
    assert "cut 1 line at 65,536 characters" in log.notes


@given(st.lists(st.sampled_from([*JAVA.splitlines(), *CHAINED.splitlines(), *GO.splitlines(), BEFORE, "  x", "", "y"])))
def test_no_line_is_lost_in_any_order(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    rows = read(tmp_path_factory.mktemp("log") / "a.log", "\n".join(["begin", *lines]))
    assert [each for _, _, text in rows for each in text.split("\n") if each] == ["begin", *filter(None, lines)]
