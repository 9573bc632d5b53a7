"""The table of models: what its rows say, and what is refused."""

from importlib.resources import files

import pytest

from argosy.agents.models.catalog import (
    Catalog,
    LengthField,
    ModelFacts,
    Price,
    Structured,
    merge_catalogs,
    read_catalog,
)
from argosy.signals.errors import BadInput

PACKAGED = read_catalog((files("argosy") / "models.yaml").read_text(), "models.yaml")


def test_each_fact_is_that_of_the_first_row_that_names_it():
    catalog = read_catalog(
        """
        'house:small': {timeout_s: 9, temperature: null}
        'house:*': {url: 'https://models.example/v1', timeout_s: 60, temperature: 0.1, context_tokens: 8000}
        '*': {retries: 0, context_tokens: 1}
        """,
        "t",
    )
    small, large = catalog.of("house:small"), catalog.of("house:large")
    assert (small.url, small.timeout_s, small.retries) == ("https://models.example/v1", 9.0, 0)
    assert (small.temperature, large.temperature) == (None, 0.1)
    assert small.context_tokens == 8_000
    assert catalog.of("other").context_tokens == 1
    assert catalog.of("other").url is None


def test_rows_of_the_user_come_first():
    own = read_catalog("'openai:*': {url: 'https://proxy.example/v1'}", "own")
    both = merge_catalogs([own, PACKAGED])
    assert both.of("openai:gpt-4.1").url == "https://proxy.example/v1"
    assert both.of("openai:gpt-4.1").price == Price(2.0, 8.0)


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("embedded", Price(0, 0)),
        ("openai:gpt-4.1", Price(2.0, 8.0)),
        ("openai:gpt-4.1-mini-2025-04-14", Price(0.4, 1.6)),
        ("openai:gpt-4o-2024-05-13", Price(5.0, 15.0)),
        ("openai:gpt-9", None),
        ("http://127.0.0.1:8089/v1#qwen", Price(0, 0)),
        ("http://localhost/v1#qwen", Price(0, 0)),
        ("https://models.example/v1#qwen", None),
        ("ollama:llama3", Price(0, 0)),
        ("gguf:/m/model.gguf", Price(0, 0)),
        ("azure:mine", None),
    ],
)
def test_prices_that_come_along(model, price):
    assert PACKAGED.of(model).price == price


def test_what_comes_along_knows_the_usual_providers():
    assert set(PACKAGED.providers()) == {"openai", "ollama", "vllm", "llamacpp"}
    openai = PACKAGED.of("openai:gpt-4.1-mini")
    assert (openai.key, openai.length_field) == ("OPENAI_API_KEY", LengthField.MAX_COMPLETION_TOKENS)
    assert (openai.structured, openai.context_tokens) == (Structured.JSON_SCHEMA, 1_047_576)
    assert PACKAGED.of("openai:o3").temperature is None
    assert PACKAGED.of("https://house.openai.azure.com#dep").key == "AZURE_OPENAI_API_KEY"
    assert PACKAGED.of("https://models.example/v1#m").key == "ARGOSY_SERVER_KEY"


def test_dollars_are_counted_by_the_million():
    assert Price(2.0, 10.0).usd(500_000, 10_000) == pytest.approx(1.1)


def test_an_empty_table_says_nothing():
    assert read_catalog("# none\n", "t") == Catalog()
    assert Catalog().of("m") == ModelFacts()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "not a table of models"),
        ("'m': 3", "row 'm': not a table"),
        ("'m': {input_usd: 1}", "go together"),
        ("'m': {input_usd: -1, output_usd: 1}", "input_usd"),
        ("'m': {input_usd: .inf, output_usd: 1}", "input_usd"),
        ("'m': {input_usd: dear, output_usd: 1}", "input_usd"),
        ("'m': {inputs: 1}", "no field 'inputs'; the fields are url"),
        ("'m': {url: 'ftp://x/v1'}", "url"),
        ("'m': {url: 'http://user:password@x/v1'}", "url"),
        ("'m': {structured: xml}", "structured"),
        ("'m': {requests_per_minute: 0}", "requests_per_minute"),
        ("'m': {requests_per_minute: 1.5}", "requests_per_minute"),
        ("'m': {context_tokens: true}", "context_tokens"),
        ("'m': {timeout_s: 0}", "timeout_s"),
        ("'m': {retries: 11}", "retries"),
        ("'m': {key: MY_LLM}", "ends in KEY, TOKEN or SECRET"),
        ("'m': {", "t, line 1: not YAML"),
    ],
)
def test_what_cannot_be_used_is_named(text, said):
    with pytest.raises(BadInput) as caught:
        read_catalog(text, "t")
    assert said in str(caught.value)
    assert str(caught.value).startswith("t")


def test_a_key_written_into_the_table_is_refused_and_not_repeated():
    with pytest.raises(BadInput, match="never the key itself") as caught:
        read_catalog("'m': {key: sk-abcdef-0123456789}", "t")
    assert "abcdef" not in str(caught.value)
