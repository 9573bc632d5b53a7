"""Columns of texts as numbers: one decimal sign, one unit, and the cells that are odd."""

import pytest

from argosy.inputs.tables.number_column import decimal_sign, read_number_column, two_readings
from argosy.inputs.tables.units import bases_of, common_base


@pytest.mark.parametrize(
    ("texts", "values", "unit", "said"),
    [
        (["12 ms", "1.5 s", "2 min"], [0.012, 1.5, 120], "s", "several units, read in s"),
        (["5m", "1h30m", "2h"], [300, 5400, 7200], "s", "several units"),
        (["5m", "7m"], [5, 7], "m", ""),
        (["512", "1.2K", "3M"], [512, 1200, 3e6], "", "several units, read in ones"),
        (["10KB", "1MiB", "5"], [10_000, 1_048_576, 5], "B", "several units, read in B"),
        (["10 Mbit/s", "1 Gbps"], [1e7, 1e9], "bit/s", "several units"),
        (["5 ms", "7", "0"], [5, 7, 0], "ms", "1 cells without a unit, read as ms"),
        (["5%", "0"], [5, 0], "%", ""),
        (["$5", "6"], [5, 6], "$", "1 cells without a currency"),
        (["$5", "6 EUR"], [5, 6], "", "several currencies, which are not converted"),
        (["08:15", "23:00", "0"], [29_700, 82_800, 0], "s", "hours and minutes"),
        (["8:15", "1:00:05"], [495, 3605], "s", "minutes and seconds beside hours"),
        (["2:05 pm", "11:00 AM"], [50_700, 39_600], "s", "hours to seconds"),
        (["12 jobs", "13 jobs", None], [12, 13, None], "jobs", ""),
    ],
)
def test_cells_of_one_kind_come_in_one_unit(
    texts: list[str | None], values: list[float | None], unit: str, said: str
) -> None:
    found = read_number_column(texts)
    assert found.values == pytest.approx(values)
    assert (found.unit, found.odd) == (unit, ())
    assert said in " ".join(found.notes)
    assert bool(said) == bool(found.notes)


def test_cells_of_another_kind_and_of_none_are_odd() -> None:
    found = read_number_column(["5 kg", "3 lb", "40 g", "error", None, "4 kg"])
    assert found.odd == (1, 3)
    assert found.values == pytest.approx((5000, None, 40, None, None, 4000))


def test_codes_that_end_in_letters_are_no_numbers_of_one_unit() -> None:
    assert len(read_number_column(["12a", "13b", "14c", "15d"]).odd) == 3


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["59,11", "1,234"], ","),
        (["59.11", "1.234"], "."),
        (["1.234.567", "980"], ","),
        (["1,234,567", "980"], "."),
        (["0,123"], ","),
        (["1,234", "980"], None),
        (["1,5", "1.5"], None),
        (["error"], None),
    ],
)
def test_the_cells_tell_their_decimal_sign_or_do_not(texts: list[str], sign: str | None) -> None:
    assert decimal_sign(texts) == sign


def test_the_first_cell_that_could_be_two_numbers_is_named() -> None:
    assert two_readings(["980", "1.020", "1.030"]) == "1.020"
    assert two_readings(["980", "1.5"]) is None


def test_a_unit_may_be_of_several_kinds_and_others_tell_which() -> None:
    assert set(bases_of("m")) == {"s", "m"}
    assert common_base(["m", "h"]) == ("s", {"m": 60.0, "h": 3600.0})
    assert common_base(["m", "km"]) == ("m", {"m": 1.0, "km": 1000.0})
    assert common_base(["B", "K"]) == ("", {"B": 1e9, "K": 1e3})
    assert common_base(["furlong", "m"]) is None
