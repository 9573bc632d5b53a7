from importlib.resources import files

import pytest

from agents.prices import Price, Prices, read_prices
from signals.errors import BadInput


def test_the_first_row_that_fits_counts():
    prices = read_prices("'openai:a-mini*': {input: 1, output: 2}\n'openai:a*': {input: 3, output: 4.5}\n", "prices")
    assert prices.of("openai:a-mini-3") == Price(1, 2)
    assert prices.of("openai:a") == Price(3, 4.5)
    assert prices.of("openai:b") is None
    assert prices.of("a") is None


def test_dollars_are_per_million_tokens():
    assert Price(2.0, 8.0).usd(500_000, 250_000) == 3.0


def test_the_table_that_comes_with_argosy_is_readable():
    prices = read_prices(files("argosy").joinpath("prices.yaml").read_text(), "prices.yaml")
    assert prices.of("embedded") == prices.of("http://127.0.0.1:8089/v1#qwen") == Price(0, 0)
    assert prices.of("openai:gpt-4o-2024-11-20") == Price(2.5, 10)
    assert prices.of("openai:gpt-4o-mini") == Price(0.15, 0.6)
    assert prices.of("https://elsewhere/v1#gpt-4o") is None


def test_an_empty_table_prices_nothing():
    assert read_prices("# none\n", "prices") == Prices()


@pytest.mark.parametrize(
    "text",
    ["- a", "'a': 3", "'a': {input: 1}", "'a': {input: 1, output: x}", "'a': {input: -1, output: 2}", "a: [",
     "'a': {input: 1, output: 2, cached: 1}", "'a': {input: .inf, output: 2}", "'a': {input: true, output: 2}"],
)  # fmt: skip
def test_a_bad_row_is_named(text):
    with pytest.raises(BadInput, match=r"prices\.yaml.*dollars per million"):
        read_prices(text, "prices.yaml")
