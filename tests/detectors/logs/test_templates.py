"""Templates of a log: what is masked, what keeps lines apart, and how it is bounded."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.detectors.logs import templates
from argosy.detectors.logs.masking import WILDCARD, keeps_lines_apart, masked
from argosy.detectors.logs.templates import MOST_EXAMPLES, OTHERS, TemplateMiner
from argosy.signals.severity import Severity


def mined(lines: list[str]) -> list[str]:
    """The template of each line, by its text at the end."""
    miner = TemplateMiner()
    ids = miner.add(lines).tolist()
    texts = {each.id: each.text for each in miner.templates}
    return [texts[id] for id in ids]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2024-05-01T13:05:00.123Z ok", "<*> ok"),
        ("2024-05-01 13:05:00,123 ok", "<*> ok"),
        ("Mar  3 10:22:01 web-1 up", "<*> <*> up"),
        ("took 31 ms", "took <*> ms"),
        ("at 0x7fff12 in /usr/lib/x.so", "at <*> in <*>"),
        ("block blk_-1678953999018234643 gone", "block <*> gone"),
        ("sshd[912]: port 4022", "sshd[<*>]: port <*>"),
        ("status=500 code 404 exit 1 rc=2", "status=500 code 404 exit 1 rc=2"),
        ("store operation.............1", "store operation............<*>"),
        ("12 files, 0 errors, failed=0", "<*> files, 0 errors, failed=0"),
        ("Failed: 0, Errors found: 0, Total errors = 0", "Failed: 0, Errors found: 0, Total errors = 0"),
        ("exited, status=1/FAILURE or status=12/x", "exited, status=1/FAILURE or status=<*>"),
        ("12 files, 10 errors, failed=3 0 ms", "<*> files, <*> errors, failed=<*> <*> ms"),
        ("session opened for root", "session opened for root"),
        ("", ""),
    ],
)
def test_values_are_masked_and_words_are_not(line: str, expected: str) -> None:
    assert masked(line) == expected


@given(st.lists(st.text(st.characters(exclude_characters="\n")), min_size=1))
def test_no_value_reaches_over_the_end_of_a_line(lines: list[str]) -> None:
    assert masked("\n".join(lines)) == "\n".join(map(masked, lines))


def test_a_line_of_one_endless_word_costs_one_pass() -> None:
    began = time.process_time()
    masked("a" * 400_000)
    masked("/" * 400_000)
    keeps_lines_apart("n" * 400_000)
    assert time.process_time() - began < 2.0


def test_lines_with_the_same_words_are_one_template() -> None:
    lines = [f"user {name} logged in from 10.0.0.{at}" for at, name in enumerate(["ann", "bob", "cem"])]
    assert set(mined(lines)) == {"user <*> logged in from <*>"}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("INFO mount of /a/b done by job 7", "ERROR mount of /a/b done by job 7"),
        ("connection from host a to host b opened", "connection from host a to host b lost"),
        ("backup of volume eleven succeeded at last", "backup of volume eleven failed at last"),
        ("the run of the night ended with 0 errors", "the run of the night ended with 4 errors"),
        ("backup of volume eleven: failed=0 in all", "backup of volume eleven: failed=2 in all"),
        ("GET of the page gave status=200 for ann", "GET of the page gave status=500 for ann"),
        ("the temperature error was seen on card 3", "no temperature error was seen on card 3"),
    ],
)
def test_what_says_how_it_went_keeps_lines_apart(good: str, bad: str) -> None:
    first, second = mined([good, bad])
    assert first != second


def test_templates_do_not_depend_on_how_lines_are_batched() -> None:
    lines = [f"job {at} of {name} finished in {at} ms" for at, name in enumerate(["ann", "bob", "cem", "dan"] * 5)]
    whole, pieces = TemplateMiner(), TemplateMiner()
    ids = whole.add(lines).tolist()
    assert [id for at in range(0, 20, 3) for id in pieces.add(lines[at : at + 3]).tolist()] == ids
    assert [(each.text, each.count, each.first) for each in pieces.templates] == [
        (each.text, each.count, each.first) for each in whole.templates
    ]


def test_a_template_keeps_count_first_line_and_a_few_lines_as_they_were() -> None:
    lines = ["quiet", *(f"user {name} logged in from here" for name in ("ann", "bob", "cem", "dan", "eve"))]
    miner = TemplateMiner()
    miner.add(lines)
    quiet, login = miner.templates
    assert (quiet.count, quiet.first, quiet.examples) == (1, 0, ["quiet"])
    assert (login.count, login.first, login.examples) == (5, 1, lines[1 : 1 + MOST_EXAMPLES])


def test_beyond_the_most_templates_lines_that_fit_none_are_counted() -> None:
    miner = TemplateMiner(most=2)
    ids = miner.add(["alpha beta gamma", "delta epsilon", "zeta eta theta iota", "alpha beta gamma", "kappa"]).tolist()
    assert ids == [1, 2, OTHERS, 1, OTHERS]
    assert [(each.id, each.count) for each in miner.templates] == [(1, 2), (2, 1), (OTHERS, 2)]


def test_lines_beyond_what_is_remembered_have_the_same_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"job {name} went {name * 3} far" for name in ("ann", "bob", "cem") * 40]
    whole = mined(lines)
    monkeypatch.setattr(templates, "_MOST_REMEMBERED_CHARS", 300)
    assert mined(lines) == whole


def test_a_line_without_structure_does_not_make_mining_slow() -> None:
    miner = TemplateMiner(most=500)
    words = ["".join(chr(97 + (at * step) % 26) for step in (3, 5, 7, 11)) for at in range(3_000)]
    began = time.process_time()
    miner.add([f"{a} {b} {c} {a} {b}" for a, b, c in zip(words, words[1:], words[2:], strict=False)])
    assert time.process_time() - began < 5.0
    assert len(miner.templates) <= 501


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_text_gets_a_template(lines: list[str]) -> None:
    miner = TemplateMiner()
    ids = miner.add(lines).tolist()
    assert len(ids) == len(lines)
    assert sum(each.count for each in miner.templates) == len(lines)
    assert {each.id for each in miner.templates} == set(ids)


def test_a_wildcard_in_the_log_itself_is_as_any_other_value() -> None:
    assert mined([f"odd {WILDCARD} thing", "odd 17 thing"]) == ["odd <*> thing"] * 2


def test_lines_of_different_levels_are_never_one_template() -> None:
    miner = TemplateMiner()
    texts = [f"payment {at} taken" for at in range(4)]
    ids = miner.add(texts, [Severity.INFO, Severity.ERROR, Severity.INFO, Severity.UNKNOWN]).tolist()
    assert ids[0] == ids[2]
    assert len(set(ids)) == 3
    assert {(each.text, each.severity) for each in miner.templates} == {
        ("payment <*> taken", Severity.INFO),
        ("payment <*> taken", Severity.ERROR),
        ("payment <*> taken", Severity.UNKNOWN),
    }
    miner = TemplateMiner()
    miner.add(["<3>shop[1]: not taken", "<6>shop[1]: not taken"])
    assert [each.severity for each in miner.templates] == [Severity.ERROR, Severity.INFO]
