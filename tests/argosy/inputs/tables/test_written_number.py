"""Numbers as people write them, cell by cell: what is read, in which unit, and what is no number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.inputs.tables.written_number import CLOCK, LONG_CLOCK, read_number


@pytest.mark.parametrize(
    ("text", "decimal", "value", "unit"),
    [
        ("12", ".", 12, ""),
        ("-0.5", ".", -0.5, ""),
        (".5", ".", 0.5, ""),
        (",5", ",", 0.5, ""),
        ("1e-3", ".", 0.001, ""),
        ("1,234.50", ".", 1234.5, ""),
        ("1.234,50", ",", 1234.5, ""),
        ("1 234 567,8", ",", 1_234_567.8, ""),
        ("1\u202f234,5", ",", 1234.5, ""),
        ("1’234.50", ".", 1234.5, ""),
        ("12,34,567.8", ".", 1_234_567.8, ""),
        ("$1,234.50", ".", 1234.5, "$"),
        ("-$5", ".", -5, "$"),
        ("59,11 €", ",", 59.11, "€"),
        ("CHF 12.50", ".", 12.5, "CHF"),
        ("12,50 EUR", ",", 12.5, "EUR"),
        ("(5.25)", ".", -5.25, ""),
        ("($1,234)", ".", -1234, "$"),
        ("5-", ".", -5, ""),
        ("−5", ".", -5, ""),
        ("１２", ".", 12, ""),
        ("5%", ".", 5, "%"),
        ("12 ms", ".", 12, "ms"),
        ("1.4 GiB", ".", 1.4, "GiB"),
        ("5 µs", ".", 5, "μs"),
        ("3.5 °C", ".", 3.5, "°C"),
        ("80 km/h", ".", 80, "km/h"),
        ("1h 30m", ".", 5400, "s"),
        ("2d4h", ".", 187_200, "s"),
        ("08:15", ".", 29_700, CLOCK),
        ("1:30:00", ".", 5400, LONG_CLOCK),
        ("2:05 pm", ".", 50_700, LONG_CLOCK),
        ("12:00 am", ".", 0, LONG_CLOCK),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, decimal: str, value: float, unit: str) -> None:
    found = read_number(text, decimal)
    assert found is not None
    assert (found.value, found.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "error", "n/a", "v1", "1.2.3", "2026-03-02", "02.03.2026", "192.168.100.200", "10:75", "1 2 3"),
        *(
            "inf",
            "nan",
            "1e999",
            "12,",
            "$5 €",
            "--5",
            "(5",
            "+-5",
            "9" * 80,
            "0,123 456",
            "12 Main Street",
            "a1",
            "#5",
            "7-z",
            "5- EUR",
        ),
    ],
)
def test_what_holds_more_than_a_number_is_none(text: str) -> None:
    assert read_number(text, ".") is None
    assert read_number(text, ",") is None or text in ("0,123 456", "12,")


def test_the_decimal_sign_decides_what_a_separator_means() -> None:
    read = {sign: [read_number(text, sign) for text in ("1,234", "1.234", "0,123")] for sign in ".,"}
    assert [number and number.value for number in read["."]] == [1234, 1.234, None]
    assert [number and number.value for number in read[","]] == [1.234, 1234, 0.123]


@given(st.floats(-1e12, 1e12).map(lambda value: round(value, 2)), st.sampled_from([".", ","]))
def test_a_number_written_with_thousands_is_read_as_itself(value: float, decimal: str) -> None:
    text = f"{value:,.2f}"
    text = text if decimal == "." else text.translate(str.maketrans(",.", ".,"))
    found = read_number(text, decimal)
    assert found is not None
    assert found.value == pytest.approx(value)


@given(st.text(max_size=80) | st.text("0123456789.,' -+eE:hms%$€()", max_size=80), st.sampled_from([".", ","]))
def test_any_text_is_a_finite_number_or_none(text: str, decimal: str) -> None:
    found = read_number(text, decimal)
    assert found is None or math.isfinite(found.value)
