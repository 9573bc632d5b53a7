"""What a rule says of its numbers: read, or refused with the line, and never an error of another kind."""

import pytest

from argosy.detectors.rules.rule import RuleUnreadable, read_rule

HUGE = "9" * 400


def rule(param: str) -> str:
    return f'"""A rule."""\nPARAMS = {{"a": {param}}}\n\ndef detect(values, seconds, *, a):\n    return values * a\n'


@pytest.mark.parametrize(("param", "bounds"), [("(2, 1, 3)", (2, 1, 3)), ("5.0", (5.0, 0.5, 50.0)), ("1e300", None)])
def test_numbers_are_read(param: str, bounds: tuple[float, float, float] | None) -> None:
    (read,) = read_rule(rule(param)).params
    assert bounds is None or (read.default, read.low, read.high) == bounds
    assert read.high < float("inf")


@pytest.mark.parametrize(
    "param",
    [
        HUGE, f"-{HUGE}", f"({HUGE}, 0, 1)", f"(0.5, -{HUGE}, {HUGE})", "(1e999, 0, 1)",
        "(0x" + "f" * 4_000 + ", 0, 1)",
        "(1, 0, 1" + "_0" * 3_000 + ")", "9" * 5_000, "1e308", "True", "(True, False, True)", "()", "'1'", "1j",
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_number_is_refused_with_its_line(param: str) -> None:
    with pytest.raises(RuleUnreadable, match="line 2") as raised:
        read_rule(rule(param))
    assert len(str(raised.value)) < 400
