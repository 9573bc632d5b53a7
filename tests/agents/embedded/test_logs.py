"""The embedded author as a reader of logs: levels, crashes, words and rarity, in this order; reasons that are true."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.agents.embedded.log_words import told_death, told_faults, told_trace
from argosy.agents.embedded.logs import judge_lines
from argosy.agents.logs.answers import NumberedVerdict, read_answers
from argosy.agents.logs.entries import LabelledTemplate, TemplateEntry, entry_line, whole_log
from argosy.agents.logs.strategies import Strategy, style_of
from argosy.detectors.logs.templates import TemplateMiner
from argosy.prompts import render
from argosy.signals.severity import Severity


def judged(
    *entries: TemplateEntry, total: int = 1_000, examples: tuple[LabelledTemplate, ...] = ()
) -> list[NumberedVerdict]:
    """What it answers to a prompt with these entries."""
    lines = [entry_line(number, entry) for number, entry in enumerate(entries, 1)]
    strategy = Strategy.IN_CONTEXT if examples else Strategy.SIMPLE
    user = render("logs", "user", entries=lines, last=len(lines), total=whole_log(total))
    reply = judge_lines(f"{style_of(strategy, examples=examples).system}\n\n{user}", 0)
    found = read_answers(reply, range(1, len(lines) + 1)).found
    return [found[number] for number in range(1, len(lines) + 1)]


@pytest.mark.parametrize("level", [each for each in Severity if each is not Severity.UNKNOWN])
@pytest.mark.parametrize("text", ["no connection to primary", "completed successfully", "0 errors", "not completed"])
def test_a_level_of_error_or_above_is_abnormal_however_often_it_comes(level: Severity, text: str) -> None:
    (verdict,) = judged(TemplateEntry(text, 900, (), level))
    assert verdict.abnormal is level.is_error
    assert f"its level is {level.name}" in verdict.reason


@pytest.mark.parametrize(
    "text",
    [
        "pay.service: Main process exited, code=dumped, status=11/SEGV",
        "Out of memory: Killed process <*> (java)",
        "Kernel panic - not syncing: Fatal exception in interrupt",
        "panic: runtime error: index out of range",
        'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
        "server process (PID <*>) was terminated by signal <*>: Segmentation fault",
        "worker crashed with exit code 1",
        "thread 'main' panicked at src/main.rs:4:5",
        "step 3 ended with exit code 139",
    ],
)
@pytest.mark.parametrize("level", [Severity.UNKNOWN, Severity.INFO, Severity.WARNING])
def test_a_process_that_died_is_abnormal_at_any_level(text: str, level: Severity) -> None:
    (verdict,) = judged(TemplateEntry(text, 50, (), level))
    assert (verdict.abnormal, verdict.reason.startswith("tells of a crash: ")) == (True, True)


def test_an_exception_is_a_crash_unless_its_level_says_that_it_was_handled() -> None:
    trace = "java.lang.IllegalStateException: closed\n\tat shop.pay.Ledger.put(Ledger.java:41)"
    levels = {Severity.UNKNOWN: True, Severity.INFO: True, Severity.WARNING: False, Severity.DEBUG: False}
    found = judged(*(TemplateEntry(trace, 50, (), level) for level in levels))
    assert [each.abnormal for each in found] == list(levels.values())


@pytest.mark.parametrize(
    "text",
    [
        "interrupt 17 bound to core 3",
        "12 rules checked, 0 critical, 0 fatal",
        "errors=0 failed=0 err=none",
        "no errors found, nothing crashed, never failed",
        "error handler ready",
        "fetched https://cdn.test/error/fatal.png?err=crash",
        "GET /panic?fatal=1 in 3 ms",
        "wrote /var/log/error.log",
        "instruction cache parity error corrected",
        "kernel.panic=10 panic_on_oops=0",
        "the crash reporter is on",
        "0 errors, 0 warnings; failed: 0",
        "OOMKilled=false panic: no",
        "uncaught exception handler registered",
    ],
)
def test_words_of_alarm_that_tell_of_nothing_are_normal(text: str) -> None:
    (alone, quiet) = judged(TemplateEntry(text), TemplateEntry(text, 1, (), Severity.INFO))
    assert (alone.abnormal, alone.reason) == (False, "no level, and no word of a fault")
    assert not quiet.abnormal


@pytest.mark.parametrize(
    ("status", "abnormal"), [("200", False), ("302", False), ("404", False), ("500", True), ("503", True)]
)
def test_a_request_is_judged_by_its_status(status: str, abnormal: bool) -> None:
    text = f'<*> - - [<*> <*>] "GET /a?err=fatal HTTP/1.1" {status} <*> "-" "bot (crash; panic: x)"'
    (verdict,) = judged(TemplateEntry(text, 80))
    assert verdict.abnormal is abnormal
    assert (
        verdict.reason == f"a request that was answered with a status {'of 500 or above' if abnormal else 'below 500'}"
    )


def test_rarity_is_judged_over_the_whole_log_and_its_reason_has_the_counts() -> None:
    entry = TemplateEntry("volume failed to mount", 4)
    (small,) = judged(entry, total=1_000)
    (large,) = judged(entry, total=4_000)
    assert small == NumberedVerdict(False, "no level; says 'failed', in 4 of 1,000 lines: not rare")
    assert large == NumberedVerdict(True, "no level; says 'failed', in 4 of 4,000 lines: rare")


@pytest.mark.parametrize("text", ["Failed to start Payment.", "backup failed: No space left", "CRITICAL: disk lost"])
def test_a_fault_without_a_level_is_told_in_any_case(text: str) -> None:
    assert judged(TemplateEntry(text))[0].abnormal


@pytest.mark.parametrize("row", Path(__file__).with_name("judged_lines.txt").read_text("utf-8").splitlines())
def test_lines_of_many_programs_are_judged_as_a_person_would(row: str) -> None:
    wanted, text = row.split("|", 1)
    miner = TemplateMiner()
    miner.add([text])
    (found,) = miner.templates
    (verdict,) = judged(TemplateEntry(found.text, 1, (text,), found.severity), total=400)
    assert ("abnormal" if verdict.abnormal else "normal") == wanted, verdict.reason


@given(st.lists(st.sampled_from(["a failed", "b lost: error", "c well", "FATAL d"]), min_size=1, max_size=6))
def test_a_verdict_does_not_depend_on_what_else_is_asked(texts: list[str]) -> None:
    entries = [TemplateEntry(text, 3) for text in texts]
    assert judged(*entries) == [verdict for entry in entries for verdict in judged(entry)]


def test_labelled_lines_overrule_a_level_for_their_like_at_the_same_level() -> None:
    probe = TemplateEntry("health probe of node gave no answer", 1, (), Severity.ERROR)
    mail = TemplateEntry("letters frozen in queue", 1, (), Severity.INFO)
    known = (LabelledTemplate(probe, False), LabelledTemplate(mail, True))
    fatal = TemplateEntry(probe.text, 1, (), Severity.FATAL)
    like = TemplateEntry("health probe of rack gave no answer", 1, (), Severity.ERROR)
    other = TemplateEntry("row was not written", 1, (), Severity.ERROR)
    found = judged(probe, mail, fatal, like, other, examples=known)
    assert [each.abnormal for each in found] == [False, True, True, False, True]
    assert found[0].reason == "its template was labelled normal"
    assert found[3].reason == "like a line that was labelled normal"
    assert found[2].reason == "its level is FATAL"


@given(st.text(max_size=400), st.sampled_from(list(Severity)))
def test_any_line_gets_a_verdict_with_a_reason(text: str, level: Severity) -> None:
    (verdict,) = judged(TemplateEntry(text, 1, (), level))
    assert verdict.reason


@pytest.mark.parametrize(
    "piece", ["a", "a.", "no ", "0 a or ", "a=", "://", "GET /", "not x failed ", "at a(", "A.B", "/"]
)
def test_words_are_sought_in_one_pass_over_a_part_of_bounded_length(piece: str) -> None:
    text = piece * 200_000
    for seek in (told_death, told_faults, told_trace):
        assert seek(text) == seek(text[:4_096])
