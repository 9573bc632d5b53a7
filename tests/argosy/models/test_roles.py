"""What --model says."""

import time

import pytest

from argosy.agents.models.budget import Budget, Caps
from argosy.agents.models.catalog import read_catalog
from argosy.agents.models.speaker import ModelUnavailable, Role
from argosy.models.open_roles import open_roles
from argosy.models.roles import read_roles, refuse_uncapped
from argosy.models.table import Models
from argosy.settings import read_settings
from argosy.signals.errors import BadInput

URL = "http://127.0.0.1:8089/v1#qwen"


@pytest.mark.parametrize(
    ("text", "detection", "repair", "review"),
    [
        ("embedded", ("embedded",), ("embedded",), ("embedded",)),
        (f"openai:a|{URL}|embedded", *[("openai:a", URL, "embedded")] * 3),
        ("openai:a,review=openai:b", ("openai:a",), ("openai:a",), ("openai:b",)),
        ("review=b:x|c:y , openai:a", ("openai:a",), ("openai:a",), ("b:x", "c:y")),
        ("detection=a:1,Repair=b:2,review=c:3|c:4", ("a:1",), ("b:2",), ("c:3", "c:4")),
        ("gguf:/models/a,b.gguf", *[("gguf:/models/a,b.gguf",)] * 3),
        ("detection=a:1|b:2,review=c:3", ("a:1", "b:2"), ("a:1", "b:2"), ("c:3",)),
        ("a:x|a:x", *[("a:x",)] * 3),
        ("http://h/v1?a=b#m", *[("http://h/v1?a=b#m",)] * 3),
    ],
)
def test_roles_and_fallbacks_are_read(text, detection, repair, review):
    assert read_roles(text) == {Role.DETECTION: detection, Role.REPAIR: repair, Role.REVIEW: review}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reviewer=a:x,b:y", "there is no role 'reviewer'; the roles are detection, repair, review"),
        ("a:x,detecton=b:y", "there is no role 'detecton'"),
        ("review=a:x", "names no model for detection and repair; name them too, or add one for all others"),
        ("review=a:x,review=b:y,c:z", "names review twice"),
        ("a:x,review=b:y,c:z", "names two models for the roles that are not named"),
        ("a:x||b:y", "a model has no name"),
        ("review=|,a:x", "a model has no name"),
        ("", "a model has no name"),
    ],
)
def test_what_cannot_be_cast_is_refused(text, said):
    with pytest.raises(BadInput) as caught:
        read_roles(text)
    assert said in str(caught.value)


def test_dollars_are_capped_only_where_they_can_be_counted():
    models = Models(read_catalog("'known:*': {url: 'http://h/v1', input_usd: 1, output_usd: 2}", "t"))
    refuse_uncapped(["known:m", "embedded"], models, Caps(usd=0.5))
    refuse_uncapped([URL], models, Caps(tokens=5))
    with pytest.raises(BadInput, match=r"--budget-usd 0\.5: the price of .* is not known; give .* cap --budget-tokens"):
        refuse_uncapped(["known:m", URL], models, Caps(usd=0.5))
    with (
        pytest.raises(BadInput, match="price"),
        open_roles(f"known:m|{URL}", models, Budget(Caps(usd=0.5), time.monotonic), 0, 1_000),
    ):
        pass


def opened(text, table="", keys=None, prompt_tokens=1_000):
    models = Models(read_catalog(table, "t"), keys or {})
    with open_roles(text, models, Budget(Caps(), time.monotonic), 0, prompt_tokens) as found:
        return found


def test_a_model_of_several_roles_is_opened_once():
    table = "'h:*': {url: 'https://models.example/v1', key: H_KEY}"
    found = opened("h:a|embedded,review=h:b", table, {"H_KEY": "k"})
    assert [speaker.name for speaker in found.speakers] == ["h:a", "embedded", "h:b"]
    assert found.by_language_model
    assert len(found.notes) == 3
    assert found.chains[Role.DETECTION].speakers == found.chains[Role.REPAIR].speakers


@pytest.mark.parametrize(
    ("text", "table", "said"),
    [
        ("gpt-4", "", "--model gpt-4: no model is named like this; use embedded"),
        ("h:a", "", "--model h:a: no model is named like this"),
        ("h:", "'h:*': {url: 'https://x/v1'}", "no name after 'h:'"),
        ("h:a", "'h:*': {url: 'https://x/v1', key: H_KEY}", "no key; set H_KEY"),
        ("h:a", "'h:*': {url: 'https://x/v1', context_tokens: 8000, max_output_tokens: 6500}", "give at most 500"),
        ("h:a", "'h:*': {url: 'https://x/v1', context_tokens: 4000}", "lower its max_output_tokens"),
        ("gguf:/no/such.gguf", "", "gguf:/no/such.gguf: the file cannot be read"),
    ],
)
def test_what_cannot_be_opened_is_refused_before_anything_is_asked(text, table, said):
    with pytest.raises(BadInput) as caught:
        opened(text, table)
    assert said in str(caught.value)


@pytest.mark.network
@pytest.mark.usefixtures("socket_enabled")
def test_a_chain_needs_one_that_is_there():
    away = "http://127.0.0.1:9/v1#m"
    assert len(opened(f"{away}|embedded").speakers) == 2
    with pytest.raises(ModelUnavailable, match="start the server"):
        opened(f"{away}|http://127.0.0.1:9/v1#n")


def test_the_users_table_is_found(tmp_path, monkeypatch):
    from argosy.models.table import find_models

    path = tmp_path / "mine.yaml"
    path.write_text("'house:*': {url: 'https://models.example/v1', key: HOUSE_TOKEN, input_usd: 1, output_usd: 2}")
    environ = {"ARGOSY_MODELS": str(path), "HOUSE_TOKEN": " t-0123456789 ", "OPENAI_API_KEY": "k"}
    settings = read_settings(environ)
    models = find_models(settings)
    assert models.key(models.of("house:m")) == "t-0123456789"
    assert models.key(models.of("openai:m")) == "k"
    assert "t-0123456789" in settings.secrets
    assert "t-0123456789" not in repr(models) + repr(settings)
    with pytest.raises(BadInput, match="ARGOSY_MODELS"):
        read_settings({"ARGOSY_MODELS": str(tmp_path / "none.yaml")})
